import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, goodCredentials, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('credentials', () => {
  it('are verified, sealed, never answered, and start the loading of accounts', async () => {
    const id = await api.draft();
    const answer = await api.call('PUT', path(id, '/steps/credentials'), { body: goodCredentials });
    expect(answer.status).toBe(200);
    expect(answer.body.checks.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect(answer.body.steps.credentials).toEqual({
      username: goodCredentials.username,
      secret: { isSet: true },
      integrationCode: { isSet: true },
    });
    await api.directory.idle();
    const { directory } = await api.get(id);
    expect(directory.state).toBe('ready');
    expect(directory.total).toBe(directory.loaded);
    expect(directory.loaded).toBeGreaterThan(20);
    const { rows } = await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query('select steps::text || sealed::text as text from connections where id = $1', [id]),
    );
    for (const text of [rows[0].text, answer.text, api.logLines.join('')]) {
      expect(text).not.toContain(goodCredentials.secret);
      expect(text).not.toContain(goodCredentials.integrationCode);
    }
  });

  it('that the PSA refuses replace nothing, and the answer says why', async () => {
    const id = await api.connect();
    const body = { ...goodCredentials, secret: 'wrong' };
    const answer = await api.call('PUT', path(id, '/steps/credentials'), { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'credentialsInvalid']);
    expect(answer.body.detail).toContain('credentials are invalid');
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.text).not.toContain('wrong"');
    const verified = await api.call('POST', path(id, '/verify'));
    expect(verified.body.ok).toBe(true);
    expect((await api.get(id)).health).toEqual({ state: 'ok' });
  });

  it('a secret that is left out stays', async () => {
    const id = await api.connect();
    const { username } = goodCredentials;
    expect((await api.call('PUT', path(id, '/steps/credentials'), { body: { username } })).status).toBe(200);
    expect((await api.call('POST', path(id, '/verify'))).body.ok).toBe(true);
  });

  it('that stop working are found by a check, which stops all further calls until a person acts', async () => {
    const id = await api.complete();
    api.simulator.state.settings.credentials = { ...goodCredentials, secret: 'Changed-2' };
    try {
      const verified = await api.call('POST', path(id, '/verify'));
      expect(verified.body.ok).toBe(false);
      const seen = await api.get(id);
      expect(seen.health.state).toBe('attention');
      expect((await api.call('GET', path(id, '/choices?field=ticketQueue'))).body.code).toBe(
        'needsAttention',
      );
      const renewed = await api.call('PUT', path(id, '/steps/credentials'), {
        body: { ...goodCredentials, secret: 'Changed-2' },
      });
      expect([renewed.status, renewed.body.health]).toEqual([200, { state: 'ok' }]);
    } finally {
      api.simulator.state.settings.credentials = goodCredentials;
    }
  });
});
