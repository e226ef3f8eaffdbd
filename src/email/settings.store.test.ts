/** The mail settings of a workspace: what is stored, what is refused, what is never told. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';
import { fieldsOf, mailSettings, server, signedIn } from './fixtures/mailSettings.ts';

let api: EmailApi;
beforeAll(async () => {
  api = await startEmailApi();
});
afterAll(() => api.close());
const { forget, get, local, put, run } = mailSettings(() => api);
beforeEach(forget);

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
