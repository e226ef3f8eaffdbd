/** Recipients: who is in which list, what is refused, what stops an address (req 21–25, 109–111, 119; promises I-13). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseAddress } from '../mail/address.ts';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';

let api: EmailApi;
let organizationId: string;
beforeAll(async () => {
  api = await startEmailApi();
  organizationId = (await api.call('POST', '/organizations', { body: { name: 'Northwind' } })).body.id;
});
afterAll(() => api.close());
beforeEach(async () => {
  api.changed.length = 0;
  await run('delete from recipients where workspace_id = $1');
  await run('delete from mailboxes where workspace_id = $1');
});

const run = (text: string, values: unknown[] = []) =>
  api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text, [api.workspaceId, ...values]));
const global = '/email/recipients';
const ofOrganization = () => `/organizations/${organizationId}/recipients`;
const add = async (body: object, path = global) => (await api.call('POST', path, { body })).body;
const list = async (path: string) => (await api.call('GET', path)).body.items;
const addresses = async (path: string): Promise<string[]> =>
  (await list(path)).map(({ address }: { address: string }) => address);

const whole = {
  address: 'SOC@Northwind.example',
  severities: ['critical', 'high', 'critical'],
  note: 'On-call of the customer',
  owner: 'Ana Lima',
  reviewOn: '2026-01-31',
};

describe.each([
  ['a global recipient', () => global, null],
  ['a recipient of an organization', () => ofOrganization(), 'Northwind'],
])('%s', (_name, pathOf, organizationName) => {
  it('is added, changed in part, and removed; whoever sends hears of it', async () => {
    const made = await api.call('POST', pathOf(), { body: whole });
    expect([made.status, made.headers.etag]).toEqual([201, '"1"']);
    expect(made.body).toEqual({
      id: expect.any(String),
      organizationId: organizationName && organizationId,
      organizationName,
      ...whole,
      address: 'SOC@northwind.example',
      severities: ['high', 'critical'],
      isReviewDue: true,
      state: 'ok',
      stopped: null,
      waiting: 0,
      failed: 0,
      revision: 1,
      createdAt: expect.any(String),
    });
    const one = `${pathOf()}/${made.body.id}`;
    const changed = await api.call('PATCH', one, { body: { severities: null, reviewOn: null } });
    expect([changed.status, changed.headers.etag, changed.body]).toEqual([
      200,
      '"2"',
      { ...made.body, severities: null, reviewOn: null, isReviewDue: false, revision: 2 },
    ]);
    expect(await list(pathOf())).toEqual([changed.body]);
    expect((await api.call('DELETE', one)).status).toBe(204);
    expect(await list(pathOf())).toEqual([]);
    expect((await api.call('PATCH', one, { body: {} })).status).toBe(404);
    expect(api.changed).toEqual(Array(3).fill(api.workspaceId));
  });

  it('is in its list once, whatever its letter case', async () => {
    await add({ address: 'soc@northwind.example' }, pathOf());
    const again = await api.call('POST', pathOf(), { body: { address: 'SOC@NORTHWIND.example' } });
    const whose = organizationName ? 'a recipient of Northwind' : 'a global recipient';
    expect([again.status, again.body.code, again.body.detail]).toEqual([
      409,
      'duplicate',
      `SOC@northwind.example is ${whose} already. Change that entry instead.`,
    ]);
    const other = await add({ address: 'noc@northwind.example' }, pathOf());
    const renamed = await api.call('PATCH', `${pathOf()}/${other.id}`, {
      body: { address: 'Soc@northwind.example' },
    });
    expect([renamed.status, renamed.body.code]).toEqual([409, 'duplicate']);
    expect(await addresses(pathOf())).toEqual(['noc@northwind.example', 'soc@northwind.example']);
  });

  it('has an entry in the audit, with the reason', async () => {
    const headers = { 'herald-reason': encodeURIComponent('Ana asked for it') };
    const { id } = (await api.call('POST', pathOf(), { body: whole, headers })).body;
    await api.call('PATCH', `${pathOf()}/${id}`, { body: { note: 'Shared inbox' }, headers });
    const { items } = (await api.call('GET', `/audit?targetKind=recipient&targetId=${id}`)).body;
    expect(items).toMatchObject([
      {
        action: 'recipient.change',
        reason: 'Ana asked for it',
        target: { name: 'SOC@northwind.example' },
        before: { note: 'On-call of the customer' },
        after: { note: 'Shared inbox' },
      },
      {
        action: 'recipient.create',
        after: { list: organizationName ?? 'global', owner: 'Ana Lima', severities: ['high', 'critical'] },
      },
    ]);
  });

  it.each(['PATCH', 'DELETE'])(
    '%s of what somebody else has changed is refused, with who it was',
    async (method) => {
      const { id } = await add(whole, pathOf());
      const one = `${pathOf()}/${id}`;
      await api.call('PATCH', one, { body: { note: 'Theirs' }, headers: { 'if-match': '"1"' } });
      const late = await api.call(method, one, {
        headers: { 'if-match': '"1"' },
        ...(method === 'PATCH' && { body: { note: 'Ours' } }),
      });
      expect([late.status, late.body.code, late.body.lastChange.by]).toEqual([
        412,
        'changedMeanwhile',
        'admin key',
      ]);
      expect((await list(pathOf()))[0].note).toBe('Theirs');
    },
  );

  it('is changed by administrators, and is nothing to other workspaces', async () => {
    const { id } = await add(whole, pathOf());
    const one = `${pathOf()}/${id}`;
    const key = api.keys.read;
    for (const [method, path, body] of [
      ['POST', pathOf(), whole],
      ['PATCH', one, {}],
      ['DELETE', one, undefined],
      ['POST', `${one}/allow`, {}],
    ] as const) {
      expect((await api.call(method, path, { body, key })).status).toBe(403);
      const foreign = await api.call(method, path, {
        body: body && { ...whole, ...body },
        key: api.other.key,
      });
      // A global list every workspace has; of this one nothing is touched.
      if (method !== 'POST' || path !== global)
        expect([method, path, foreign.status]).not.toEqual([method, path, 200]);
    }
    expect(await list(pathOf())).toMatchObject([{ id, note: whole.note }]);
    const seen = await api.call('GET', '/recipients', { key: api.other.key });
    expect(seen.body.items.filter((item: { id: string }) => item.id === id)).toEqual([]);
  });
});

describe('a list', () => {
  it('does not hold what another one holds', async () => {
    const mine = await add({ address: 'soc@northwind.example' }, ofOrganization());
    const all = await add({ address: 'soc@northwind.example' });
    expect((await api.call('DELETE', `${global}/${mine.id}`)).status).toBe(404);
    expect((await api.call('PATCH', `${ofOrganization()}/${all.id}`, { body: {} })).status).toBe(404);
    expect((await list('/recipients')).map(({ id }: { id: string }) => id).sort()).toEqual(
      [mine.id, all.id].sort(),
    );
    const nobodys = '/organizations/0b5a1f0e-0000-4000-8000-000000000000/recipients';
    expect((await api.call('GET', nobodys)).status).toBe(404);
    expect((await api.call('POST', nobodys, { body: whole })).status).toBe(404);
  });

  it('is searched, filtered and paged', async () => {
    await add({
      address: 'a@msp.example',
      note: 'Night shift',
      severities: ['critical'],
      reviewOn: '2999-01-01',
    });
    await add({ address: 'b@msp.example', owner: 'Bo Berg', reviewOn: '2020-01-01' });
    await add({ address: 'c@northwind.example', severities: ['low'] }, ofOrganization());
    await run(
      `insert into mailboxes (workspace_id, id, address, stopped_at, refusals, refusal)
       values ($1, 900, 'c@northwind.example', '2026-11-01T10:00:00Z', 5, '550 No such user')`,
    );
    expect(await addresses('/recipients')).toEqual(['a@msp.example', 'b@msp.example', 'c@northwind.example']);
    expect(await addresses('/recipients?q=night')).toEqual(['a@msp.example']);
    expect(await addresses('/recipients?q=berg')).toEqual(['b@msp.example']);
    expect(await addresses('/recipients?q=NORTHWIND')).toEqual(['c@northwind.example']);
    expect(await addresses('/recipients?severity=low')).toEqual(['b@msp.example', 'c@northwind.example']);
    expect(await addresses('/recipients?list=organization')).toEqual(['c@northwind.example']);
    expect(await addresses('/recipients?list=global&severity=critical')).toEqual([
      'a@msp.example',
      'b@msp.example',
    ]);
    expect(await addresses(`/recipients?organizationId=${organizationId}`)).toEqual(['c@northwind.example']);
    expect(await addresses('/recipients?reviewDue=true')).toEqual(['b@msp.example']);
    expect(await addresses('/recipients?stopped=true')).toEqual(['c@northwind.example']);
    expect(await addresses(`${global}?reviewDue=false`)).toEqual(['a@msp.example']);
    const first = (await api.call('GET', '/recipients?limit=2')).body;
    expect(await addresses(`/recipients?limit=2&cursor=${first.nextCursor}`)).toEqual([
      'c@northwind.example',
    ]);
    expect((await api.call('GET', '/recipients?severity=urgent')).status).toBe(400);
  });

  it('takes a thousand addresses and says what to do with more', async () => {
    await run(
      `insert into recipients (workspace_id, id, address)
       select $1, gen_random_uuid(), 'r' || n || '@msp.example' from generate_series(1, 1000) n`,
    );
    const answer = await api.call('POST', global, { body: { address: 'one@more.example' } });
    expect([answer.status, answer.body.detail]).toEqual([
      409,
      'A list takes at most 1000 addresses. Use a distribution list.',
    ]);
  });
});

describe('an address that was refused again and again', () => {
  it('is shown with its refusal and what waits, and a person lets mail go there again', async () => {
    const { id } = await add({ address: 'Gone@northwind.example' }, ofOrganization());
    await run(
      `insert into mailboxes (workspace_id, id, address, stopped_at, refusals, refusal)
       values ($1, 901, 'gone@northwind.example', '2026-11-01T10:00:00Z', 5, '550 No such user')`,
    );
    await run(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, severity,
                               settings_version, trace, group_id)
       select $1, nextval('delivery_ids'), nextval('alert_ids'), 1, $1, 'gone@northwind.example', state, 3, 1, '[]',
              case when state = 'pending' then 901 end
         from unnest(array['pending', 'pending', 'failed', 'held']) state`,
    );
    const [shown] = await list(ofOrganization());
    expect(shown).toMatchObject({
      state: 'stopped',
      stopped: { since: '2026-11-01T10:00:00.000Z', refusal: '550 No such user', refusals: 5 },
      waiting: 2,
      failed: 1,
    });
    const allowed = await api.call('POST', `${ofOrganization()}/${id}/allow`, { body: {} });
    expect(allowed.body).toMatchObject({ id, state: 'ok', stopped: null });
    const { rows } = await run('select stopped_at, refusals, refusal from mailboxes where workspace_id = $1');
    expect(rows).toEqual([{ stopped_at: null, refusals: 0, refusal: null }]);
    expect((await api.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({
      action: 'recipient.allow',
      before: { stopped: true },
      after: { stopped: false },
    });
  });
});

describe('I-13: what is not exactly one address', () => {
  it.each([
    ['a comma', 'a@b.example,c@d.example', /commas or semicolons/],
    ['a semicolon', 'a@b.example;c@d.example', /commas or semicolons/],
    ['CRLF and a further recipient', 'a@b.example>\r\nRCPT TO:<c@d.example', /one line/],
    ['a header', 'a@b.example\nBcc: c@d.example', /one line/],
    ['quotes', '"a b"@c.example', /no blanks|quotes/],
    ['a comment', 'a(comment)@b.example', /comment/],
    ['a name', 'Ana <a@b.example>', /no blanks|without a name/],
    ['300 characters', `${'a'.repeat(288)}@b.example`, /at most 254/],
    ['200 kB of brackets', '('.repeat(200_000), /at most 254/],
    ['an address of a machine', 'root@[127.0.0.1]', /not an IP address/],
    ['nothing', '', /missing/],
  ])('%s is refused, named, and nothing is stored', async (_what, address, words) => {
    for (const [method, path] of [
      ['POST', global],
      ['POST', ofOrganization()],
    ] as const) {
      const answer = await api.call(method, path, { body: { address } });
      expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'address']);
      expect(answer.body.errors[0].message).toMatch(words);
      if (address !== '') expect(answer.body.errors[0].message).toContain(`“${address.slice(0, 10)}`);
      expect(answer.body.errors[0].message).not.toMatch(/[\r\n]/);
      expect(answer.body.errors[0].message.length).toBeLessThan(300);
    }
    expect(await list('/recipients')).toEqual([]);
    const began = performance.now();
    parseAddress(address);
    expect(performance.now() - began).toBeLessThan(5);
  });

  it('an international domain is one, in letters that every server takes', async () => {
    expect(await add({ address: 'ana@bücher.example' })).toMatchObject({
      address: 'ana@xn--bcher-kva.example',
    });
    const twice = await api.call('POST', global, { body: { address: 'ana@xn--bcher-kva.example' } });
    expect(twice.status).toBe(409);
  });

  it.each([
    [{ address: 'a@b.example', severities: [] }, 'severities'],
    [{ address: 'a@b.example', severities: ['urgent'] }, 'severities[0]'],
    [{ address: 'a@b.example', reviewOn: '2026-02-30' }, 'reviewOn'],
    [{ address: 'a@b.example', note: 'x'.repeat(2_001) }, 'note'],
    [{ note: 'nobody' }, 'address'],
  ])('%j is refused by its field', async (body, field) => {
    const answer = await api.call('POST', global, { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, field]);
  });
});

describe('an organization', () => {
  const hint = async () => (await api.call('GET', `/organizations/${organizationId}`)).body.hint;
  const outlook = (key = api.keys.read) =>
    api.call('GET', `/organizations/${organizationId}/outlook`, { key });

  it('says what its switch does without a PSA: nothing, until e-mail is set up and somebody gets it (req 16)', async () => {
    expect(await hint()).toMatch(/neither a PSA connection nor e-mail is set up/);
    const server = { host: 'smtp.msp.example', port: 587, security: 'starttls' };
    await api.call('PUT', '/email/settings', { body: { servers: [server], fromAddress: 'a@msp.example' } });
    expect(await hint()).toMatch(/no PSA connection is set up, and e-mail has no recipient/);
    await add({ address: 'it@northwind.example' }, ofOrganization());
    expect(await hint()).toBeNull();
  });

  it('shows what would happen to an alert right now', async () => {
    await add({ address: 'it@northwind.example', severities: ['critical'] }, ofOrganization());
    const { status, body } = await outlook();
    expect([status, body.severities.length]).toEqual([200, 5]);
    expect(body.severities.slice(0, 2)).toEqual([
      {
        severity: 'critical',
        ticket: { kind: 'none', words: 'No ticket: no PSA connection is set up.' },
        mail: {
          kind: 'goes',
          words: 'E-mail to it@northwind.example (in the format of the organization).',
          recipients: [{ address: 'it@northwind.example', scope: 'organization' }],
          stopped: [],
        },
      },
      {
        severity: 'high',
        ticket: { kind: 'none', words: 'No ticket: no PSA connection is set up.' },
        mail: {
          kind: 'none',
          words: 'No e-mail: no recipient is to get alerts of severity high.',
          recipients: [],
          stopped: [],
        },
      },
    ]);
    expect((await outlook(api.other.key)).status).toBe(404);
    expect((await outlook(api.keys.intake)).status).toBe(403);
  });

  it('names an address in it that was stopped, until a person allows it', async () => {
    await add({ address: 'noc@msp.example' });
    const { id } = await add({ address: 'Gone@northwind.example' }, ofOrganization());
    await run(
      `insert into mailboxes (workspace_id, id, address, stopped_at, refusals, refusal)
       values ($1, 902, 'gone@northwind.example', now(), 5, '550 No such user'),
              ($1, 903, 'noc@msp.example', null, 1, '550 No such user'),
              ($1, 904, 'elsewhere@msp.example', now(), 5, '550 No such user')`,
    );
    const mail = async () => (await outlook()).body.severities[0].mail;
    expect(await mail()).toEqual({
      kind: 'goes',
      words:
        'E-mail to noc@msp.example (in the global format). No mail goes to Gone@northwind.example any more: it was refused again and again.',
      recipients: [{ address: 'noc@msp.example', scope: 'global' }],
      stopped: ['Gone@northwind.example'],
    });
    await api.call('POST', `${ofOrganization()}/${id}/allow`, { body: {} });
    expect(await mail()).toMatchObject({ stopped: [], recipients: [{}, { scope: 'organization' }] });
  });
});
