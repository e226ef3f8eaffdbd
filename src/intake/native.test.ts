import { describe, expect, it } from 'vitest';
import { readBody } from '../http/readBody.ts';
import { parseNative } from './native.ts';

const now = new Date('2026-11-20T12:00:00Z');
const least = { source: 'edr', externalId: 'evt-1', title: 'Odd sign-in', severity: 'high' };
const parse = (value: unknown) => parseNative(value, { now });

function alertOf(value: unknown) {
  const parsed = parse(value);
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join());
  return parsed.alert;
}

const errorsOf = (value: unknown) => {
  const parsed = parse(value);
  return parsed.ok ? [] : parsed.errors.map(({ field, code }) => `${field} ${code}`);
};

describe('what is taken', () => {
  it('the least that an alert can be', () => {
    expect(alertOf(least)).toEqual({ ...least, originalSeverity: 'high', flags: [] });
  });

  it('everything that the form knows', () => {
    const full = {
      ...least,
      organization: { externalId: 'org-17', domain: 'northwind.example', tenantId: 't-1', name: 'Northwind' },
      eventType: 'iam.outside_location',
      description: 'A description\r\nof two lines',
      status: 'new',
      occurredAt: '2026-11-20T02:14:05Z',
      user: { email: 'Ana+x@northwind.example', name: 'Ana' },
      device: { name: 'web-1', ip: '192.0.2.1' },
      application: 'Mail',
      ip: '203.0.113.9',
      location: { country: 'XX', city: 'Exampleton' },
      rule: { kind: 'respond', id: 'rr-5', name: 'Rule' },
      events: [{ type: 'a', at: '2026-11-20T02:14:05Z', summary: 's' }, {}],
      incidentId: 'inc-1',
      url: 'https://edr.example/1',
      recommendedAction: 'Call Ana',
      labels: { k: 'v' },
    };
    expect(alertOf(full)).toEqual({ ...full, originalSeverity: 'high', flags: [] });
  });

  it('members that are null are absent', () => {
    const nothing = {
      user: null,
      device: { name: null },
      events: null,
      labels: { k: null },
      description: null,
    };
    expect(alertOf({ ...least, ...nothing })).toEqual({ ...least, originalSeverity: 'high', flags: [] });
  });

  it('an unclear severity is medium with a flag, and kept', () => {
    expect(alertOf({ ...least, severity: 'SEV 1' })).toMatchObject({
      severity: 'medium',
      originalSeverity: 'SEV 1',
      flags: ['severityUnclear'],
    });
  });

  it.each([
    ['2027-01-01T00:00:00Z', ['timeInFuture']],
    ['yesterday', ['timeUnclear']],
    ['2026-11-20T13:00:00Z', []],
  ])('the time %s is kept as given', (occurredAt, flags) => {
    expect(alertOf({ ...least, occurredAt })).toMatchObject({ occurredAt, flags });
  });

  it.each([
    ['300 characters', 'x'.repeat(300)],
    ['1 MB', 'x'.repeat(1_000_000)],
    ['right-to-left and zero-width (I-10)', '\u202e תחנה \u200b\u{e0041} раypal'],
    ['emoji and Zalgo (I-9)', '👩‍👩‍👧‍👦 z͑ͫ̓ͪ̂ͫ'],
    ['line ends (I-12)', 'a\r\nBcc: x@evil.example\u2028\u0085\tb'],
    ['HTML, a formula, templates', '=1+1 <script>alert(1)</script> {{ x }} {% y %} \u0024{z} %s #{q}'],
    ['blanks around it', '  padded  '],
  ])('a title with %s stays as it is', (_, title) => {
    expect(alertOf({ ...least, title }).title).toBe(title);
  });

  it('a description of 8 MB stays whole (I-11)', () => {
    expect(alertOf({ ...least, description: 'x'.repeat(8_000_000) }).description).toHaveLength(8_000_000);
  });

  it('NUL and lone surrogates are replaced everywhere, ids included', () => {
    const alert = alertOf({ ...least, externalId: 'a\0b', labels: { 'k\0': '\ud800' }, extra: '\0' });
    expect(alert).toMatchObject({
      externalId: 'a\u2400b',
      labels: { 'k\u2400': '\ufffd' },
      raw: { extra: '\u2400' },
      flags: ['nulReplaced', 'surrogateReplaced'],
    });
  });

  it('5,000 events', () => {
    expect(alertOf({ ...least, events: Array(5_000).fill({ type: 'x' }) }).events).toHaveLength(5_000);
  });

  it('labels that are numbers or truth values become text as they were spelled', () => {
    const body = readBody(
      Buffer.from(
        JSON.stringify({ ...least, labels: 1 }).replace(
          '"labels":1',
          '"labels":{"a":1.50,"b":1e400,"c":true,"d":7}',
        ),
      ),
      'application/json',
    );
    expect(alertOf(body.ok && body.value).labels).toEqual({ a: '1.50', b: '1e400', c: 'true', d: '7' });
  });

  it('a source fixed by the key replaces the record’s, which stays in raw', () => {
    const parsed = parseNative(least, { now, source: 'edr-2' });
    expect(parsed).toMatchObject({ ok: true, alert: { source: 'edr-2', raw: { source: 'edr' } } });
    const { source: _, ...withoutSource } = least;
    const fixed = parseNative(withoutSource, { now, source: 'edr-2' });
    expect(fixed.ok && [fixed.alert.source, fixed.alert.raw]).toEqual(['edr-2', undefined]);
  });
});

describe('members that we do not know', () => {
  it('are kept as they came, numbers as they were spelled', () => {
    const extra = '"extra":{"n":9007199254740993,"m":-0,"list":[1e400]}';
    const body = readBody(Buffer.from(JSON.stringify(least).replace('}', `,${extra}}`)), 'application/json');
    expect(JSON.stringify(alertOf(body.ok && body.value).raw)).toBe(`{${extra}}`);
  });

  it('bring the known member they stand in along', () => {
    const user = { email: 'ana@northwind.example', department: 'HR' };
    const events = [{ type: 'x' }, { type: 'y', score: 3 }];
    const alert = alertOf({ ...least, user, events, device: { name: 'web-1' } });
    expect(alert.raw).toEqual({ user, events });
    expect(alert.user).toEqual({ email: 'ana@northwind.example' });
    expect(alert.events).toEqual([{ type: 'x' }, { type: 'y' }]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'then', 'valueOf', 'toJSON'])(
    '%s is data (I-6)',
    (member) => {
      const alert = alertOf({ ...least, [member]: { polluted: 1 }, labels: { [member]: 'x' } });
      expect(Object.entries(alert.raw as object)).toEqual([[member, { polluted: 1 }]]);
      expect(Object.entries(alert.labels as object)).toEqual([[member, 'x']]);
    },
  );
});

describe('what is refused', () => {
  it.each([
    [
      'no member at all',
      {},
      ['source required', 'externalId required', 'title required', 'severity required'],
    ],
    ['null for a required one', { ...least, title: null }, ['title required']],
    ['blanks for a required one', { ...least, externalId: ' \t\n' }, ['externalId required']],
    ['an empty severity', { ...least, severity: '' }, ['severity required']],
    ['an id that is a number (I-20)', { ...least, externalId: 17 }, ['externalId invalidType']],
    ['a huge number as id', { ...least, externalId: JSON.rawJSON('1e400') }, ['externalId invalidType']],
    ['an incident id that is a number', { ...least, incidentId: 4411 }, ['incidentId invalidType']],
    [
      'an organization id that is a number',
      { ...least, organization: { externalId: 7 } },
      ['organization.externalId invalidType'],
    ],
    ['a severity that is a number', { ...least, severity: 7 }, ['severity invalidType']],
    ['a time that is a number', { ...least, occurredAt: 1763636400000 }, ['occurredAt invalidType']],
    ['an organization that is text', { ...least, organization: 'org-17' }, ['organization invalidType']],
    ['a user that is a list', { ...least, user: [] }, ['user invalidType']],
    ['events that are an object', { ...least, events: {} }, ['events invalidType']],
    ['an event that is text', { ...least, events: [{}, 'x'] }, ['events[1] invalidType']],
    [
      'a wrong member of an event',
      { ...least, events: [{}, {}, {}, { type: 5 }] },
      ['events[3].type invalidType'],
    ],
    ['5,001 events', { ...least, events: Array(5_001).fill({}) }, ['events tooBig']],
    ['a source of 201 characters', { ...least, source: 'x'.repeat(201) }, ['source tooBig']],
    ['an id of 10,001 characters', { ...least, externalId: 'x'.repeat(10_001) }, ['externalId tooBig']],
    ['a name of 20,001 characters', { ...least, user: { name: 'x'.repeat(20_001) } }, ['user.name tooBig']],
    ['labels that are text', { ...least, labels: 'x' }, ['labels invalidType']],
    ['a label that is a list', { ...least, labels: { a: 'x', b: [] } }, ['labels.b invalidType']],
    ['several at once', { ...least, title: 1, url: {} }, ['title invalidType', 'url invalidType']],
  ])('%s', (_, value, expected) => {
    expect(errorsOf(value)).toEqual(expected);
  });

  it.each([null, 1, 'text', true, [], undefined, JSON.rawJSON('1e400')])('%j is no alert', (value) => {
    expect(errorsOf(value)).toEqual([' invalidType']);
  });

  it('says in words what is wrong, without repeating values, and the id where it can', () => {
    const parsed = parse({ ...least, title: 5551234 });
    expect(parsed).toEqual({
      ok: false,
      externalId: 'evt-1',
      errors: [{ field: 'title', code: 'invalidType', message: 'title must be text, not a number.' }],
    });
  });

  it('names at most twenty members, and their names in part', () => {
    const labels = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`${'k'.repeat(900)}${n}\u202e`, []]),
    );
    const parsed = parse({ ...least, labels });
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors).toHaveLength(20);
    expect(errors[0]?.field).toHaveLength('labels.'.length + 100);
  });

  it('does not repeat an id of a megabyte', () => {
    const parsed = parse({ ...least, externalId: 'x'.repeat(1_000_000) });
    expect(JSON.stringify(parsed).length).toBeLessThan(300);
  });
});
