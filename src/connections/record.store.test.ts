import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConnectionApi, goodCredentials, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi(5);
});
afterAll(() => api.close());

/** Entries about a connection, newest first. */
const entriesOf = async (id: string) => (await api.call('GET', `/audit?targetId=${id}`)).body.items;

it('a change of mappings says in words which organizations go where, before and after', async () => {
  const id = await api.connect('Mapped');
  const [first, second] = [await api.organization('Northwind'), await api.organization('Contoso')];
  const put = (mappings: object[], ignoredAccountIds?: string[]) =>
    api.call('PUT', path(id, '/mappings'), {
      body: { mappings, ...(ignoredAccountIds && { ignoredAccountIds }) },
    });
  await put([
    { organizationId: first, accountId: '201' },
    { organizationId: second, accountId: '202', contactId: '31002' },
  ]);
  await put([{ organizationId: first, accountId: '202' }], ['203']);
  const [entry] = await entriesOf(id);
  expect(entry).toMatchObject({ did: 'Changed the mappings of', target: { name: 'Mapped' } });
  expect(entry.changes).toEqual([
    { field: 'Mapped organizations', before: '2', after: '1' },
    { field: 'Ignored accounts', before: 'none', after: '203' },
    { field: 'Mapping of Contoso', before: 'Northwind Dental (202), contact 31002', after: null },
    { field: 'Mapping of Northwind', before: 'Catch & Co (201)', after: 'Northwind Dental (202)' },
  ]);
});

it('a change of mappings and of ignored accounts keeps the reason that came with it', async () => {
  const id = await api.connect('Explained');
  const organizationId = await api.organization('Tailspin');
  const mapping = { organizationId, accountId: '201' };
  const because = (reason: string) => ({ headers: { 'herald-reason': encodeURIComponent(reason) } });
  await api.call('PUT', path(id, '/mappings'), { body: { mappings: [mapping] }, ...because('Größe zählt') });
  await api.call('PATCH', path(id, '/accounts/ignored'), {
    body: { add: ['203'] },
    ...because('A supplier'),
  });
  await api.call('PUT', path(id, '/mappings'), { body: { mappings: [] } });
  const reasons = (await entriesOf(id)).map(({ reason }: { reason: string | null }) => reason);
  expect(reasons.slice(0, 3)).toEqual([null, 'A supplier', 'Größe zählt']);
});

it('of replaced credentials nothing is said but that they were replaced', async () => {
  const id = await api.connect('Sealed');
  const changed = { ...goodCredentials, username: goodCredentials.username };
  await api.call('PUT', path(id, '/steps/credentials'), { body: changed });
  const [again, firstTime] = await entriesOf(id);
  expect(again.changes).toEqual([
    { field: 'Credentials: secret', before: 'set', after: 'replaced' },
    { field: 'Credentials: integration code', before: 'set', after: 'replaced' },
  ]);
  expect(firstTime.changes).toContainEqual({ field: 'Credentials: secret', before: null, after: 'replaced' });
  const all = JSON.stringify(await entriesOf(id));
  for (const secret of [goodCredentials.secret, goodCredentials.integrationCode])
    expect(all).not.toContain(secret);
});

it('a connection that Herald stops by itself is recorded once, with the reason, beside who asked', async () => {
  const id = await api.activate('Refused');
  await api.connections.stop(api.workspaceId, id, 'The PSA refuses the login.');
  await api.connections.stop(api.workspaceId, id, 'The PSA refuses the login.');
  const [entry, before] = await entriesOf(id);
  expect(entry).toMatchObject({
    actor: { kind: 'system', name: 'Herald' },
    address: null,
    action: 'connection.stop',
    changes: [{ field: 'Attention', before: null, after: 'The PSA refuses the login.' }],
  });
  expect(before.action).toBe('connection.finish');
  await api.call('POST', path(id, '/verify'), { body: {} });
  const [verified] = await entriesOf(id);
  expect(verified).toMatchObject({ action: 'connection.verify', actor: { kind: 'apiKey' } });
  expect(verified.changes[0]).toEqual({
    field: 'Attention',
    before: 'The PSA refuses the login.',
    after: null,
  });
});

it('removing one keeps what it was', async () => {
  const id = await api.draft('Gone');
  await api.call('DELETE', path(id), { headers: { 'herald-reason': 'no%20longer%20ours' } });
  const [entry] = await entriesOf(id);
  expect(entry).toMatchObject({
    action: 'connection.remove',
    target: { name: 'Gone' },
    before: { name: 'Gone', status: 'draft' },
    after: {},
    reason: 'no longer ours',
  });
});
