import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Check, Refusal, RefusalReason, Session } from '../psa/contract.ts';
import {
  type ConnectionApi,
  goodCredentials,
  goodTickets,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let organizationId: string;
beforeAll(async () => {
  api = await startConnectionApi(5);
  const { body } = await api.call('POST', '/organizations', { body: { name: 'Northwind' } });
  organizationId = body.id;
});
afterAll(() => api.close());

const path = (id: string, more = '') => `/psa/connections/${id}${more}`;
const healthOf = async (id: string) => (await api.call('GET', path(id))).body.health;
const saveCredentials = (id: string) =>
  api.call('PUT', path(id, '/steps/credentials'), { body: goodCredentials });

const refusal: Refusal = { kind: 'refused', reason: 'auth', text: 'The login was refused.' };

/** The next question is answered with a refused login, once `meanwhile` has been done. */
function refuseNext(meanwhile: () => Promise<unknown>): void {
  const { sessions } = api.connections;
  const openSession = sessions.openSession;
  const refuse = async () => {
    await meanwhile();
    return refusal;
  };
  vi.spyOn(sessions, 'openSession').mockImplementationOnce(async (...where) => {
    const opened = await openSession(...where);
    const session: Session = { ...opened.session, choices: refuse, accountsById: refuse, contacts: refuse };
    return { ...opened, session };
  });
}

const questions: [method: string, path: string, body?: () => object][] = [
  ['PUT', '/steps/tickets', () => goodTickets],
  ['PUT', '/steps/accounts', () => ({ catchAllAccountId: '9999' })],
  ['PUT', '/steps/accounts', () => ({ catchAllAccountId: '201', catchAllContactId: '31001' })],
  ['PUT', '/steps/accounts', () => ({ catchAllAccountId: '201', attachContacts: true })],
  ['PUT', '/mappings', () => ({ mappings: [{ organizationId, accountId: '9999' }] })],
  ['POST', '/test-ticket', () => ({ accountId: '9999' })],
  ['GET', '/choices?field=ticketQueue'],
  ['GET', '/contacts?accountId=201'],
];

describe('a login that is refused at', () => {
  const ask = (id: string, method: string, more: string, body?: () => object) =>
    api.call(method, path(id, more), body ? { body: body() } : {});

  it.each(questions)('%s %s stops the connection', async (method, more, body) => {
    const id = await api.activate();
    refuseNext(async () => undefined);
    expect((await ask(id, method, more, body)).body.code).toBe('needsAttention');
    expect(await healthOf(id)).toMatchObject({ state: 'attention', reason: refusal.text });
  });

  it.each(questions)('%s %s while others are saved says nothing of those', async (method, more, body) => {
    const id = await api.activate();
    refuseNext(() => saveCredentials(id));
    expect((await ask(id, method, more, body)).status).toBe(409);
    expect(await healthOf(id)).toEqual({ state: 'ok' });
  });
});

describe('a check of the credentials', () => {
  /** The PSA answers the next check with these lines, once `meanwhile` has been done. */
  function answerNext(checks: Check[], meanwhile: () => Promise<unknown> = async () => undefined): void {
    const { sessions } = api.connections;
    const probe = sessions.probe;
    vi.spyOn(sessions, 'probe').mockImplementationOnce((...of) => {
      const opened = probe(...of);
      const verify = async () => {
        await meanwhile();
        return checks;
      };
      return { ...opened, session: { ...opened.session, verify } };
    });
  }
  const good: Check = { key: 'login', label: 'Login', ok: true, text: 'Accepted.' };
  const bad = (reason?: RefusalReason): Check => ({
    key: 'login',
    label: 'Login',
    ok: false,
    text: 'Not accepted.',
    ...(reason && { reason }),
  });
  const verify = (id: string) => api.call('POST', path(id, '/verify'));

  it('stops the connection when the adapter says that the login was refused, in whatever way', async () => {
    const id = await api.activate();
    answerNext([good, bad('auth')]);
    const { body } = await verify(id);
    expect(body.ok).toBe(false);
    expect(await healthOf(id)).toMatchObject({
      state: 'attention',
      reason: 'The PSA refuses the login. Not accepted.',
    });
  });

  it.each([undefined, 'network', 'invalid'] as const)(
    'that fails for another reason (%s) stops nothing',
    async (reason) => {
      const id = await api.activate();
      answerNext([bad(reason)]);
      expect((await verify(id)).body.ok).toBe(false);
      expect(await healthOf(id)).toEqual({ state: 'ok' });
    },
  );

  it('whose tracking identifier is refused without a 401 stops the connection', async () => {
    const id = await api.activate();
    api.simulator.state.settings.credentials = { ...goodCredentials, integrationCode: 'OTHER0001' };
    try {
      expect((await verify(id)).body.ok).toBe(false);
      expect((await healthOf(id)).state).toBe('attention');
    } finally {
      api.simulator.state.settings.credentials = goodCredentials;
    }
  });

  it('that cannot be unsealed says so', async () => {
    const [from, to] = [await api.activate(), await api.activate()];
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(
        'update connections set sealed = (select sealed from connections where id = $1) where id = $2',
        [from, to],
      ),
    );
    expect((await verify(to)).body.code).toBe('credentialsUnreadable');
  });

  it('says nothing of credentials that are saved meanwhile', async () => {
    const id = await api.activate();
    answerNext([bad('auth')], () => saveCredentials(id));
    await verify(id);
    expect(await healthOf(id)).toEqual({ state: 'ok' });
    const stopNew = async () => {
      await saveCredentials(id);
      await api.connections.stop(api.workspaceId, id, 'The new password is refused.');
    };
    answerNext([good], stopNew);
    await verify(id);
    expect(await healthOf(id)).toMatchObject({ reason: 'The new password is refused.' });
  });
});
