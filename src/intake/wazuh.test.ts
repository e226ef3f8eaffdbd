import { expect, it } from 'vitest';
import { wazuh } from './wazuh.ts';

const now = new Date('2026-11-20T12:00:00Z');
const line = {
  timestamp: '2026-11-20T11:00:00.000+0000',
  id: '1763636400.1',
  rule: { id: '5712', level: 10, description: 'sshd: brute force', groups: ['sshd'], firedtimes: 3 },
  agent: { id: '017', name: 'web-1', ip: '192.0.2.51', labels: { customer: 'fabrikam' } },
  manager: { name: 'siem-1' },
  decoder: { name: 'sshd' },
  data: { srcip: '198.51.100.7', srcuser: 'root' },
  full_log: 'Failed password',
};

function alertOf(change: object, more: object = {}) {
  const [parsed] = wazuh.parse({ ...line, ...change }, { now, ...more });
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed));
  return parsed.alert;
}

it('an alert, whole', () => {
  expect(alertOf({})).toEqual({
    source: 'wazuh',
    externalId: 'siem-1:1763636400.1',
    title: 'sshd: brute force',
    severity: 'medium',
    originalSeverity: '10',
    organization: { externalId: 'fabrikam' },
    description: 'Failed password',
    eventType: '5712',
    status: 'new',
    occurredAt: '2026-11-20T11:00:00.000+0000',
    user: { name: 'root' },
    device: { name: 'web-1', ip: '192.0.2.51' },
    application: 'sshd',
    ip: '198.51.100.7',
    rule: { id: '5712', name: 'sshd: brute force' },
    flags: [],
    raw: line,
  });
});

it.each([
  [0, 'informational'],
  [3, 'informational'],
  [4, 'low'],
  [6, 'low'],
  [7, 'medium'],
  [11, 'medium'],
  [12, 'high'],
  [14, 'high'],
  [15, 'critical'],
  [16, 'critical'],
])('level %i is %s', (level, severity) => {
  expect(alertOf({ rule: { level } })).toMatchObject({
    severity,
    originalSeverity: String(level),
    flags: [],
  });
});

it.each([17, -1, 7.5, 'ten', undefined])('level %j is unclear', (level) => {
  expect(alertOf({ rule: { level } })).toMatchObject({ severity: 'medium', flags: ['severityUnclear'] });
});

it('the bands can be set', () => {
  const wazuhBands = { low: 1, medium: 5, high: 8, critical: 10 };
  expect(alertOf({}, { wazuhBands }).severity).toBe('critical');
  expect(alertOf({ rule: { level: 4 } }, { wazuhBands }).severity).toBe('low');
});

it('a missing customer label is no reason to refuse', () => {
  expect(alertOf({ agent: { name: 'web-1' } }).organization).toBeUndefined();
});

it('without a manager the id stands alone', () => {
  expect(alertOf({ manager: undefined }).externalId).toBe('1763636400.1');
});

it.each([
  [{ dstuser: 'bo@x.example', srcuser: 'root' }, { email: 'bo@x.example' }],
  [{ srcuser: 'root' }, { name: 'root' }],
  [{ office365: { UserId: 'bo@x.example' } }, { email: 'bo@x.example' }],
  [{}, undefined],
])('the user of %j', (data, user) => {
  expect(alertOf({ data }).user).toEqual(user);
});

it('the manager’s own rules are marked as health', () => {
  expect(alertOf({ rule: { id: '506', level: 3, groups: ['wazuh'] } }).labels).toEqual({ kind: 'health' });
});

it.each([
  [{ rule: { id: '5712' } }, 'Wazuh rule 5712'],
  [{ rule: null }, 'Wazuh alert siem-1:1763636400.1'],
])('%j gets a title', (change, title) => {
  expect(alertOf(change).title).toBe(title);
});

it('ids that are too long are refused', () => {
  const [parsed] = wazuh.parse({ ...line, id: 'x'.repeat(10_000) }, { now });
  expect(parsed).toMatchObject({ ok: false, errors: [{ field: 'id', code: 'tooBig' }] });
});
