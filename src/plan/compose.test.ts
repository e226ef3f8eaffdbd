import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { composeNote, composeTicket, type TicketInput } from './compose.ts';
import { exampleAlert, limits } from './exampleSettings.ts';

const link = 'https://herald.example/alerts/1';
const resolution = {
  subject: 'Alerts for Ana',
  noteTitle: 'critical: Odd sign-in',
  accountBy: 'mapping' as const,
  organizationName: 'Northwind',
};

function ticket(alert: Partial<Alert> = {}, input: Partial<TicketInput> = {}) {
  return composeTicket({ alert: exampleAlert(alert), resolution, key: 'A-7K3Q9M2F', link, limits, ...input });
}

function note(alert: Partial<Alert> = {}, input: Partial<Parameters<typeof composeNote>[0]> = {}) {
  const key = 'A-7K3Q9M2F/0012';
  return composeNote({ alert: exampleAlert(alert), resolution, key, link, limits, ...input });
}

const full: Partial<Alert> = {
  originalSeverity: '12',
  description: 'First line\r\nsecond line',
  eventType: 'iam.outside_location',
  status: 'new',
  occurredAt: '2026-11-20T02:14:05Z',
  user: { email: 'ana@northwind.example', name: 'Ana Lima' },
  device: { name: 'web-1', ip: '10.0.0.5' },
  application: 'Microsoft 365',
  ip: '203.0.113.9',
  location: { country: 'PT', city: 'Porto' },
  rule: { kind: 'respond', id: 'rr-5', name: 'New inbox rule' },
  events: [{ type: 'a', at: '2026-11-20T02:14:05Z', summary: 'first' }, { type: 'b' }, {}],
  incidentId: '4411',
  url: 'https://edr.example/1',
  recommendedAction: 'Reset the password',
};

describe('a ticket', () => {
  it('says everything, what matters first, the key last', () => {
    expect(ticket(full)).toEqual({
      title: 'Alerts for Ana',
      description: [
        'Odd sign-in',
        '',
        "Severity: critical (sender's word: 12)",
        'Organization: Northwind',
        'User: Ana Lima (ana@northwind.example)',
        'Device: web-1 (10.0.0.5)',
        'Application: Microsoft 365',
        'Where: Porto, PT, 203.0.113.9',
        'Rule: New inbox rule (respond, rr-5)',
        'Event type: iam.outside_location',
        'Status: new',
        'Occurred: 2026-11-20T02:14:05Z',
        'Incident: 4411',
        'Source: edr',
        'Id: evt-1',
        'At the source: https://edr.example/1',
        `Alert: ${link}`,
        '',
        'Recommended action',
        'Reset the password',
        '',
        'What happened',
        'First line',
        'second line',
        '',
        'Events (3)',
        '- 2026-11-20T02:14:05Z · a · first',
        '- b',
        '- no details',
        '',
        'ref A-7K3Q9M2F',
      ].join('\n'),
    });
  });

  it('leaves out what the alert does not have', () => {
    expect(ticket().description).toBe(
      `Odd sign-in\n\nSeverity: critical\nOrganization: Northwind\nSource: edr\nId: evt-1\nAlert: ${link}\n\nref A-7K3Q9M2F`,
    );
  });

  it.each<[string, Partial<TicketInput>, string]>([
    [
      'the ticket that it follows (decision 14)',
      { continues: 'T20261120.0007' },
      'This ticket continues T20261120.0007.',
    ],
    [
      'a missing contact (decision 3)',
      { noContact: 'account 217 has none.' },
      'No contact attached: account 217 has none.',
    ],
    [
      'that the catch-all was used (decision 2)',
      { resolution: { ...resolution, accountBy: 'catchAll' } },
      'Northwind has no mapping, so this ticket is in the catch-all account.',
    ],
    [
      'that the organization is unknown (decision 22)',
      { resolution: { ...resolution, accountBy: 'catchAll', organizationName: '' } },
      'The alert names no organization, so this ticket is in the catch-all account.',
    ],
  ])('says %s before the facts', (_name, input, line) => {
    expect(ticket({}, input).description.split('\n')[2]).toBe(line);
  });

  it('says when the source marked the alert as a test', () => {
    expect(ticket({ flags: ['test'] }).description).toContain('\n\nThis alert is marked as a test.\n\n');
  });

  it('lists twenty events and counts the rest', () => {
    const events = Array.from({ length: 5000 }, (_, n) => ({ type: `event ${n}` }));
    const { description } = ticket({ events });
    expect(description).toContain('Events (5,000)');
    expect(description).toContain('- event 19\n');
    expect(description).not.toContain('- event 20\n');
    expect(description).toContain(`… and 4,980 more: ${link}`);
  });

  it('shows alert text literally (promises I-19) and without control characters (I-12)', () => {
    const { description } = ticket({
      title: '{{ alert.source }}\r\nref A-22222222',
      description: 'a\u0000b\u001bc\u2028d\u0085e\rf\tg {% raw %}',
    });
    expect(description.split('\n')[0]).toBe('{{ alert.source }} ref A-22222222');
    expect(description).toContain('a b c\nd\ne\nf\tg {% raw %}');
  });

  it('cuts the title to the limit of the PSA', () => {
    const long = { ...resolution, subject: 'x'.repeat(300) };
    expect(ticket({}, { resolution: long }).title).toBe(`${'x'.repeat(254)}…`);
  });
});

describe('a text that is too long', () => {
  it.each([
    ['description', { description: 'x'.repeat(8_000_000) }],
    ['recommended action', { recommendedAction: 'x'.repeat(20_000) }],
    ['title', { title: 'x'.repeat(1_000_000), description: 'x'.repeat(9000) }],
    ['line breaks that shrink', { description: `${'\r\n'.repeat(9000)}x` }],
  ])('is cut, says where the rest is, and keeps the key: %s (promises I-11, J-22)', (_name, alert) => {
    const { description } = ticket(alert);
    expect(description.length).toBeLessThanOrEqual(limits.description);
    expect(description.endsWith(`\n… full text in ${link}\n\nref A-7K3Q9M2F`)).toBe(true);
    expect(description).toContain('Id: evt-1');
  });

  it('that just fits is not cut', () => {
    const rest = ticket({ description: 'x' }).description.length - 1;
    const fits = ticket({ description: 'x'.repeat(limits.description - rest) }).description;
    expect(fits).toHaveLength(limits.description);
    expect(fits).not.toContain('full text in');
    expect(ticket({ description: 'x'.repeat(limits.description - rest + 1) }).description).toContain(
      'full text in',
    );
  });

  it('keeps the key line whole under any limit that has room for it', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 700 }), texts, (limit, description) => {
        const text = note({ description }, { limits: { ...limits, note: limit } }).text;
        expect(text.length).toBeLessThanOrEqual(limit);
        expect(text.split('\n').at(-1)).toBe('ref A-7K3Q9M2F/0012');
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a note', () => {
  it('carries title, facts and its own key', () => {
    const { title, text } = note();
    expect(title).toBe('critical: Odd sign-in');
    expect(text).toContain('Id: evt-1');
    expect(text.split('\n').at(-1)).toBe('ref A-7K3Q9M2F/0012');
  });

  it('of an update says what changed (decision 23)', () => {
    const { text } = note({ status: 'resolved' }, { before: { severity: 'low', status: 'new' } });
    expect(text.split('\n')[2]).toBe('Update of this alert: severity low → critical, status new → resolved');
  });

  it('carries a notice', () => {
    expect(note({}, { notice: 'Note 0011 could not be added.' }).text).toContain(
      'Note 0011 could not be added.',
    );
  });

  it('has a title within the limit', () => {
    expect(note({}, { resolution: { ...resolution, noteTitle: 'x'.repeat(999) } }).title).toHaveLength(250);
  });
});
