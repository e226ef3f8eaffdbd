import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { createBlocks, noteRemoved } from '../blocks/index.ts';
import type { DeliveryState } from '../plan/types.ts';
import { retryDelivery } from '../receipts/decide.ts';
import { type AlertFilter, findAlerts } from './find.ts';
import type { Alert } from './types.ts';

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
  await w.db.unfenced((tx) =>
    tx.query('insert into workspace_index (workspace_id) values ($1)', [w.workspaceId]),
  );
});
afterAll(() => w.close());

const turn = () =>
  createBlocks({ db: w.db, log: pino({ level: 'silent' }), rest: async () => undefined }).turn();
const find = (filter: Partial<AlertFilter>) =>
  w.db.inWorkspace(w.workspaceId, (tx) => findAlerts(tx, w.workspaceId, { limit: 500, ...filter }));

/** What a filter finds by reading every alert: the blocks are hidden meanwhile. */
async function findPlainly(filter: Partial<AlertFilter>): Promise<string[]> {
  const rollback = new Error('rolled back');
  let found: string[] = [];
  await w.db
    .inWorkspace(w.workspaceId, async (tx) => {
      await tx.query('delete from alert_blocks');
      found = await findAlerts(tx, w.workspaceId, { limit: 500, ...filter });
      throw rollback;
    })
    .catch((error) => {
      if (error !== rollback) throw error;
    });
  return found;
}

const names = [
  'Northwind mailbox rule',
  'Impossible travel: Ana',
  'Malware in C:\\temp',
  'Odd sign-in (blocked)',
];

/** 400 alerts of two hours ago, described; and 40 of now, which no block has yet. */
beforeAll(async () => {
  const make = (n: number): Partial<Alert> => ({
    source: n % 7 === 0 ? 'mail' : 'edr',
    title: `${names[n % 4]} ${n}`,
    severity: n % 10 === 0 ? 'critical' : 'medium',
    user: { email: `user${n}@northwind.example` },
    device: { name: `host-${n % 50}` },
  });
  for (let n = 0; n < 400; n += 1) await w.take(make(n));
  await w.rows(`update alerts set received_at = now() - interval '1 minute' * (520 - (id % 400))`);
  await turn();
  for (let n = 400; n < 440; n += 1) await w.take(make(n));
  const set = async (ids: string, state: DeliveryState) =>
    w.rows(`update deliveries set delivery_state = '${state}' where alert_id in (${ids})`);
  await set('select id from alerts order by id limit 3', 'failed');
  await set('select id from alerts order by id offset 10 limit 2', 'skipped');
}, 60_000);

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const filters: [string, Partial<AlertFilter>][] = [
  ['a severity', { severities: [4] }],
  ['several severities', { severities: [4, 0] }],
  ['a severity nobody has', { severities: [0] }],
  ['a source', { sources: ['mail'] }],
  ['a severity and a source', { severities: [4], sources: ['mail'] }],
  ['a time', { from: ago(300), to: ago(200) }],
  ['a state', { states: ['failed'] }],
  ['several states', { states: ['failed', 'skipped', 'uncertain'] }],
  ['a frequent state', { states: ['pending'] }],
  ['a state and a source', { states: ['failed', 'skipped'], sources: ['mail'] }],
  ['a word', { q: 'northwind' }],
  ['the beginning of a word, in any case', { q: 'NORTHw' }],
  ['several words', { q: 'malware temp' }],
  ['a word with punctuation', { q: 'c:\\temp' }],
  ['a word in brackets', { q: '(blocked)' }],
  ['a user', { q: 'user123@' }],
  ['a device', { q: 'host-7' }],
  ['punctuation alone', { q: '\\' }],
  ['a word, a severity and a time', { q: 'travel', severities: [2], from: ago(400) }],
];

describe('alerts are found the same way with and without blocks', () => {
  it('which there are', async () => {
    const [{ n }] = await w.rows('select count(*)::int as n from alert_blocks');
    expect(n).toBeGreaterThanOrEqual(6);
    const [{ terms }] = await w.rows(`select count(*)::int as terms from alert_terms where term = ':fmail'`);
    expect(terms).toBeGreaterThanOrEqual(6);
  });

  it.each(filters)('by %s', async (_, filter) => {
    const found = await find(filter);
    expect(found).toEqual(await findPlainly(filter));
    expect(found).toEqual([...found].sort((a, b) => Number(BigInt(b) - BigInt(a))));
    if (filter.severities?.join() !== '0') expect(found.length).toBeGreaterThan(0);
  });

  it('page by page', async () => {
    const all = await find({ q: 'northwind', sources: ['edr'] });
    const pages: string[] = [];
    for (let before: string | undefined; ; before = pages.at(-1)) {
      const page = await find({ q: 'northwind', sources: ['edr'], limit: 20, before });
      pages.push(...page);
      if (page.length < 20) break;
    }
    expect(pages).toEqual(all);
  });

  it('not by what is inside of a word', async () => {
    expect(await find({ q: 'orthwind' })).toEqual([]);
  });
});

describe('an alert that changes after its block was described', () => {
  it('is found by what it has become, before and after the next turn', async () => {
    const first = await w.take({ externalId: 'changes', title: 'Plain' });
    await w.rows(`update alerts set received_at = now() - interval '5 minutes'`);
    for (let n = 0; n < 64; n += 1) await w.take();
    await w.rows(`update alerts set received_at = now() - interval '5 minutes'`);
    await turn();
    const [{ described }] = await w.rows(
      `select exists (select from alert_blocks where block = ${first.id} >> 6) as described`,
    );
    expect(described).toBe(true);
    const changed = { externalId: 'changes', title: 'Zugspitze', severity: 'critical' } as const;
    expect((await w.take(changed)).status).toBe('updated');
    expect(await find({ q: 'zugspitze' })).toEqual([first.id]);
    await turn();
    expect(await w.rows('select 1 from changed_alerts')).toEqual([]);
    expect(await find({ q: 'zugspitze', severities: [4] })).toEqual([first.id]);
  });

  it('opens its block again when a person retries what was settled', async () => {
    await w.rows(`update deliveries set delivery_state = 'skipped', settled_at = now()`);
    await turn();
    const open = () => w.rows('select block from alert_blocks where is_open');
    expect(await open()).toEqual([]);
    const [{ id }] = await w.rows('select min(id) as id from deliveries');
    await w.db.inWorkspace(w.workspaceId, (tx) => retryDelivery(tx, w.workspaceId, id));
    await turn();
    expect(await open()).toHaveLength(1);
  });
});

describe('blocks whose alerts were removed', () => {
  it('are forgotten with all that was said of them', async () => {
    const [{ last }] = await w.rows('select max(block) as last from alert_blocks');
    await w.rows(`delete from deliveries where alert_id < ${last}::bigint << 6`);
    const gone = await w.rows(`delete from alerts where id < ${last}::bigint << 6 returning id`);
    await w.db.inWorkspace(w.workspaceId, (tx) =>
      noteRemoved(
        tx,
        w.workspaceId,
        gone.map(({ id }) => id),
      ),
    );
    await turn();
    for (const table of ['alert_blocks', 'alert_terms', 'block_counts']) {
      const [{ n }] = await w.rows(`select count(*)::int as n from ${table} where block < ${last}`);
      expect([table, n]).toEqual([table, 0]);
    }
  });
});
