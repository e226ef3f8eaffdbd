/** Blocks against real rows: what fails, what was removed, and what moved. */
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAlerts } from '../../test/support/rows.ts';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { type AlertFilter, findAlerts } from '../alerts/find.ts';
import { readCounts } from '../dashboard/store.ts';
import type { Tx } from '../db/database.ts';
import { createRetention } from '../retention/index.ts';
import { countRows, createBlocks } from './index.ts';
import { lookForMoves } from './recount.ts';

let w: Workspace;
let lines: Record<string, unknown>[];
beforeEach(async () => {
  w = await openWorkspace();
  await w.db.unfenced((tx) =>
    tx.query('insert into workspace_index (workspace_id) values ($1)', [w.workspaceId]),
  );
  lines = [];
});
afterEach(() => w.close());

const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
const turn = (rest = async () => {}) => createBlocks({ db: w.db, log, rest }).turn();
const find = (filter: Partial<AlertFilter>) =>
  w.db.inWorkspace(w.workspaceId, (tx) => findAlerts(tx, w.workspaceId, { limit: 500, ...filter }));
const asOwner = (text: string) => w.rows(`set local role none; ${text}`);
const blocksThat = async (condition: string): Promise<number[]> =>
  (await w.rows(`select block from alert_blocks where ${condition} order by block`)).map(({ block }) =>
    Number(block),
  );

/** As the dashboard of the last day has them. */
async function sums(): Promise<Record<string, number>> {
  const from = new Date(Date.now() - 24 * 60 * 60_000);
  const { rows } = await w.db.inWorkspace(w.workspaceId, (tx) => readCounts(tx, w.workspaceId, [from]));
  const sum = (key: 'alerts' | 'waiting' | 'delivered' | 'held') =>
    rows.reduce((before, row) => before + row[key], 0);
  return { alerts: sum('alerts'), waiting: sum('waiting'), delivered: sum('delivered'), held: sum('held') };
}

/** Rows like this cannot be written to the table: by default as when the statement takes too long. */
const failOn = (table: string, condition: string, { when = 'insert', code = '57014' } = {}) =>
  asOwner(
    `create function fail_${table}() returns trigger language plpgsql as $$ begin raise 'no' using errcode = '${code}'; end $$;
     create trigger fail_${table} before ${when} on ${table} for each row when (${condition}) execute function fail_${table}()`,
  );
const heal = (table: string) => asOwner(`drop trigger fail_${table} on ${table}`);

describe('the dashboard while alerts are described', () => {
  it('misses none after any piece', async () => {
    // More than the open blocks that it counts by itself.
    const last = 64 * 260;
    await writeAlerts(w, { first: 1, last });
    const seen: unknown[] = [];
    await turn(async () => void seen.push(await sums()));
    expect(seen.length).toBeGreaterThan(3);
    const all = { alerts: last, waiting: last, delivered: 0, held: 0 };
    expect(seen).toEqual(seen.map(() => all));
  }, 60_000);
});

describe('a block that cannot be described', () => {
  it('is skipped alone, found and counted all the same, and tried again after an hour', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 8 });
    await w.rows(`update alerts set title = 'Poison' where id = 200`);
    await failOn('alert_terms', `new.term = 'poison'`);
    await turn();
    expect(await blocksThat('true')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await blocksThat('plain_since is not null')).toEqual([3]);
    expect(lines).toMatchObject([{ msg: 'blocks.skipped', kind: 'new', block: '3' }]);
    expect(await w.rows('select 1 from alert_terms where block = 3')).toEqual([]);
    expect([await find({ q: 'poison' }), (await find({ severities: [2] })).length]).toEqual([['200'], 449]);
    expect(await sums()).toMatchObject({ alerts: 449, waiting: 449 });
    expect(await blocksThat(`counted_at = '-infinity'`)).toEqual([]);

    lines = [];
    await turn();
    expect(lines).toEqual([]);
    await w.rows(`update alert_blocks set plain_since = now() - interval '2 hours' where block = 3`);
    await turn();
    expect(lines).toMatchObject([{ msg: 'blocks.skipped', kind: 'plain', block: '3' }]);
    await heal('alert_terms');
    await w.rows(`update alert_blocks set plain_since = now() - interval '2 hours' where block = 3`);
    await turn();
    expect(await blocksThat('plain_since is not null')).toEqual([]);
    expect(await w.rows(`select block from alert_terms where term = 'poison'`)).toEqual([{ block: '3' }]);
  });

  it('is found by what its changed alert has become, though that cannot be described', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 4 });
    await turn();
    await failOn('alert_terms', `new.term = 'poison'`);
    await w.rows(`update alerts set title = 'Poison' where id = 100;
                  update alerts set title = 'Zugspitze' where id in (99, 150)`);
    await w.rows(
      `insert into changed_alerts (workspace_id, alert_id) select '${w.workspaceId}', unnest(array[99, 100, 150])`,
    );
    await turn();
    expect(await w.rows('select 1 from changed_alerts')).toEqual([]);
    expect(lines).toMatchObject([{ msg: 'blocks.skipped', kind: 'changed', block: '1' }]);
    expect([await find({ q: 'poison' }), await find({ q: 'zugspitze' })]).toEqual([['100'], ['150', '99']]);
  });

  it('keeps the counts that it has when it cannot be counted, and the others are counted', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 6 });
    await turn();
    await failOn('block_counts', 'new.block = 2 and new.delivered > 0', { code: '54000' });
    await w.rows(`update deliveries set delivery_state = 'delivered' where id in (70, 130, 200)`);
    await turn();
    expect(lines).toMatchObject([{ msg: 'blocks.skipped', kind: 'counts', block: '2' }]);
    expect(await w.rows('select block, alerts from block_counts where block = 2 and alerts > 0')).toEqual([
      { block: '2', alerts: 64 },
    ]);
    const delivered = await w.rows('select block from block_counts where delivered > 0 order by block');
    expect(delivered).toEqual([{ block: '1' }, { block: '3' }]);
  });
});

describe('a database that takes nothing', () => {
  it('is no fault of a block: none is skipped', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 4 });
    await failOn('alert_terms', 'true', { code: '53100' });
    await turn();
    expect(lines).toMatchObject([{ msg: 'blocks.failed', kind: 'new' }]);
    expect(await blocksThat('true')).toEqual([]);
  });
});

describe('work of one kind that fails as a whole', () => {
  it('does not keep the other kinds from going on', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 4 });
    await turn();
    await failOn('changed_alerts', 'true', { when: 'delete' });
    await w.rows(`insert into changed_alerts (workspace_id, alert_id) values ('${w.workspaceId}', 100)`);
    await w.rows(`update deliveries set delivery_state = 'delivered' where id = 200`);
    await turn();
    expect(lines).toMatchObject([{ msg: 'blocks.failed', kind: 'changed' }]);
    expect(await w.rows('select block from block_counts where delivered > 0')).toEqual([{ block: '3' }]);
  });
});

describe('alerts that retention removes', () => {
  it('are forgotten though an older one that is held stays', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 6 });
    await w.rows(
      `update workspaces set retention_days = 30;
       update alerts set received_at = now() - interval '40 days' where id < 300;
       update deliveries set delivery_state = 'delivered', settled_at = now() - interval '40 days' where id < 300;
       update deliveries set delivery_state = 'held', settled_at = null where id = 70`,
    );
    await turn();
    await createRetention({ db: w.db, log, restMs: 0 }).turn();
    expect(await w.rows('select count(*)::int as n from alerts')).toEqual([{ n: 1 + 384 - 299 }]);
    await turn();
    expect(await blocksThat('true')).toEqual([1, 4, 5]);
    for (const table of ['alert_terms', 'block_counts'])
      expect(await w.rows(`select distinct block from ${table} order by block`)).toEqual([
        { block: '1' },
        { block: '4' },
        { block: '5' },
      ]);
    const words = await w.rows(`select term from alert_terms where block = 1 and term !~ ':' order by term`);
    expect(words.map(({ term }) => term)).toEqual(['70', 'evt', 'sign', 'in'].sort());
    expect(await w.rows('select alerts, held from block_counts where block = 1 order by alerts')).toEqual([
      { alerts: 0, held: 1 },
      { alerts: 1, held: 0 },
    ]);
    expect(await find({ q: 'evt-70' })).toEqual(['70']);
    expect(await find({ to: new Date(Date.now() - 24 * 60 * 60_000).toISOString() })).toEqual(['70']);
  });
});

/** Deliveries that this connection has read. */
async function rowsRead(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select (seq_tup_read + idx_tup_fetch)::int as n from pg_stat_xact_user_tables where relname = 'deliveries'`,
  );
  return rows[0]?.n ?? 0;
}

describe('an open block', () => {
  const countedAt = async () =>
    Object.fromEntries(
      (await w.rows('select block, counted_at::text as at from alert_blocks')).map(({ block, at }) => [
        block,
        at,
      ]),
    );

  /** As if all that has moved had done so long ago. */
  const longAgo = () => w.rows(`update deliveries set moved_at = now() - interval '1 hour'`);

  it('is counted anew only when something moved in it', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 6 });
    await turn();
    await longAgo();
    const before = await countedAt();
    await turn();
    expect(await countedAt()).toEqual(before);
    const moves: [string, string][] = [
      ['pending', 'sending'],
      ['sending', 'delivered'],
      ['delivered', 'pending'],
      ['pending', 'held'],
      ['held', 'pending'],
      ['pending', 'failed'],
      ['failed', 'skipped'],
    ];
    let last = before;
    for (const [from, to] of moves) {
      await longAgo();
      await w.rows(
        `update deliveries set delivery_state = '${to}' where id = 200 and delivery_state = '${from}'`,
      );
      await turn();
      const next = await countedAt();
      const anew = Object.keys(next).filter((block) => next[block] !== last[block]);
      // What is being sent waits as before.
      expect([to, anew]).toEqual([to, to === 'sending' ? [] : ['3']]);
      last = next;
    }
    const [{ skipped }] = await w.rows('select sum(skipped)::int as skipped from block_counts');
    expect(skipped).toBe(1);
  });

  it('is counted anew when something more is owed for one of its alerts', async () => {
    await writeAlerts(w, { first: 64, last: 64 * 6 });
    await turn();
    await longAgo();
    await turn();
    await w.rows(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, severity,
                               settings_version, trace)
       select workspace_id, 9000, alert_id, 1, channel_id, 'x@example.com', 'pending', 2, 1, '[]'
         from deliveries where id = 300`,
    );
    await turn();
    expect(await w.rows('select block, waiting from block_counts where waiting > 64')).toEqual([
      { block: '4', waiting: 65 },
    ]);
  });

  it('is found without reading the deliveries in which nothing moved', async () => {
    await writeAlerts(w, { first: 64, last: 30_000 });
    await turn();
    // They came one after the other, long ago; the database knows that by and by.
    await w.rows(`update deliveries set moved_at = now() - interval '1 day' + id * interval '1 second'`);
    await asOwner('analyze deliveries; reindex index deliveries_moved');
    await w.rows(`update deliveries set delivery_state = 'delivered' where id between 20000 and 20010`);
    const read = await w.db.inWorkspace(w.workspaceId, async (tx) => {
      const before = await rowsRead(tx);
      await lookForMoves(tx, w.workspaceId);
      return (await rowsRead(tx)) - before;
    });
    expect(await blocksThat(`counted_at = '-infinity'`)).toEqual([312]);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(6_000);
  }, 60_000);
});

describe('blocks among many', () => {
  it.each([1, 20, 100])(
    'are counted without reading the deliveries of others: %i',
    async (blocks) => {
      await writeAlerts(w, { first: 64, last: 30_000 });
      await asOwner('analyze alerts, deliveries');
      // Far apart, as blocks are in which something may still move.
      const these = `select 4 * n << 6 as from_id, (4 * n + 1) << 6 as to_id from generate_series(1::bigint, ${blocks}) n`;
      const { counted, read } = await w.db.inWorkspace(w.workspaceId, async (tx) => {
        const before = await rowsRead(tx);
        const { rows } = await tx.query(
          `select sum(alerts)::int as alerts, sum(waiting)::int as waiting from (${countRows(these)}) c`,
          [w.workspaceId],
        );
        return { counted: rows[0], read: (await rowsRead(tx)) - before };
      });
      expect(counted).toEqual({ alerts: 64 * blocks, waiting: 64 * blocks });
      // Once to count them, once to see that something is owed.
      expect(read).toBeLessThanOrEqual(2 * 64 * blocks);
    },
    60_000,
  );
});
