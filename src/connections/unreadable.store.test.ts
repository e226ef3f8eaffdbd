import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, goodCredentials, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi(5);
});
afterAll(() => api.close());

const unreadable = /^The stored credentials cannot be read with the secret key in use\. Enter them again/;
const open = (id: string) => api.connections.open(api.workspaceId, id);
const healthOf = async (id: string) => (await api.get(id)).health;

/** An active connection whose secrets were sealed for another one. */
async function unreadableConnection(): Promise<string> {
  const [from, to] = [await api.activate(), await api.activate()];
  await api.db.inWorkspace(api.workspaceId, (tx) =>
    tx.query('update connections set sealed = (select sealed from connections where id = $1) where id = $2', [
      from,
      to,
    ]),
  );
  return to;
}

describe('a connection whose credentials cannot be unsealed', () => {
  it('needs a person, in words, as soon as somebody tries to serve it', async () => {
    const id = await unreadableConnection();
    expect(await healthOf(id)).toEqual({ state: 'ok' });
    expect(await open(id)).toBeUndefined();
    expect(await healthOf(id)).toMatchObject({
      state: 'attention',
      reason: expect.stringMatching(unreadable),
    });
  });

  it('is told of once, however often it is tried', async () => {
    const id = await unreadableConnection();
    await open(id);
    api.woken.length = 0;
    const { revision, version } = await stateOf(id);
    await Promise.all([open(id), open(id), open(id)]);
    expect(await stateOf(id)).toEqual({ revision, version });
    expect(api.woken).toEqual([]);
  });

  it('works again with credentials that are entered anew', async () => {
    const id = await unreadableConnection();
    await open(id);
    const answer = await api.call('PUT', path(id, '/steps/credentials'), { body: goodCredentials });
    expect(answer.status).toBe(200);
    expect(await healthOf(id)).toEqual({ state: 'ok' });
    expect(await open(id)).toMatchObject({ credentials: goodCredentials, needsPerson: false });
  });

  it('is not stopped when it is a draft: nobody serves it', async () => {
    const id = await api.complete();
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(
        `update connections set sealed = '{"secret":"s1.x.y","integrationCode":"s1.x.y"}' where id = $1`,
        [id],
      ),
    );
    expect(await open(id)).toBeUndefined();
    expect(await healthOf(id)).toEqual({ state: 'ok' });
  });
});

it('a connection without any problem stays as it is', async () => {
  const id = await api.activate();
  expect(await open(id)).toBeDefined();
  expect(await healthOf(id)).toEqual({ state: 'ok' });
});

async function stateOf(id: string): Promise<{ revision: number; version: string }> {
  return api.db.inWorkspace(api.workspaceId, async (tx) => {
    const { rows } = await tx.query(
      `select c.revision, w.settings_version as version
         from connections c join workspaces w on w.id = c.workspace_id where c.id = $1`,
      [id],
    );
    return rows[0];
  });
}
