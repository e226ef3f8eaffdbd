import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbound } from '../outbound/index.ts';
import type { Adapter, PsaRequest } from '../psa/contract.ts';
import { createSecretBox } from '../secrets/index.ts';
import { type ConnectionApi, goodCredentials, startConnectionApi } from './fixtures/connectionApi.ts';
import { createSessions, type SessionParts, type Sessions } from './session.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi(5);
});
afterAll(() => api.close());

const interactive = { purpose: 'interactive' } as const;
const outbound = createOutbound({ allow: ['127.0.0.1'] });
afterAll(() => outbound.close());

/** Sessions of an adapter that only notes what it was opened with. */
function open(more: Partial<SessionParts> = {}): { sessions: Sessions; opened: Record<string, string>[] } {
  const opened: Record<string, string>[] = [];
  const fields = ['username', 'secret', 'integrationCode'].map((key) => ({
    key,
    label: key,
    step: 'credentials' as const,
    kind: key === 'username' ? ('text' as const) : ('secret' as const),
    maxLength: 100,
  }));
  const adapter = {
    kind: 'autotask',
    fields,
    open: (credentials: Record<string, string>, http: (request: PsaRequest) => unknown) => {
      opened.push(credentials);
      const request = { endpoint: 'a', method: 'GET' as const, url: `${api.simulator.url}/x`, headers: {} };
      return { verify: () => http(request) };
    },
  } as unknown as Adapter;
  const adapters = new Map([['autotask', adapter]]);
  return {
    sessions: createSessions({ db: api.db, secretBox: api.secretBox, adapters, outbound, ...more }),
    opened,
  };
}

describe('a session', () => {
  it('gets the credentials in clear, and is kept until they change', async () => {
    const id = await api.connect();
    const { sessions, opened } = open();
    const first = await sessions.openSession(api.workspaceId, id, interactive);
    expect(opened).toEqual([goodCredentials]);
    await api.call('PATCH', `/psa/connections/${id}`, { body: { name: 'Renamed' } });
    expect(await sessions.openSession(api.workspaceId, id, interactive)).toBe(first);
    await api.call('PUT', `/psa/connections/${id}/steps/credentials`, { body: goodCredentials });
    expect(await sessions.openSession(api.workspaceId, id, interactive)).not.toBe(first);
  });

  it('is not there for another workspace', async () => {
    const id = await api.connect();
    const { sessions, opened } = open();
    await sessions.openSession(api.workspaceId, id, interactive);
    await expect(sessions.openSession(api.other.workspaceId, id, interactive)).rejects.toMatchObject({
      status: 404,
    });
    expect(await sessions.openConnection(api.other.workspaceId, id)).toBeUndefined();
    expect(opened).toHaveLength(1);
  });

  it('tells of each call, for the budget', async () => {
    const id = await api.connect();
    const calls: string[] = [];
    const { sessions } = open({
      onCall: (workspaceId, connectionId) => calls.push(`${workspaceId} ${connectionId}`),
    });
    const { session } = await sessions.openSession(api.workspaceId, id, interactive);
    await session.verify();
    expect(calls).toEqual([`${api.workspaceId} ${id}`]);
  });
});

describe('credentials', () => {
  it('are opened for those who call, with a revision that moves with them', async () => {
    const id = await api.activate();
    const { sessions } = open();
    const before = await sessions.openConnection(api.workspaceId, id);
    expect(before).toMatchObject({ kind: 'autotask', credentials: goodCredentials });
    await api.call('PUT', `/psa/connections/${id}/steps/accounts`, { body: { catchAllAccountId: '201' } });
    expect((await sessions.openConnection(api.workspaceId, id))?.revision).toBe(before?.revision);
    await api.call('PUT', `/psa/connections/${id}/steps/credentials`, { body: goodCredentials });
    expect((await sessions.openConnection(api.workspaceId, id))?.revision).not.toBe(before?.revision);
  });

  it('of a draft are not opened for deliveries', async () => {
    expect(await open().sessions.openConnection(api.workspaceId, await api.complete())).toBeUndefined();
  });

  it('that are not there, or cannot be unsealed, say so', async () => {
    const { body } = await api.call('POST', '/psa/connections', { body: { kind: 'autotask' } });
    const { sessions } = open();
    const ask = (from: Sessions, id: string) =>
      api.db.inWorkspace(api.workspaceId, (tx) => from.credentialsOf(tx, api.workspaceId, id));
    expect(await ask(sessions, body.id)).toEqual({ ok: false, reason: 'incomplete' });
    expect(await ask(sessions, crypto.randomUUID())).toEqual({ ok: false, reason: 'notFound' });
    const stranger = open({ secretBox: createSecretBox([{ id: 'b', key: randomBytes(32) }], 'b') }).sessions;
    const id = await api.connect();
    expect(await ask(stranger, id)).toEqual({ ok: false, reason: 'unreadable' });
    await expect(stranger.openSession(api.workspaceId, id, interactive)).rejects.toMatchObject({
      code: 'credentialsUnreadable',
    });
  });

  it('moved to another connection cannot be unsealed there', async () => {
    const [from, to] = [await api.activate(), await api.activate()];
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(
        'update connections set sealed = (select sealed from connections where id = $1) where id = $2',
        [from, to],
      ),
    );
    expect(await open().sessions.openConnection(api.workspaceId, to)).toBeUndefined();
  });
});
