import { describe, expect, it } from 'vitest';
import { ocsf } from './ocsf.ts';

const now = new Date('2026-11-20T12:00:00Z');
const finding = {
  class_uid: 2004,
  category_uid: 2,
  activity_id: 1,
  type_uid: 200401,
  severity_id: 4,
  time: 1795168800000,
  metadata: { version: '1.5.0', tenant_uid: 'org-17', product: { name: 'DemoEDR' } },
  finding_info: { uid: 'f-1', title: 'Ransomware behaviour', types: ['behavior'] },
  is_alert: true,
  resources: [{ type: 'host', name: 'web-1' }],
};

function alertOf(change: object, source?: string) {
  const [parsed] = ocsf.parse({ ...finding, ...change }, source === undefined ? { now } : { now, source });
  if (!parsed?.ok) throw new Error(JSON.stringify(parsed));
  return parsed.alert;
}

it('a detection finding, whole', () => {
  expect(alertOf({})).toEqual({
    source: 'ocsf',
    externalId: 'f-1',
    title: 'Ransomware behaviour',
    severity: 'high',
    originalSeverity: '4',
    organization: { externalId: 'org-17' },
    eventType: 'behavior',
    status: 'new',
    occurredAt: '2026-11-20T10:00:00.000Z',
    device: { name: 'web-1' },
    labels: { product: 'DemoEDR' },
    flags: [],
    raw: finding,
  });
});

it.each([
  [0, 'medium', ['severityUnclear']],
  [1, 'informational', []],
  [2, 'low', []],
  [3, 'medium', []],
  [4, 'high', []],
  [5, 'critical', []],
  [6, 'critical', []],
  [99, 'medium', ['severityUnclear']],
  ['4', 'high', []],
])('severity_id %j is %s', (severity_id, severity, flags) => {
  expect(alertOf({ severity_id })).toMatchObject({ severity, originalSeverity: String(severity_id), flags });
});

it('the word stands in for a missing severity_id', () => {
  expect(alertOf({ severity_id: undefined, severity: 'Critical' })).toMatchObject({ severity: 'critical' });
});

it.each([
  [{ activity_id: 1 }, 'new'],
  [{ activity_id: 2 }, 'updated'],
  [{ activity_id: 3 }, 'resolved'],
  [{ activity_id: undefined, type_uid: 200403 }, 'resolved'],
  [{ activity_id: 99, status_id: 2 }, 'inProgress'],
  [{ activity_id: 0, status_id: 3 }, 'suppressed'],
  [{ activity_id: 0, status: 'Parked' }, 'Parked'],
])('%j has the status %s', (change, status) => {
  expect(alertOf(change).status).toBe(status);
});

describe('class', () => {
  it.each([
    [1001, 'invalidValue'],
    [2001, 'invalidValue'],
    ['x', 'invalidValue'],
    [undefined, 'required'],
  ])('%j is refused', (class_uid, code) => {
    const type_uid = class_uid === undefined || class_uid === 'x' ? undefined : Number(class_uid) * 100 + 1;
    const [parsed] = ocsf.parse({ ...finding, class_uid, type_uid }, { now });
    expect(parsed).toMatchObject({
      ok: false,
      errors: [{ field: 'class_uid', code: class_uid === 'x' ? 'required' : code }],
    });
  });

  it('is read from type_uid where it is missing', () => {
    expect(alertOf({ class_uid: undefined }).externalId).toBe('f-1');
  });

  it('2005 names itself in finding_info or in metadata, and is its own incident', () => {
    const incident = { class_uid: 2005, type_uid: 200501, desc: 'Two findings' };
    expect(alertOf(incident)).toMatchObject({ externalId: 'f-1', incidentId: 'f-1' });
    const listed = {
      ...incident,
      finding_info: undefined,
      metadata: { uid: 'inc-9' },
      finding_info_list: [{ uid: 'f-1', title: 'First', types: ['a'] }, { uid: 'f-2' }],
    };
    expect(alertOf(listed)).toMatchObject({
      externalId: 'inc-9',
      incidentId: 'inc-9',
      title: 'Two findings',
      events: [{ type: 'a', summary: 'First' }, {}],
    });
  });
});

it.each([
  [{ finding_info: { title: 't' } }, 'finding_info.uid'],
  [{ finding_info: { uid: {} } }, 'finding_info.uid'],
  [{ finding_info: null }, 'finding_info.uid'],
])('%j is refused by the vendor’s name', (change, field) => {
  const [parsed] = ocsf.parse({ ...finding, ...change }, { now });
  expect(parsed).toMatchObject({ ok: false, errors: [{ field, code: 'required' }] });
});

it.each([
  [
    'evidences',
    { evidences: [{}, { user: { name: 'Bo', email_addr: 'bo@x.example' } }] },
    { email: 'bo@x.example', name: 'Bo' },
  ],
  [
    'the actor of an evidence',
    { evidences: [{ actor: { user: { name: 'bo@x.example' } } }] },
    { email: 'bo@x.example' },
  ],
  [
    'resources',
    {
      resources: [
        { type: 'host', name: 'h' },
        { type: 'User', name: 'bo' },
      ],
    },
    { name: 'bo' },
  ],
  [
    'the owner of a resource',
    { resources: [{ type: 'host', owner: { email_addr: 'bo@x.example' } }] },
    { email: 'bo@x.example' },
  ],
  [
    'observables: address first',
    {
      observables: [
        { type_id: 4, value: 'bo' },
        { type_id: 5, value: 'bo@x.example' },
      ],
    },
    { email: 'bo@x.example' },
  ],
  ['observables: name', { observables: [{ type_id: 4, value: 'bo' }] }, { name: 'bo' }],
  ['nowhere', { evidences: 'x', resources: [null], observables: {} }, undefined],
])('the user is found in %s', (_, change, user) => {
  expect(alertOf(change).user).toEqual(user);
});

it.each([
  ['device', { device: { hostname: 'pc-1', name: 'x', ip: '192.0.2.1' } }, { name: 'pc-1', ip: '192.0.2.1' }],
  ['a host resource', {}, { name: 'web-1' }],
  ['an evidence', { resources: [], evidences: [{ device: { name: 'pc-2' } }] }, { name: 'pc-2' }],
  ['observables', { resources: [], observables: [{ type_id: 1, value: 'pc-3' }] }, { name: 'pc-3' }],
  ['nowhere', { resources: [] }, undefined],
])('the device is found in %s', (_, change, device) => {
  expect(alertOf(change).device).toEqual(device);
});

it.each([
  ['the tenant', { metadata: { tenant_uid: 'org-17' } }, { externalId: 'org-17' }],
  [
    'a tenant that looks like a directory',
    { metadata: { tenant_uid: '11111111-2222-3333-4444-555555555555' } },
    { externalId: '11111111-2222-3333-4444-555555555555', tenantId: '11111111-2222-3333-4444-555555555555' },
  ],
  [
    'the domain of the user',
    { metadata: {}, observables: [{ type_id: 5, value: 'bo@X.Example' }] },
    { domain: 'x.example' },
  ],
  ['nothing', { metadata: {} }, undefined],
])('the organization is found by %s', (_, change, organization) => {
  expect(alertOf(change).organization).toEqual(organization);
});

it('takes address and place from the source end point', () => {
  const src_endpoint = { ip: '203.0.113.9', location: { country: 'XX', city: 'Exampleton' } };
  expect(alertOf({ evidences: [{}, { src_endpoint }] })).toMatchObject({
    ip: '203.0.113.9',
    location: { country: 'XX', city: 'Exampleton' },
  });
});

it('takes rule, incident, link and advice', () => {
  const finding_info = {
    uid: 'f-1',
    analytic: { uid: 'a-7', name: 'Odd shell' },
    src_url: 'https://edr.example/f-1',
    related_events: [
      { uid: 'x', type_uid: 200401 },
      { uid: 'inc-1', type_uid: 200501 },
    ],
  };
  expect(alertOf({ finding_info, remediation: { desc: 'Isolate it' } })).toMatchObject({
    title: 'Odd shell',
    eventType: 'Odd shell',
    rule: { id: 'a-7', name: 'Odd shell' },
    incidentId: 'inc-1',
    url: 'https://edr.example/f-1',
    recommendedAction: 'Isolate it',
  });
});

it.each([
  [{ finding_info: { uid: 'f-1' }, message: 'From the message' }, 'From the message'],
  [{ finding_info: { uid: 'f-1', title: '  ' } }, 'Detection finding f-1'],
])('%j gets a title', (change, title) => {
  expect(alertOf(change).title).toBe(title);
});

it('a test verdict gets a flag', () => {
  expect(alertOf({ verdict_id: 6 }).flags).toEqual(['test']);
  expect(alertOf({ verdict_id: 2 }).flags).toEqual([]);
});

it.each([
  [1795168800000 + 86_400_000 * 3, '2026-11-23T10:00:00.000Z', ['timeInFuture']],
  [1e300, '1e+300', ['timeUnclear']],
  ['soon', 'soon', ['timeUnclear']],
])('the time %j is kept', (time, occurredAt, flags) => {
  expect(alertOf({ time })).toMatchObject({ occurredAt, flags });
});

it('the key fixes another source', () => {
  expect(alertOf({}, 'demo-edr').source).toBe('demo-edr');
});
