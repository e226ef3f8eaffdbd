import { expect, it } from 'vitest';
import { huntress } from './huntress.ts';

const now = new Date('2026-11-20T12:00:00Z');
const report = {
  id: 90210,
  organization_id: 7,
  agent_id: null,
  severity: 'high',
  status: 'sent',
  platform: 'microsoft_365',
  subject: 'HIGH - Incident on cy@fabrikam.example (Fabrikam)',
  indicator_types: ['mailbox_rules'],
  sent_at: '2026-11-20T10:00:00Z',
  updated_at: '2026-11-20T10:00:00Z',
};

function alertOf(change: object) {
  const [parsed] = huntress.parse({ ...report, ...change }, { now });
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed));
  return parsed.alert;
}

it('an identity incident, whole', () => {
  expect(alertOf({})).toEqual({
    source: 'huntress',
    externalId: '90210',
    title: 'HIGH - Incident on cy@fabrikam.example (Fabrikam)',
    severity: 'high',
    originalSeverity: 'high',
    organization: { externalId: '7' },
    eventType: 'mailbox_rules',
    status: 'sent',
    occurredAt: '2026-11-20T10:00:00Z',
    user: { email: 'cy@fabrikam.example' },
    application: 'microsoft_365',
    flags: [],
    raw: report,
  });
});

it('the account is part of the id', () => {
  expect(alertOf({ account_id: 3 }).externalId).toBe('3:90210');
  expect(alertOf({ account_id: 3, id: JSON.rawJSON('9007199254740993') }).externalId).toBe(
    '3:9007199254740993',
  );
});

it.each([
  ['low', 'low'],
  ['high', 'high'],
  ['critical', 'critical'],
  ['Critical', 'critical'],
])('severity %s is %s', (severity, expected) => {
  expect(alertOf({ severity })).toMatchObject({ severity: expected, originalSeverity: severity, flags: [] });
});

it.each(['sent', 'closed', 'dismissed', 'auto_remediating', 'deleting', 'partner_dismissed'])(
  'status %s stays',
  (status) => {
    expect(alertOf({ status }).status).toBe(status);
  },
);

it.each([
  ['a host', 'CRITICAL - Incident on FAB-DC1 (Fabrikam)', { name: 'FAB-DC1' }],
  [
    'a long dash and brackets in the name',
    'LOW – Incident on PC (2) (Fabrikam (East))',
    { name: 'PC (2) (Fabrikam' },
  ],
  ['no organization', 'HIGH - incident on PC-3', { name: 'PC-3' }],
  ['another subject', 'Something happened', { name: 'agent 5512' }],
  ['none', null, { name: 'agent 5512' }],
])('an agent is the device, named in the subject: %s', (_, subject, device) => {
  const alert = alertOf({ agent_id: 5512, subject });
  expect(alert).toMatchObject({ device, labels: { agentId: '5512' } });
  expect(alert.user).toBeUndefined();
});

it('without an organization the domain of the identity is tried', () => {
  expect(alertOf({ organization_id: null }).organization).toEqual({ domain: 'fabrikam.example' });
});

it.each([
  [{ subject: null, summary: 'From the summary' }, 'From the summary'],
  [{ subject: ' ' }, 'Incident report 90210'],
])('%j gets a title', (change, title) => {
  expect(alertOf(change).title).toBe(title);
});

it('a report without an id is refused by its name', () => {
  expect(huntress.parse([{ ...report, id: null }, report], { now })).toMatchObject([
    { ok: false, errors: [{ field: 'id', code: 'required' }] },
    { ok: true },
  ]);
});
