/** The mail settings of a workspace: what is stored, what is refused, what is never told. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeSettings } from '../settings/index.ts';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';
import { forgetMailSecrets } from './index.ts';

let api: EmailApi;
beforeAll(async () => {
  api = await startEmailApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  api.changed.length = 0;
  delete api.testMail.state;
  delete api.testMail.problem;
  await run('delete from mail_settings where workspace_id = $1');
});

const run = (text: string, values: unknown[] = []) =>
  api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text, [api.workspaceId, ...values]));
const get = async () => (await api.call('GET', '/email/settings')).body;
const put = (body: object, headers = {}) => api.call('PUT', '/email/settings', { body, headers });
const fieldsOf = (answer: Awaited<ReturnType<typeof put>>) =>
  (answer.body.errors ?? []).map(({ field, code }: { field: string; code: string }) => [field, code]);

const server = { host: 'smtp.msp.example', port: 587, security: 'starttls' as const };
const signedIn = { ...server, user: 'herald', password: 'a secret of the server' };
const local = () => ({ host: '127.0.0.1', port: api.mailServer.port, security: 'none' as const });

describe('mail settings', () => {
  it('are as usual while nobody has set any', async () => {
    expect(await get()).toEqual({
      globalSubject:
        '[{{ alert.severity }}] {{ organization.name | default: "Unassigned" }}: {{ alert.title }}',
      organizationSubject: '[{{ alert.severity }}] {{ alert.title }}',
      respondEventDetail: true,
      iocEventDetail: true,
      servers: [],
      fromAddress: null,
      replyTo: null,
      ratePerMinute: 60,
      isSetUp: false,
      fromInstallation: false,
      sender: null,
      attention: null,
      attentionSince: null,
    });
  });

  it('are changed in part, told to whoever sends, and found by sweeps', async () => {
    const first = await put({
      servers: [signedIn],
      fromAddress: 'Alerts@MSP.example',
      replyTo: 'soc@msp.example',
    });
    expect([first.status, first.headers.etag]).toEqual([200, '"1"']);
    expect(first.body).toMatchObject({
      servers: [{ ...server, user: 'herald', hasPassword: true, problem: null }],
      fromAddress: 'Alerts@msp.example',
      isSetUp: true,
      sender: 'Alerts@msp.example',
    });
    const second = await put({
      iocEventDetail: false,
      globalSubject: 'Alert: {{ alert.title }}',
      replyTo: null,
    });
    expect(second.body).toEqual({
      ...first.body,
      iocEventDetail: false,
      globalSubject: 'Alert: {{ alert.title }}',
      replyTo: null,
    });
    expect(api.changed).toEqual([api.workspaceId, api.workspaceId]);
    const { rows } = await run('select from leases where workspace_id = $1 and channel_id = $1');
    expect(rows).toHaveLength(1);
    const opened = await api.email.open(api.workspaceId);
    expect(opened).toEqual({
      revision: '2',
      servers: [signedIn],
      head: { from: 'Alerts@msp.example' },
      ratePerMinute: 60,
    });
  });

  it('never tell a password, neither in answers nor in the audit nor in the log', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    const texts = [
      (await api.call('GET', '/email/settings')).text,
      (await api.call('GET', '/audit')).text,
      JSON.stringify((await run('select * from mail_settings where workspace_id = $1')).rows),
      ...api.logLines,
    ];
    expect(texts.filter((text) => text.includes(signedIn.password))).toEqual([]);
    expect((await api.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({
      action: 'email.settings',
      did: 'Changed the settings of',
      target: { kind: 'email', name: 'E-mail' },
      after: {
        servers: ['smtp.msp.example:587 starttls herald password replaced'],
        fromAddress: 'a@msp.example',
      },
    });
  });

  it('a password stays for the same host, port and user, and goes to no other', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    const { password: _, ...without } = signedIn;
    const kept = await put({ servers: [{ ...without, security: 'tls' }, { ...local() }] });
    expect(kept.status).toBe(200);
    expect((await api.email.open(api.workspaceId)).servers[0]).toEqual({ ...signedIn, security: 'tls' });
    for (const other of [{ host: 'smtp.evil.example' }, { port: 465 }, { user: 'mallory' }]) {
      const answer = await put({ servers: [{ ...without, ...other }] });
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [['servers[0].password', 'required']]]);
    }
  });

  it('a password that cannot be unsealed stops mail until a person enters it again', async () => {
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    await run(
      `update mail_settings set sealed = '{"smtp.msp.example:587": "s1.x.y"}' where workspace_id = $1`,
    );
    expect((await api.email.open(api.workspaceId)).servers).toEqual([]);
    expect((await get()).attention).toMatch(/cannot be read with the secret key in use/);
    await put({ servers: [signedIn] });
    expect((await get()).attention).toBeNull();
    expect((await api.email.open(api.workspaceId)).servers).toEqual([signedIn]);
  });

  it.each([
    [
      { globalSubject: 'Hi {{ alert.titel }}' },
      'globalSubject',
      /^Subject for global recipients, character 7: /,
    ],
    [
      { organizationSubject: '' },
      'organizationSubject',
      /^Subject for recipients of organizations, character 1/,
    ],
    [{ fromAddress: 'Herald <a@b.example>' }, 'fromAddress', /“Herald <a@b.example>” cannot be used/],
    [{ replyTo: 'a@b.example, c@d.example' }, 'replyTo', /one address at a time|no blanks/],
    [{ servers: [{ ...server, host: 'smtp msp' }] }, 'servers[0].host', /not the name or address/],
    [
      { servers: [{ ...server, host: '203.0.113.9', port: 8025 }] },
      'servers[0].port',
      /Only ports 25, 465, 587 and 2525/,
    ],
    [
      { servers: [{ ...server, host: '203.0.113.9', security: 'none' }] },
      'servers[0].security',
      /listed in HERALD_OUTBOUND_ALLOW/,
    ],
    [
      { servers: [{ host: 'relay.internal', port: 25, security: 'none', user: 'a', password: 'b' }] },
      'servers[0].user',
      /never sent without TLS/,
    ],
    [
      { servers: [{ ...server, password: 'alone' }] },
      'servers[0].user',
      /user name that the password is for/,
    ],
    [{ servers: [server, { ...server, host: 'SMTP.msp.example' }] }, 'servers[1].host', /listed already/],
    [{ servers: Array(6).fill(server) }, 'servers', /at most 5/],
    [{ ratePerMinute: 0 }, 'ratePerMinute', /at least 1/],
    [{ attention: null }, 'attention', /not known/],
  ])('%j is refused by its field, and nothing is stored', async (body, field, words) => {
    const answer = await put(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors[0]).toMatchObject({ field, message: expect.stringMatching(words) });
    expect((await run('select from mail_settings where workspace_id = $1')).rows).toEqual([]);
  });

  it('say who was there first', async () => {
    await put({ ratePerMinute: 10 }, { 'if-match': '"0"' });
    const late = await put({ ratePerMinute: 20 }, { 'if-match': '"0"' });
    expect([late.status, late.body.code, late.body.lastChange.by]).toEqual([
      412,
      'changedMeanwhile',
      'admin key',
    ]);
    expect((await get()).ratePerMinute).toBe(10);
  });

  it('are changed by administrators, and are those of one workspace', async () => {
    const { read, intake } = api.keys;
    const body = { ratePerMinute: 5 };
    expect((await api.call('PUT', '/email/settings', { body, key: read })).status).toBe(403);
    expect((await api.call('POST', '/email/verify', { body: {}, key: read })).status).toBe(403);
    expect((await api.call('GET', '/email/settings', { key: intake })).status).toBe(403);
    await put({ servers: [signedIn], fromAddress: 'a@msp.example' });
    expect((await api.call('GET', '/email/settings', { key: api.other.key })).body).toMatchObject({
      servers: [],
      isSetUp: false,
    });
  });
});

describe('servers of the installation', () => {
  it('serve workspaces that have none of their own', async () => {
    const smtp = {
      servers: [{ host: 'relay.internal', port: 25, security: 'none' as const }],
      from: 'herald@msp.example',
    };
    const own = await startEmailApi(smtp);
    try {
      const read = async () => (await own.call('GET', '/email/settings')).body;
      expect(await read()).toMatchObject({
        servers: [],
        isSetUp: true,
        fromInstallation: true,
        sender: smtp.from,
      });
      expect(await own.email.open(own.workspaceId)).toMatchObject({
        revision: '0',
        ...{ servers: smtp.servers },
      });
      await own.call('PUT', '/email/settings', {
        body: { servers: [signedIn], fromAddress: 'own@msp.example' },
      });
      expect(await read()).toMatchObject({ fromInstallation: false, sender: 'own@msp.example' });
      expect((await own.email.open(own.workspaceId)).servers).toEqual([signedIn]);
    } finally {
      await own.close();
    }
  });
});

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
});

describe('a test mail', () => {
  const test = (body: object, key = api.keys.admin) => api.call('POST', '/email/test', { body, key });

  it('goes the whole path to this address alone, in the format asked for', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const { id } = (await api.call('POST', '/organizations', { body: { name: 'Tested' } })).body;
    api.testMail.state = 'delivered';
    const { status, body } = await test({
      address: 'Ana@Northwind.example',
      as: 'organization',
      organizationId: id,
    });
    expect([status, body]).toEqual([
      200,
      {
        alertId: expect.any(String),
        deliveryId: expect.any(String),
        outcome: 'done',
        text: 'A mail server took the mail to ana@northwind.example. Whether it was read nobody knows.',
      },
    ]);
    const { rows } = await run('select channel_id, target, directed from deliveries where workspace_id = $1');
    expect(rows).toEqual([
      {
        channel_id: api.workspaceId,
        target: 'ana@northwind.example',
        directed: { address: 'Ana@northwind.example', scope: 'organization', organizationId: id },
      },
    ]);
  });

  it('says what became of it', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const order = { address: 'a@b.example', as: 'global' };
    expect((await test(order)).body).toMatchObject({ outcome: 'pending', text: 'It is on its way.' });
    Object.assign(api.testMail, { state: 'failed', problem: 'No such mailbox.' });
    expect((await test(order)).body).toMatchObject({ outcome: 'failed', text: 'No such mailbox.' });
  });

  it.each([
    [{ address: 'a@b@c.example', as: 'global' }, 422, 'address'],
    [{ address: 'a@b.example', as: 'organization' }, 422, 'organizationId'],
    [
      { address: 'a@b.example', as: 'organization', organizationId: '0b5a1f0e-0000-4000-8000-000000000000' },
      422,
      'organizationId',
    ],
  ])('%j is refused by its field', async (order, status, field) => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const answer = await test(order);
    expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
  });

  it('is not sent while mail is not set up, nor for those who may only read', async () => {
    const order = { address: 'a@b.example', as: 'global' };
    expect((await test(order)).body.code).toBe('emailNotSetUp');
    expect((await test(order, api.keys.read)).status).toBe(403);
  });
});

describe('a preview', () => {
  const preview = (body: object) => api.call('POST', '/email/preview', { body, key: api.keys.read });

  it('is made of an example while there is no alert, with subjects that are not saved', async () => {
    const fresh = await startEmailApi();
    try {
      const body = { scope: 'global', globalSubject: '{{ organization.name }} / {{ alert.title }}' };
      const answer = await fresh.call('POST', '/email/preview', { body });
      expect(answer.body).toMatchObject({
        subject: 'Northwind Dental / Sign-in from an unusual country',
        alertId: null,
        text: expect.stringContaining('Sign-in from Lisbon'),
        html: expect.stringContaining('<html'),
      });
      const less = await fresh.call('POST', '/email/preview', {
        body: { ...body, respondEventDetail: false },
      });
      expect(less.body.text).not.toContain('Sign-in from Lisbon');
      expect((await fresh.call('GET', '/email/settings')).headers.etag).toBe('"0"');
    } finally {
      await fresh.close();
    }
  });

  it('is made of the newest alert, or of the one that is named', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const sent = await api.call('POST', '/email/test', { body: { address: 'a@b.example', as: 'global' } });
    const { alertId } = sent.body;
    for (const more of [{}, { alertId }]) {
      expect(
        (await preview({ scope: 'organization', organizationSubject: 'X {{ alert.title }}', ...more })).body,
      ).toMatchObject({
        subject: 'X Test mail from Herald',
        alertId,
      });
    }
  });

  it.each([
    [{ scope: 'global', globalSubject: '{{ alert.x }}' }, 422],
    [{ scope: 'global', alertId: '999999' }, 404],
    [{ scope: 'global', organizationId: '0b5a1f0e-0000-4000-8000-000000000000' }, 404],
    [{ scope: 'everybody' }, 422],
  ])('of %j is refused', async (body, status) => {
    expect((await preview(body)).status).toBe(status);
  });
});
