import { describe, expect, it } from 'vitest';
import { graph } from './graph.ts';

const now = new Date('2026-11-20T12:00:00Z');
const kind = (name: string) => `#microsoft.graph.security.${name}`;
const alert = {
  id: 'da6371',
  incidentId: '4411',
  tenantId: '11111111-2222-3333-4444-555555555555',
  status: 'new',
  severity: 'high',
  serviceSource: 'microsoftDefenderForEndpoint',
  title: 'Suspicious credential access',
  category: 'CredentialAccess',
  createdDateTime: '2026-11-20T09:00:00Z',
  evidence: [
    { '@odata.type': kind('processEvidence') },
    { '@odata.type': kind('userEvidence'), userAccount: { userPrincipalName: 'bo@contoso.example' } },
    { '@odata.type': kind('userEvidence'), userAccount: { userPrincipalName: 'second@contoso.example' } },
    { '@odata.type': kind('deviceEvidence'), deviceDnsName: 'srv-2', lastIpAddress: '192.0.2.30' },
  ],
};

const parse = (value: unknown) => graph.parse(value, { now });

function alertOf(change: object, base: object = alert) {
  const [parsed] = parse({ ...base, ...change });
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed));
  return parsed.alert;
}

it('an alert, whole', () => {
  expect(alertOf({})).toEqual({
    source: 'graph',
    externalId: 'da6371',
    title: 'Suspicious credential access',
    severity: 'high',
    originalSeverity: 'high',
    organization: { tenantId: '11111111-2222-3333-4444-555555555555' },
    eventType: 'CredentialAccess',
    status: 'new',
    occurredAt: '2026-11-20T09:00:00Z',
    user: { email: 'bo@contoso.example' },
    device: { name: 'srv-2', ip: '192.0.2.30' },
    incidentId: '4411',
    labels: { product: 'microsoftDefenderForEndpoint' },
    flags: [],
    raw: alert,
  });
});

it.each([
  ['unknown', 'medium', ['severityUnclear']],
  ['informational', 'informational', []],
  ['low', 'low', []],
  ['medium', 'medium', []],
  ['high', 'high', []],
  ['unknownFutureValue', 'medium', ['severityUnclear']],
])('severity %s is %s', (severity, expected, flags) => {
  expect(alertOf({ severity })).toMatchObject({ severity: expected, originalSeverity: severity, flags });
});

it.each(['new', 'inProgress', 'resolved', 'unknownFutureValue'])('status %s stays', (status) => {
  expect(alertOf({ status }).status).toBe(status);
});

it.each([
  [
    [alert, { ...alert, id: 'b' }],
    ['da6371', 'b'],
  ],
  [{ '@odata.context': 'x', value: [alert, { ...alert, id: 'b' }] }, ['da6371', 'b']],
  [{ value: [] }, []],
  [{ ...alert, value: ['not an envelope'] }, ['da6371']],
])('single, list and envelope: %#', (value, ids) => {
  expect(parse(value).map((parsed) => parsed.ok && parsed.alert.externalId)).toEqual(ids);
});

it('one bad alert in an envelope spoils no other', () => {
  expect(parse({ value: [alert, { title: 'no id' }, 7] }).map(({ ok }) => ok)).toEqual([true, false, false]);
});

it.each([
  [
    { userPrincipalName: 'bo@contoso.example', displayName: 'Bo' },
    { email: 'bo@contoso.example', name: 'Bo' },
  ],
  [{ accountName: 'bo', userPrincipalName: null }, { name: 'bo' }],
  [{ userPrincipalName: 'bo' }, { name: 'bo' }],
  [{}, undefined],
])('the user of %j', (userAccount, user) => {
  expect(alertOf({ evidence: [{ '@odata.type': kind('userEvidence'), userAccount }] }).user).toEqual(user);
});

it('evidence without a user or a device leaves both empty', () => {
  const read = alertOf({ evidence: [null, 'x', {}, { '@odata.type': 5 }] });
  expect([read.user, read.device]).toEqual([undefined, undefined]);
});

it.each([
  [{ title: '', threatDisplayName: 'Trojan' }, 'Trojan'],
  [{ title: null }, 'CredentialAccess'],
  [{ title: null, category: null }, 'Alert da6371'],
])('%j gets a title', (change, title) => {
  expect(alertOf(change).title).toBe(title);
});

describe('Entra risk detections', () => {
  const risk = {
    id: 'rd-1',
    riskEventType: 'impossibleTravel',
    riskLevel: 'hidden',
    riskState: 'atRisk',
    riskDetail: 'none',
    ipAddress: '203.0.113.7',
    location: { city: 'Exampleton', countryOrRegion: 'XX' },
    activityDateTime: '2026-11-20T11:20:00Z',
    userPrincipalName: 'lou@Contoso.example',
  };

  it('are told by their kind and found by the domain', () => {
    const { raw: _, ...read } = alertOf({}, risk);
    expect(read).toEqual({
      source: 'graph',
      externalId: 'rd-1',
      title: 'Risk detection: impossibleTravel (lou@Contoso.example)',
      severity: 'medium',
      originalSeverity: 'hidden',
      organization: { domain: 'contoso.example' },
      eventType: 'impossibleTravel',
      status: 'atRisk',
      occurredAt: '2026-11-20T11:20:00Z',
      user: { email: 'lou@Contoso.example' },
      ip: '203.0.113.7',
      location: { country: 'XX', city: 'Exampleton' },
      flags: ['severityUnclear'],
    });
  });

  it.each([
    ['low', 'low'],
    ['medium', 'medium'],
    ['high', 'high'],
    ['none', 'informational'],
  ])('risk %s is %s', (riskLevel, severity) => {
    expect(alertOf({ riskLevel }, risk)).toMatchObject({ severity, flags: [] });
  });
});
