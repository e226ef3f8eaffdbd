import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { mailSubjects, subjectPresets } from '../templates/index.ts';
import { subjectOf } from './subject.ts';

const scope = (alert: Partial<Alert> = {}) => ({
  alert: {
    source: 'edr',
    externalId: 'evt-1',
    title: 'Odd sign-in',
    severity: 'critical' as const,
    originalSeverity: 'critical',
    flags: [],
    ...alert,
  },
  organization: { name: 'Northwind Dental', externalRef: 'org-17' },
});

it('the two formats are independent (req 114)', () => {
  expect(subjectOf(mailSubjects.global, scope())).toBe('[critical] Northwind Dental: Odd sign-in');
  expect(subjectOf(mailSubjects.organization, scope())).toBe('[critical] Odd sign-in');
});

it('line ends become blanks (I-12) and hidden characters numbers (I-10)', () => {
  const title = 'a\r\nBcc: x@y.example\tb\u2028c\u0085d \u202ee';
  expect(subjectOf(mailSubjects.organization, scope({ title }))).toBe(
    '[critical] a Bcc: x@y.example b c d [U+202E]e',
  );
});

it('text that looks like a template stands there literally (I-19)', () => {
  const title = '{{ alert.source }} {% x %} \u0024{a} %s #{b}';
  expect(subjectOf('{{ alert.title }}', scope({ title }))).toBe(title);
});

it('a template that is not acceptable gives way to the title; an empty title to source and id', () => {
  expect(subjectOf("{% include '.env' %}", scope())).toBe('Odd sign-in');
  expect(subjectOf('{{ alert.title }}', scope({ title: ' \n ' }))).toBe('Alert edr evt-1');
});

it('a test is marked, and the mark is never cut away', () => {
  expect(subjectOf('{{ alert.title }}', scope({ title: 'x'.repeat(400) }), 'TEST')).toMatch(
    /^\[TEST\] x{242}…$/,
  );
});

it('has at most 250 characters and one line, whatever the alert says', () => {
  const templates = [...Object.values(mailSubjects), ...subjectPresets.map(({ template }) => template)];
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  fc.assert(
    fc.property(fc.constantFrom(...templates), text, text, (template, title, email) => {
      const subject = subjectOf(template, scope({ title, user: { email } }));
      expect(subject.length).toBeLessThanOrEqual(250);
      expect(subject).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
      expect(subject.isWellFormed()).toBe(true);
    }),
  );
});
