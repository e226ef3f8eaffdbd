import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { compileTemplate } from './compile.ts';
import { subjectPresets } from './presets.ts';
import { fallbackTitle, maxTemplateLength, render, storedTemplate } from './render.ts';

function rendered(text: string, alert: Partial<Alert> = {}, name = 'Northwind'): string {
  const compiled = compileTemplate(text, { maxLength: maxTemplateLength });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return render(compiled.template, scope(alert, name));
}

function scope(alert: Partial<Alert>, name = 'Northwind') {
  const whole: Alert = {
    source: 'edr',
    externalId: 'evt-1',
    title: 'Odd sign-in',
    severity: 'high',
    originalSeverity: 'high',
    flags: [],
    ...alert,
  };
  return { alert: whole, organization: { name, externalRef: 'org-17' } };
}

describe('rendering a subject', () => {
  it.each([
    ['text and fields', '{{ alert.severity }}: {{ alert.title }}', {}, 'high: Odd sign-in'],
    ['the organization', '{{organization.name}}/{{organization.externalRef}}', {}, 'Northwind/org-17'],
    ['a missing member', 'User {{ alert.user.email }}!', {}, 'User !'],
    ['a label', '{{ alert.labels.site }}', { labels: { site: 'Porto' } }, 'Porto'],
    ['default for a missing value', '{{ alert.user.email | default: "none" }}', {}, 'none'],
    ['default for a blank value', '{{ alert.ip | default: "none" }}', { ip: ' ' }, 'none'],
    ['default not needed', '{{ alert.ip | default: "none" }}', { ip: '::1' }, '::1'],
    ['upcase', '{{ alert.title | upcase }}', {}, 'ODD SIGN-IN'],
    ['downcase', '{{ alert.title | downcase }}', {}, 'odd sign-in'],
    ['capitalize', '{{ alert.title | capitalize }}', { title: 'oDD' }, 'Odd'],
    ['strip', '[{{ alert.title | strip }}]', { title: ' x ' }, '[x]'],
    ['truncate', '{{ alert.title | truncate: 5 }}', {}, 'Odd…'],
    ['truncate with its own ending', '{{ alert.title | truncate: 6, "..." }}', {}, 'Odd...'],
    ['filters from left to right', '{{ alert.ip | default: "none" | upcase }}', {}, 'NONE'],
    ['white space control', 'a  {{- alert.severity -}}  b', {}, 'ahighb'],
  ])('%s', (_name, text, alert, expected) => {
    expect(rendered(text, alert)).toBe(expected);
  });

  it.each(['\r', '\n', '\t', '\u2028', '\u2029', '\u0085', '\u0000', '\u001b', '\r\n', ' \n \t '])(
    'makes one space of %j in a value (promises I-12)',
    (mark) => {
      expect(rendered('{{ alert.title }}', { title: `a${mark}b` })).toBe('a b');
    },
  );

  it('keeps one space of a run and none at the ends, in text and in values', () => {
    expect(rendered('  a   {{ alert.title }}  ', { title: '  b   c ' })).toBe('a b c');
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: alert text must stay as it is
  it.each(['{{ alert.source }}', '{% raw %}', '${x}', '%s', '#{x}', '{{', '}}'])(
    'shows %s of an alert literally (promises I-19)',
    (title) => {
      expect(rendered('{{ alert.title }}', { title })).toBe(title);
    },
  );

  it('is never empty: title, then source and id', () => {
    expect(rendered('{{ alert.user.email }}')).toBe('Odd sign-in');
    expect(rendered('{{ alert.user.email }}', { title: ' \n' })).toBe('Alert edr evt-1');
    expect(fallbackTitle(scope({ title: '' }))).toBe('Alert edr evt-1');
  });

  it("reads only an alert's own labels", () => {
    const compiled = compileTemplate('x{{ alert.labels.toString }}', { maxLength: 100 });
    if (!compiled.ok) throw new Error('refused');
    expect(render(compiled.template, scope({ labels: {} }))).toBe('x');
  });

  it('cuts values of megabytes before anything else', () => {
    expect(rendered('{{ alert.title | upcase }}', { title: 'a'.repeat(8_000_000) })).toHaveLength(1000);
  });

  it('has no line breaks and no control characters, whatever the alert says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (title, name) => {
        const line = rendered(
          '{{ alert.title }}\n{{ organization.name }} {{ alert.title | upcase }}',
          { title },
          name,
        );
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line).toBe(line.trim());
        expect(line).not.toBe('');
      }),
    );
  });
});

describe('stored templates', () => {
  it('compiles once and answers the same object', () => {
    expect(storedTemplate('{{ alert.title }} same')).toBe(storedTemplate('{{ alert.title }} same'));
  });

  it('answers undefined for one that is not acceptable', () => {
    expect(storedTemplate('{% raw %}')).toBeUndefined();
    expect(storedTemplate('')).toBeUndefined();
  });

  it('still compiles after thousands of others', () => {
    for (let i = 0; i < 5000; i++) storedTemplate(`number ${i}`);
    expect(storedTemplate('number 1')?.text).toBe('number 1');
  });
});

describe('presets (decision 13)', () => {
  it.each(subjectPresets)(
    '$label renders for an alert that has nothing but the required members',
    (preset) => {
      expect(rendered(preset.template)).not.toMatch(/ $|^$/);
    },
  );

  it('offers the six of the decision', () => {
    expect(subjectPresets.map(({ label }) => label)).toEqual([
      'By user',
      'By user and alert',
      'By device',
      'By rule',
      'By organization',
      'By source incident',
    ]);
  });
});
