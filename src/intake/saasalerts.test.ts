import { expect, it } from 'vitest';
import { saasalerts } from './saasalerts.ts';

const now = new Date('2026-11-20T12:00:00Z');
const event = {
  source: 'saasalerts',
  eventId: 'evt-0001',
  eventType: 'iam.outside_location',
  jointDesc: 'IAM Event - User Location - Outside approved location',
  alertStatus: 'critical',
  customerId: 'org-17',
  customerName: 'Northwind Dental',
  userId: 'ana@northwind.example',
  sourceIp: '203.0.113.9',
  timestamp: '2026-11-20T02:14:05Z',
  details: { country: 'XX' },
};
const ruleAlert = {
  source: 'mdr',
  alertId: 'al-88',
  rule: { kind: 'Respond', id: 'rr-5', name: 'New inbox rule after odd sign-in' },
  severity: 'critical',
  org: 'org-17',
  user: 'ana@northwind.example',
  events: [
    { type: 'iam.outside_location', at: '2026-11-20T02:14:05Z' },
    { type: 'mail.inbox_rule_created', at: '2026-11-20T02:16:40Z' },
  ],
};

function alertOf(record: object, source?: string) {
  const [parsed] = saasalerts.parse(record, source === undefined ? { now } : { now, source });
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed));
  return parsed.alert;
}

it('a single event, whole', () => {
  expect(alertOf(event)).toEqual({
    source: 'saasalerts',
    externalId: 'evt-0001',
    title: 'IAM Event - User Location - Outside approved location',
    severity: 'critical',
    originalSeverity: 'critical',
    organization: { externalId: 'org-17', name: 'Northwind Dental' },
    eventType: 'iam.outside_location',
    status: 'new',
    occurredAt: '2026-11-20T02:14:05Z',
    user: { email: 'ana@northwind.example' },
    ip: '203.0.113.9',
    location: { country: 'XX' },
    flags: [],
    raw: event,
  });
});

it('what a rule made of several events, whole', () => {
  expect(alertOf(ruleAlert)).toEqual({
    source: 'mdr',
    externalId: 'al-88',
    title: 'New inbox rule after odd sign-in',
    severity: 'critical',
    originalSeverity: 'critical',
    organization: { externalId: 'org-17' },
    eventType: 'iam.outside_location',
    status: 'new',
    occurredAt: '2026-11-20T02:14:05Z',
    user: { email: 'ana@northwind.example' },
    rule: { kind: 'respond', id: 'rr-5', name: 'New inbox rule after odd sign-in' },
    events: ruleAlert.events,
    flags: [],
    raw: ruleAlert,
  });
});

it.each([
  ['the record’s', event, undefined, 'saasalerts'],
  ['the format’s, where the record has none', { ...event, source: null }, undefined, 'saasalerts'],
  [
    'the format’s, where the record’s is too long',
    { ...event, source: 'x'.repeat(201) },
    undefined,
    'saasalerts',
  ],
  ['the key’s before all', ruleAlert, 'installation-2', 'installation-2'],
])('the source is %s', (_, record, fixed, source) => {
  expect(alertOf(record, fixed).source).toBe(source);
});

it.each(['low', 'medium', 'critical'])('severity %s is itself', (alertStatus) => {
  expect(alertOf({ ...event, alertStatus })).toMatchObject({ severity: alertStatus, flags: [] });
});

it('a user id that is no address stays in raw', () => {
  expect(alertOf({ ...event, userId: '0042' }).user).toBeUndefined();
});

it('5,000 events are taken, one more is refused', () => {
  const events = Array(5_000).fill({ type: 'x' });
  expect(alertOf({ ...ruleAlert, events }).events).toHaveLength(5_000);
  expect(saasalerts.parse({ ...ruleAlert, events: [...events, {}] }, { now })).toMatchObject([
    { ok: false, externalId: 'al-88', errors: [{ field: 'events', code: 'tooBig' }] },
  ]);
});

it.each(['saas.token_refresh_failed', 'sensor.health'])('%s is marked as health', (eventType) => {
  expect(alertOf({ ...event, eventType }).labels).toEqual({ kind: 'health' });
});

it.each([
  [{ ...event, jointDesc: '' }, 'iam.outside_location'],
  [{ eventId: 'e' }, 'Alert e'],
])('%j gets a title', (record, title) => {
  expect(alertOf(record).title).toBe(title);
});

it.each([
  [{}, 'eventId'],
  [{ alertId: {} }, 'alertId'],
  [{ ...event, eventId: [] }, 'eventId'],
])('%j is refused by the vendor’s name', (record, field) => {
  expect(saasalerts.parse(record, { now })).toMatchObject([
    { ok: false, errors: [{ field, code: 'required' }] },
  ]);
});

it('events of any form are no reason to refuse', () => {
  expect(alertOf({ ...ruleAlert, events: [null, 'x', { type: 5 }] }).events).toEqual([{}, {}, { type: '5' }]);
  expect(alertOf({ ...ruleAlert, events: 'x', rule: 7 })).not.toHaveProperty('events');
});
