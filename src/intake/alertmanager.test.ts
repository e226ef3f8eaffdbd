import { expect, it } from 'vitest';
import { bodyHash, dedupKey } from '../alerts/identity.ts';
import { changesInWords } from '../plan/updates.ts';
import { alertmanager } from './alertmanager.ts';

const now = new Date('2026-11-20T12:00:00Z');
const alert = {
  status: 'firing',
  labels: {
    alertname: 'VpnLogins',
    severity: 'warning',
    instance: 'vpn-1',
    organization: 'org-25',
    user: 'hana@x.example',
  },
  annotations: {
    summary: 'Many failed logins',
    description: 'More than 50',
    runbook_url: 'https://runbooks.example/vpn',
  },
  startsAt: '2026-11-20T07:30:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'https://metrics.example/graph',
  fingerprint: 'a1b2',
};
const envelope = {
  version: '4',
  groupKey: '{}:{alertname="VpnLogins"}',
  status: 'firing',
  receiver: 'herald',
  commonLabels: { alertname: 'VpnLogins' },
  alerts: [alert],
};

function alertsOf(value: unknown) {
  return alertmanager.parse(value, { now }).map((parsed) => {
    if (!parsed.ok) throw new Error(JSON.stringify(parsed));
    return parsed.alert;
  });
}

const alertOf = (change: object) => alertsOf({ ...envelope, alerts: [{ ...alert, ...change }] })[0]!;

it('an alert, whole', () => {
  expect(alertsOf(envelope)).toEqual([
    {
      source: 'alertmanager',
      externalId: 'a1b2:2026-11-20T07:30:00.000Z',
      title: 'Many failed logins',
      severity: 'medium',
      originalSeverity: 'warning',
      organization: { externalId: 'org-25' },
      description: 'More than 50',
      eventType: 'VpnLogins',
      status: 'new',
      occurredAt: '2026-11-20T07:30:00.000Z',
      user: { email: 'hana@x.example' },
      device: { name: 'vpn-1' },
      incidentId: '{}:{alertname="VpnLogins"}',
      url: 'https://metrics.example/graph',
      recommendedAction: 'https://runbooks.example/vpn',
      labels: alert.labels,
      flags: [],
      raw: { alert, envelope: { version: '4', groupKey: envelope.groupKey, receiver: 'herald' } },
    },
  ]);
});

it('resolved is an update of the one that fired', () => {
  const [fired] = alertsOf(envelope);
  const resolved = alertOf({ status: 'resolved', endsAt: '2026-11-20T08:30:00Z' });
  expect(resolved.status).toBe('resolved');
  expect(dedupKey(resolved)).toEqual(dedupKey(fired!));
  expect(changesInWords(fired!, resolved)).toContain('→ resolved');
});

it('the neighbours in a call do not change an alert', () => {
  const other = { ...alert, fingerprint: 'c3d4', status: 'resolved' };
  const [alone] = alertsOf(envelope);
  const [together] = alertsOf({ ...envelope, commonLabels: {}, truncatedAlerts: 2, alerts: [alert, other] });
  expect(bodyHash(alone!)).toEqual(bodyHash(together!));
});

it.each([
  ['critical', 'critical', []],
  ['high', 'high', []],
  ['warning', 'medium', []],
  ['info', 'informational', []],
  ['low', 'low', []],
  ['none', 'informational', []],
  ['page', 'medium', ['severityUnclear']],
  [undefined, 'medium', ['severityUnclear']],
])('severity %s is %s', (word, severity, flags) => {
  expect(alertOf({ labels: { severity: word } })).toMatchObject({
    severity,
    originalSeverity: word ?? '',
    flags,
  });
});

it.each([
  [{ organization: 'a', customer: 'b', tenant: 'c' }, 'a'],
  [{ customer: 'b', tenant: 'c' }, 'b'],
  [{ tenant: 'c' }, 'c'],
])('the organization of %j is %s', (labels, externalId) => {
  expect(alertOf({ labels }).organization).toEqual({ externalId });
});

it.each([
  [{ host: 'h', instance: 'i' }, 'i'],
  [{ host: 'h' }, 'h'],
])('the device of %j is %s', (labels, name) => {
  expect(alertOf({ labels }).device).toEqual({ name });
});

it.each([
  [{ annotations: {} }, 'VpnLogins'],
  [{ annotations: null, labels: null }, 'Alert a1b2:2026-11-20T07:30:00.000Z'],
])('%j gets a title', (change, title) => {
  expect(alertOf(change).title).toBe(title);
});

it('the alert that always fires is marked as health', () => {
  expect(alertOf({ labels: { alertname: 'Watchdog', severity: 'none' } }).labels).toMatchObject({
    kind: 'health',
  });
});

it('each alert is judged by itself, wherever it comes from', () => {
  const results = alertmanager.parse([{ ...envelope, alerts: [alert, {}, null] }, alert, 5], { now });
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, true, false]);
  expect(results[1]).toMatchObject({ errors: [{ field: 'fingerprint' }, { field: 'startsAt' }] });
});
