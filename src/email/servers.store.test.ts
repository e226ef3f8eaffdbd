/** Mail servers that cannot be used: what stops them, what says so, and what makes mail be tried anew. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSettings } from '../settings/index.ts';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';
import { fieldsOf, mailSettings, server, signedIn } from './fixtures/mailSettings.ts';
import { forgetMailSecrets } from './index.ts';

let api: EmailApi;
beforeAll(async () => {
  api = await startEmailApi();
});
afterAll(() => api.close());
const { forget, get, local, put } = mailSettings(() => api);
beforeEach(forget);

describe('a stop', () => {
  const stop = (revision: string) => api.email.stop(api.workspaceId, 'The password is wrong.', revision);

  it('is shown and recorded once, and cleared by other servers only', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    await stop('1');
    await stop('1');
    expect(await get()).toMatchObject({
      attention: 'The password is wrong.',
      attentionSince: expect.any(String),
    });
    const { items } = (await api.call('GET', '/audit?action=email.stop')).body;
    expect(items[0]).toMatchObject({
      actor: { kind: 'system' },
      after: { attention: 'The password is wrong.' },
    });
    expect((await put({ ratePerMinute: 30 })).body.attention).toBe('The password is wrong.');
    expect((await put({ servers: [{ ...signedIn, password: 'a better one' }] })).body.attention).toBeNull();
  });

  it('of settings that are no longer in use stops nothing', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    await put({ servers: [{ ...signedIn, password: 'a better one' }] });
    await stop('1');
    expect((await get()).attention).toBeNull();
  });

  it('is remembered where nothing was ever set', async () => {
    await stop('0');
    expect((await get()).attention).toBe('The password is wrong.');
  });
});

describe('a secret key that is lost', () => {
  it('takes the passwords with it, and a person is asked for them', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    await changeSettings(api.db, api.workspaceId, (tx) => forgetMailSecrets(tx, api.workspaceId));
    expect(await get()).toMatchObject({
      attention: expect.stringMatching(/^The secret key was lost/),
      servers: [{ host: server.host, hasPassword: false }],
    });
    expect((await api.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({ action: 'email.forget' });
    const kept = await put({ servers: [{ ...server, user: 'herald' }] });
    expect(fieldsOf(kept)).toEqual([['servers[0].password', 'required']]);
    expect((await put({ servers: [signedIn] })).body.attention).toBeNull();
  });
});

describe('a check of the servers', () => {
  const verify = () => api.call('POST', '/email/verify', { body: {} });

  it('says for each one in words whether it can be used, and that is shown afterwards', async () => {
    await put({ servers: [{ ...local(), port: 1 }, local()], fromAddress: 'a@msp.example' });
    const { status, body } = await verify();
    expect([status, body.ok]).toEqual([200, false]);
    expect(body.servers).toEqual([
      { host: '127.0.0.1', port: 1, ok: false, text: '127.0.0.1 refuses connections.' },
      { host: '127.0.0.1', port: api.mailServer.port, ok: true, text: expect.stringMatching(/can be used/) },
    ]);
    expect((await get()).servers.map(({ problem }: { problem: string }) => problem)).toEqual([
      '127.0.0.1 refuses connections.',
      null,
    ]);
    expect((await api.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({ action: 'email.verify' });
    expect(api.mailServer.mails).toEqual([]);
  });

  it('clears what a person was asked for, so that mail is tried anew', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    await api.email.stop(api.workspaceId, 'The password is wrong.', '1');
    await verify();
    expect((await get()).attention).toBeNull();
    expect((await api.email.open(api.workspaceId)).revision).toBe('2');
  });

  it('is refused in words while mail is not set up', async () => {
    const answer = await verify();
    expect([answer.status, answer.body.code]).toEqual([409, 'emailNotSetUp']);
  });

  it('and a test mail say why when the stored passwords cannot be read', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(
        `update mail_settings set sealed = jsonb_build_object((select jsonb_object_keys(sealed)), 'not sealed by this key')`,
      ),
    );
    const test = await api.call('POST', '/email/test', { body: { address: 'a@msp.example', as: 'global' } });
    for (const answer of [await verify(), test]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'emailNotSetUp']);
      expect(answer.body.detail).toMatch(/^The stored passwords of the mail servers cannot be read/);
    }
  });
});
