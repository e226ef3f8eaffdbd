import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { subjectPresets } from '../templates/index.ts';
import { exampleAlert } from './exampleSettings.ts';
import { explainGrouping, groupAlert } from './grouping.ts';

function group(
  subject: string,
  alert: Partial<Alert> = {},
  organizationKey: string | undefined = 'northwind',
) {
  const scope = { alert: exampleAlert(alert), organization: { name: 'Northwind', externalRef: 'org-17' } };
  return groupAlert(subject, scope, organizationKey);
}

/** The group as one comparable text, as the database compares it. */
function groupId(...args: Parameters<typeof group>): string {
  const { organizationKey, key } = group(...args);
  return `${organizationKey} ${Buffer.from(key).toString('hex')}`;
}

const ana = { user: { email: 'ana@northwind.example' } };
const bo = { user: { email: 'bo@northwind.example' } };
const byUser = 'Alerts for {{ alert.user.email }}';

describe('grouping (decision 13)', () => {
  it('joins alerts with the same values, whatever else differs', () => {
    const other = {
      ...ana,
      externalId: 'evt-2',
      title: 'Other',
      severity: 'low' as const,
      occurredAt: 'later',
    };
    expect(groupId(byUser, ana)).toBe(groupId(byUser, other));
    expect(groupId(byUser, ana)).not.toBe(groupId(byUser, bo));
  });

  it('is made of values, never of the rendered text', () => {
    expect(groupId('{{ alert.user.email }} of {{ alert.user.email | upcase }}!', ana)).toBe(
      groupId(byUser, ana),
    );
    expect(groupId('{{ alert.user.email | truncate: 3 }}', ana)).not.toBe(
      groupId('{{ alert.user.email | truncate: 3 }}', { user: { email: 'ana@contoso.example' } }),
    );
    // Both render as "ab c", but their values differ.
    const two = '{{ alert.device.name }} {{ alert.ip }}';
    expect(groupId(two, { device: { name: 'a b' }, ip: 'c' })).not.toBe(
      groupId(two, { device: { name: 'a' }, ip: 'b c' }),
    );
  });

  it('does not depend on the order of the fields', () => {
    const alert = { ...ana, device: { name: 'web-1' } };
    expect(groupId('{{alert.user.email}} {{alert.device.name}}', alert)).toBe(
      groupId('{{alert.device.name}} {{alert.user.email}}', alert),
    );
  });

  it('never joins organizations', () => {
    expect(groupId(byUser, ana, 'northwind')).not.toBe(groupId(byUser, ana, 'contoso'));
  });

  it('never counts times', () => {
    const subject = '{{ alert.user.email }} {{ alert.occurredAt }}';
    expect(groupId(subject, { ...ana, occurredAt: '1' })).toBe(groupId(subject, { ...ana, occurredAt: '2' }));
    expect(group('{{ alert.occurredAt }}', { occurredAt: '1' }).alone).toBe(true);
  });

  it.each(['alert.externalId', 'alert.url'])('naming %s switches grouping off', (path) => {
    const subject = `{{ alert.user.email }} {{ ${path} }}`;
    expect(group(subject, ana).alone).toBe(true);
    expect(groupId(subject, { ...ana, externalId: '1' })).not.toBe(
      groupId(subject, { ...ana, externalId: '2' }),
    );
  });

  it('leaves an alert alone when all named fields are empty', () => {
    expect(group(byUser).alone).toBe(true);
    expect(group(byUser, { user: { email: '' } }).alone).toBe(true);
    expect(group(byUser, { user: { email: ' ' } }).alone).toBe(true);
    expect(group('{{ alert.user.email | default: "x" }}').alone).toBe(true);
    expect(group('{{ alert.user.email }} {{ alert.title }}').alone).toBe(false);
    expect(groupId(byUser, { externalId: '1' })).not.toBe(groupId(byUser, { externalId: '2' }));
    expect(groupId(byUser, { externalId: '1' })).not.toBe(groupId(byUser, { externalId: '1', source: 'x' }));
  });

  it('leaves alerts alone when the subject names no field or cannot be read', () => {
    expect(group('Security alert').alone).toBe(true);
    expect(group('{% raw %}').alone).toBe(true);
  });

  it("separates strangers by the sender's reference, and leaves those without one alone (decision 22)", () => {
    expect(groupId(byUser, ana, 'id@3:edr|org-98')).not.toBe(groupId(byUser, ana, 'id@3:edr|org-99'));
    const anonymous = (externalId: string) => {
      const scope = {
        alert: exampleAlert({ ...ana, externalId }),
        organization: { name: '', externalRef: '' },
      };
      return groupAlert(byUser, scope, undefined);
    };
    expect(anonymous('1').alone).toBe(true);
    expect(anonymous('1').key).not.toEqual(anonymous('2').key);
  });

  it('takes organization fields as the organization itself, so that a new name splits nothing', () => {
    const named = (name: string) =>
      groupAlert(
        '{{ organization.name }}',
        { alert: exampleAlert(), organization: { name, externalRef: '' } },
        'o',
      );
    expect(named('Old').alone).toBe(false);
    expect(named('Old').key).toEqual(named('New').key);
  });
});

describe('group keys of odd values (promises I-30)', () => {
  const withName = (name: string) => groupId('{{ alert.device.name }}', { device: { name } });

  it('compares NFC, so two spellings of one character are equal', () => {
    expect(withName('caf\u00e9')).toBe(withName('cafe\u0301'));
  });

  it('keeps letter case apart', () => {
    expect(withName('WEB-1')).not.toBe(withName('web-1'));
    expect(withName('straße')).not.toBe(withName('strasse'));
  });

  it('has keys of 32 bytes for values of any length', () => {
    expect(group('{{ alert.device.name }}', { device: { name: 'x'.repeat(10_240) } }).key).toHaveLength(32);
    expect(withName(`${'x'.repeat(10_240)}1`)).not.toBe(withName(`${'x'.repeat(10_240)}2`));
  });

  it('a value that spells out a border stays one value', () => {
    const two = (name: string, ip: string) =>
      groupId('{{ alert.device.name }} {{ alert.ip }}', { device: { name }, ip });
    for (const border of [';alert.ip;', ';8:alert.ip;', ';8:alert.ip;1:']) {
      expect(two(`a${border}b`, 'c')).not.toBe(two('a', `b${border}c`));
    }
  });

  it('no value can imitate the border between two values', () => {
    const texts = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', ':', ';', '1', '2', ' ') }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const values = fc.record({ title: texts, ip: texts, application: texts });
    const id = (alert: Partial<Alert>) =>
      groupId('{{alert.title}}{{alert.ip}}{{alert.application}}{{alert.severity}}', alert);
    const normal = (alert: object) => JSON.stringify(alert).normalize('NFC');
    fc.assert(
      fc.property(values, values, (one, other) => {
        expect(id(one) === id(other)).toBe(normal(one) === normal(other));
      }),
      { numRuns: 500 },
    );
  });
});

describe('grouping in words', () => {
  it.each([
    [byUser, ana, 'Alerts of Northwind with the same user (ana@northwind.example) share a ticket.'],
    ['{{ organization.name }}', {}, 'All alerts of Northwind share a ticket.'],
    [
      '{{ organization.name }} {{ alert.user.email }} {{ alert.device.name }}',
      ana,
      'Alerts of Northwind with no device and the same user (ana@northwind.example) share a ticket.',
    ],
    [byUser, {}, 'All fields of the subject are empty here, so this alert stands alone.'],
    ['{{ alert.url }}', {}, 'The subject names the link of the alert: each alert gets its own ticket.'],
    ['Security alert', {}, 'The subject names no field that groups: each alert gets its own ticket.'],
    ['{{ alert.occurredAt }}', {}, 'The subject names no field that groups: each alert gets its own ticket.'],
  ])('%s', (subject, alert, words) => {
    expect(group(subject, alert).words).toBe(words);
  });

  it.each([
    [byUser, 'Alerts of an organization with the same user share a ticket.'],
    ['{{ organization.name }}', 'All alerts of an organization share a ticket.'],
    [
      '{{alert.title}} {{alert.user.email}} {{alert.rule.name}}',
      'Alerts of an organization with the same rule, title and user share a ticket.',
    ],
    ['{{ alert.url }}', 'Each alert gets its own ticket, because the subject names the link of the alert.'],
    [
      '{{ alert.occurredAt }}',
      'Each alert gets its own ticket, because the subject names no field that groups.',
    ],
    ['{% raw %}', undefined],
  ])('without an alert: %s', (subject, words) => {
    expect(explainGrouping(subject)).toBe(words);
  });
});

describe('the presets group as they are named (decision 13)', () => {
  const first: Partial<Alert> = {
    ...ana,
    title: 'One',
    device: { name: 'web-1' },
    rule: { id: 'rr-1', name: 'Rule' },
    incidentId: '1',
  };
  it.each<[string, Partial<Alert>]>([
    ['By user', bo],
    ['By user and alert', bo],
    ['By user and alert', { title: 'Two' }],
    ['By device', { device: { name: 'web-2' } }],
    ['By rule', { rule: { id: 'rr-2', name: 'Rule' } }],
    ['By source incident', { incidentId: '2' }],
  ])('%s', (label, difference) => {
    const subject = subjectPresets.find((preset) => preset.label === label)?.template ?? '';
    const same = { ...first, externalId: 'evt-2', severity: 'low' as const };
    expect(groupId(subject, first)).toBe(groupId(subject, same));
    expect(groupId(subject, first)).not.toBe(groupId(subject, { ...same, ...difference }));
  });

  it('By organization', () => {
    const subject = subjectPresets.find(({ label }) => label === 'By organization')?.template ?? '';
    expect(groupId(subject, first)).toBe(groupId(subject, { externalId: '9', ...bo }));
  });
});
