/** Pause, resume and removal of a connection with a long backlog: more than one statement changes at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { holdWaiting, releaseHeld, skipForRemoved, skipHeld } from './index.ts';

let fresh: FreshDatabase;
let db: Database;
const workspaceId = randomUUID();
let channelId: string;
const many = 10_500;

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 2 });
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});
beforeEach(() => {
  channelId = randomUUID();
});

/** So many deliveries that wait, each in a group of its own or in none, with a problem of an earlier try. */
async function store(count: number, { isGrouped = false } = {}): Promise<void> {
  await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                               settings_version, trace, problem, group_id)
       select $1, nextval('delivery_ids'), nextval('alert_ids'), 1, $2, 'pending', 3, 1, '[]', 'It said no.',
              case when $4 then nextval('group_ids') end from generate_series(1, $3::int)`,
      [workspaceId, channelId, count, isGrouped],
    );
  });
}

const counts = async () =>
  (
    await db.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `select delivery_state as state, reason, problem, group_id is null as alone, count(*)::int as n
           from deliveries where channel_id = $1 group by 1, 2, 3, 4 order by 1, 5`,
        [channelId],
      ),
    )
  ).rows;
type Change = typeof holdWaiting | typeof releaseHeld;
const run = (change: Change, reason: string) =>
  db.inWorkspace<unknown>(workspaceId, (tx) => change(tx, workspaceId, channelId, reason));

describe('a long backlog', () => {
  it('is held to the last one, with and without a group, and what was said of earlier tries is over', async () => {
    await store(many);
    await store(many, { isGrouped: true });
    await run(holdWaiting, 'pause');
    expect(await counts()).toEqual([
      { state: 'held', reason: 'pause', problem: null, alone: true, n: 2 * many },
    ]);
    expect(await run(releaseHeld, 'credentials')).toBe(0);
    expect(await run(releaseHeld, 'pause')).toBe(2 * many);
    expect(await counts()).toEqual([
      { state: 'pending', reason: null, problem: null, alone: true, n: 2 * many },
    ]);
  });

  it('is skipped to the last one', async () => {
    await store(many);
    await run(holdWaiting, 'pause');
    expect(await run(skipHeld, 'pause')).toBe(many);
    expect(await counts()).toMatchObject([{ state: 'skipped', reason: 'pause', n: many }]);
  });

  it('ends with its connection, what is held too', async () => {
    await store(3);
    await run(holdWaiting, 'pause');
    await store(many, { isGrouped: true });
    await store(2);
    await db.inWorkspace(workspaceId, (tx) => skipForRemoved(tx, workspaceId, channelId));
    const rows = await counts();
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual(
      rows.map(() => ['skipped', 'connectionRemoved']),
    );
    expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(many + 5);
  });

  it('leaves no group of the connection waiting', async () => {
    await db.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words,
                                    marker, waiting_lane, waiting_since)
         select $1, nextval('group_ids'), $2, n::text, '', 'x', '', n::text, 2, 1
           from generate_series(1, $3::int) as n`,
        [workspaceId, channelId, many],
      ),
    );
    await run(holdWaiting, 'pause');
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select from ticket_groups where connection_id = $1 and waiting_lane is not null', [
        channelId,
      ]),
    );
    expect(rows).toEqual([]);
  });
});
