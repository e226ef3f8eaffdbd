/** What is to be reviewed, and the monthly mail that says so (req 120). */
import { randomUUID } from 'node:crypto';
import { simpleParser } from 'mailparser';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';
import { createReviews, type Reviews } from './reviewTurn.ts';

let api: EmailApi;
let admin: pg.Client;
let reviews: Reviews;
let now: Date;
let northwind: string;
const connectionId = randomUUID();

beforeAll(async () => {
  api = await startEmailApi();
  admin = new pg.Client(api.adminUrl);
  await admin.connect();
  northwind = (await api.call('POST', '/organizations', { body: { name: 'Northwind' } })).body.id;
  await admin.query(
    `update workspaces set created_at = '2026-01-15', time_zone = 'Europe/Lisbon', name = 'Acme MSP'`,
  );
  await admin.query(
    `insert into connections (workspace_id, id, kind, name) values ($1, $2, 'autotask', 'Main PSA')`,
    [api.workspaceId, connectionId],
  );
  await admin.query(
    `insert into mappings (workspace_id, connection_id, organization_id, account_id, note, review_on)
     values ($1, $2, $3, '217', 'Their own board', current_date - 1)`,
    [api.workspaceId, connectionId, northwind],
  );
  for (const [id, email, role, workspaceId] of [
    ['u1', 'ana@msp.example', 'admin', api.workspaceId],
    ['u2', 'bo@msp.example', 'admin', api.workspaceId],
    ['u3', 'viewer@msp.example', 'viewer', api.workspaceId],
    ['u4', 'stranger@other.example', 'admin', api.other.workspaceId],
  ]) {
    await admin.query('insert into users (id, name, email) values ($1, $1, $2)', [id, email]);
    await admin.query('insert into memberships (user_id, workspace_id, role) values ($1, $2, $3)', [
      id,
      workspaceId,
      role,
    ]);
  }
  const day = async (offset: number) =>
    (await admin.query('select (current_date + $1::int)::text as day', [offset])).rows[0].day;
  const add = async (path: string, body: object) => api.call('POST', path, { body });
  await add('/email/recipients', { address: 'noc@msp.example', owner: 'Ana', reviewOn: await day(-40) });
  await add(`/organizations/${northwind}/recipients`, {
    address: 'it@northwind.example',
    reviewOn: await day(20),
  });
  await add('/email/recipients', { address: 'later@msp.example', reviewOn: await day(40) });
  await add('/email/recipients', { address: 'never@msp.example' });
});
afterAll(async () => {
  await admin.end();
  await api.close();
});

beforeEach(async () => {
  now = new Date('2026-11-03T09:00:00Z');
  const server = { host: '127.0.0.1', port: api.mailServer.port, security: 'none' };
  await api.call('PUT', '/email/settings', {
    body: { servers: [server], fromAddress: 'herald@msp.example' },
  });
  reviews = open();
});
afterEach(async () => {
  await reviews.close();
  api.mailServer.mails.length = 0;
  api.mailServer.refusals.length = 0;
  await admin.query('truncate review_mails, review_months, review_turns');
});

const open = (): Reviews =>
  createReviews({
    db: api.db,
    log: pino({ level: 'silent' }),
    email: api.email,
    openMailer: api.openMailer,
    baseUrl: 'https://herald.msp.example',
    now: () => now,
  });
/** A turn as it comes half an hour later. */
async function turn(one = reviews): Promise<void> {
  await admin.query('truncate review_turns');
  await one.turn();
}
/** The mails that wait are due now. */
const due = () => admin.query('update review_mails set due_at = now()');
const list = async (query = '') => (await api.call('GET', `/reviews${query}`, { key: api.keys.read })).body;

describe('the list of reviews', () => {
  it('has what is due or will be within 30 days, oldest first, page by page', async () => {
    const all = await list();
    expect(all).toMatchObject({
      items: [
        { kind: 'recipient', address: 'noc@msp.example', organizationId: null, owner: 'Ana', isDue: true },
        {
          kind: 'mapping',
          organizationName: 'Northwind',
          connectionName: 'Main PSA',
          accountId: '217',
          note: 'Their own board',
          isDue: true,
        },
        { kind: 'recipient', address: 'it@northwind.example', organizationName: 'Northwind', isDue: false },
      ],
      counts: { due: 2, soon: 1 },
      lastMail: null,
      nextCursor: null,
    });
    const first = await list('?limit=2');
    expect(first.items).toEqual(all.items.slice(0, 2));
    expect((await list(`?limit=2&cursor=${first.nextCursor}`)).items).toEqual(all.items.slice(2));
    expect((await list('?due=false')).items).toEqual(all.items.slice(2));
    expect((await api.call('GET', '/reviews', { key: api.other.key })).body.items).toEqual([]);
  });
});

describe('the monthly mail', () => {
  it('names what is due, goes to each administrator of the workspace, and is shown', async () => {
    await turn();
    expect(api.mailServer.mails.map(({ to }) => to)).toEqual([['ana@msp.example'], ['bo@msp.example']]);
    const mail = await simpleParser(api.mailServer.mails[0]?.text ?? '');
    expect(mail.subject).toBe('2 delivery settings to review');
    expect(mail.text).toContain('Global recipient noc@msp.example');
    expect(mail.text).toContain('Mapping of Northwind to 217 in Main PSA');
    expect(mail.text).toContain(`https://herald.msp.example/settings/psa/${connectionId}`);
    expect(mail.text).toContain('you are an administrator of Acme MSP');
    expect(mail.text).not.toContain('it@northwind.example');
    expect((await list()).lastMail).toEqual({
      month: '2026-11',
      mails: ['ana@msp.example', 'bo@msp.example'].map((address) => ({
        address,
        state: 'sent',
        words: expect.stringMatching(/^250/),
        triedAt: expect.any(String),
      })),
    });
  });

  it('goes once a month, whoever looks and however often', async () => {
    const other = open();
    await Promise.all([turn(), turn(other)]);
    await turn();
    now = new Date('2026-12-01T07:59:00Z');
    await turn();
    expect(api.mailServer.mails).toHaveLength(2);
    now = new Date('2026-12-01T08:00:00Z');
    await turn();
    expect(api.mailServer.mails).toHaveLength(4);
    await other.close();
  });

  it('waits where there is no mail server, and is caught up when there is one', async () => {
    await api.call('PUT', '/email/settings', { body: { servers: [] } });
    await turn();
    const server = { host: '127.0.0.1', port: api.mailServer.port, security: 'none' };
    await api.call('PUT', '/email/settings', { body: { servers: [server] } });
    now = new Date('2026-11-20T09:00:00Z');
    await turn();
    expect(api.mailServer.mails).toHaveLength(2);
  });

  it('leaves nothing while a person must act on the mail servers', async () => {
    const { revision } = await api.email.open(api.workspaceId);
    await api.email.stop(api.workspaceId, 'The password is wrong.', revision);
    await turn();
    expect(api.mailServer.mails).toEqual([]);
    expect((await list()).lastMail.mails[0]).toMatchObject({ state: 'waiting' });
    const server = { host: '127.0.0.1', port: api.mailServer.port, security: 'none' };
    await api.call('PUT', '/email/settings', { body: { servers: [server] } });
    await turn();
    expect(api.mailServer.mails).toHaveLength(2);
  });

  it('that was not taken is tried again as the same mail, one that is refused is not', async () => {
    api.mailServer.refusals.push(451, 550);
    await turn();
    expect(api.mailServer.mails).toEqual([]);
    expect((await list()).lastMail.mails).toMatchObject([
      { address: 'ana@msp.example', state: 'waiting', words: expect.stringContaining('451') },
      { address: 'bo@msp.example', state: 'failed', words: expect.stringContaining('550') },
    ]);
    await turn();
    expect(api.mailServer.mails).toEqual([]);
    const before = await admin.query(
      `select message_id, content from review_mails where address = 'ana@msp.example'`,
    );
    await due();
    await turn();
    const [mail] = await Promise.all(api.mailServer.mails.map(({ text }) => simpleParser(text)));
    expect(api.mailServer.mails).toHaveLength(1);
    expect(mail?.messageId).toBe(before.rows[0].message_id);
    expect(mail?.date?.getTime()).toBe(now.getTime());
  });

  it('whose process ended is sent once more, with the same Message-ID, and then a person sees it', async () => {
    await turn();
    const [first] = api.mailServer.mails;
    const abandon = () =>
      admin.query(
        `update review_mails set mail_state = 'sending', due_at = now() where address = 'ana@msp.example'`,
      );
    await abandon();
    await turn();
    expect(api.mailServer.mails).toHaveLength(2);
    await due();
    await turn();
    expect(api.mailServer.mails).toHaveLength(3);
    expect(api.mailServer.mails[2]).toEqual(first);
    await abandon();
    await turn();
    expect((await list()).lastMail.mails[0]).toMatchObject({
      state: 'failed',
      words: expect.stringMatching(/^It was sent twice without an answer/),
    });
    expect(api.mailServer.mails).toHaveLength(3);
  });

  it('has its 72 hours from its first try on, however long it waited for that', async () => {
    const { revision } = await api.email.open(api.workspaceId);
    await api.email.stop(api.workspaceId, 'The password is wrong.', revision);
    await turn();
    await admin.query(`update review_mails set first_at = now() - interval '5 days', due_at = now()`);
    const server = { host: '127.0.0.1', port: api.mailServer.port, security: 'none' };
    await api.call('PUT', '/email/settings', { body: { servers: [server] } });
    api.mailServer.refusals.push(451, 451);
    await turn();
    const waiting = { state: 'waiting', words: expect.stringMatching(/^(?!Not taken for 72 hours)/) };
    expect((await list()).lastMail.mails).toMatchObject([waiting, waiting]);
    await admin.query(`update review_mails set first_at = now() - interval '73 hours', due_at = now()`);
    api.mailServer.refusals.push(451, 451);
    await turn();
    const failed = { state: 'failed', words: expect.stringMatching(/^Not taken for 72 hours/) };
    expect((await list()).lastMail.mails).toMatchObject([failed, failed]);
  });

  it('is not sent to somebody who is no administrator any more when its turn comes', async () => {
    api.mailServer.refusals.push(451, 451);
    await turn();
    await admin.query(`update memberships set role = 'viewer' where user_id = 'u2'`);
    try {
      await due();
      await turn();
      expect(api.mailServer.mails.map(({ to }) => to)).toEqual([['ana@msp.example']]);
      expect((await list()).lastMail.mails[1]).toMatchObject({
        address: 'bo@msp.example',
        state: 'failed',
        words: expect.stringContaining('no administrator'),
      });
    } finally {
      await admin.query(`update memberships set role = 'admin' where user_id = 'u2'`);
    }
  });

  it('to an address that no mail can go to says that nothing was sent', async () => {
    const address = `${'b'.repeat(70)}@msp.example`;
    await admin.query('update users set email = $1 where id = $2', [address, 'u2']);
    try {
      await turn();
      expect((await list()).lastMail.mails).toMatchObject([
        { state: 'sent' },
        { address, state: 'failed', words: expect.stringMatching(/^No mail could be made of it/) },
      ]);
    } finally {
      await admin.query(`update users set email = 'bo@msp.example' where id = 'u2'`);
    }
  });

  it('counts all that is due when it cannot name all of it', async () => {
    await admin.query(
      `insert into recipients (workspace_id, id, address, review_on)
       select $1, gen_random_uuid(), 'many' || i || '@msp.example', current_date - 2 from generate_series(1, 1200) i`,
      [api.workspaceId],
    );
    await admin.query(
      `update recipients set organization_id = $1, review_on = review_on - 1 where address = 'many7@msp.example'`,
      [northwind],
    );
    try {
      await turn();
      const mail = await simpleParser(api.mailServer.mails[0]?.text ?? '');
      expect(mail.text).toContain(`/organizations/${northwind}?tab=settings\n`);
      expect(mail.subject).toBe('1,202 delivery settings to review');
      expect(mail.text).toContain('… and 202 more in Herald');
    } finally {
      await admin.query(`delete from recipients where address like 'many%'`);
    }
  });

  it('is of the administrators of this workspace alone, and the rest of the people stay out of sight', async () => {
    const { rows } = await api.db.inWorkspace(api.other.workspaceId, (tx) =>
      tx.query('select * from administrator_addresses() as address'),
    );
    expect(rows).toEqual([{ address: 'stranger@other.example' }]);
    const nobody = await api.db.unfenced((tx) =>
      tx.query('select * from administrator_addresses() as address'),
    );
    expect(nobody.rows).toEqual([]);
    await expect(
      api.db.inWorkspace(api.workspaceId, (tx) => tx.query('select email from users')),
    ).rejects.toThrow(/permission denied/);
  });
});
