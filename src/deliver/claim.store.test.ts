/** How much of what waits is read at once: a round's memory does not grow with the size of alerts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { steps } from '../../test/support/steps.ts';
import { insertWorkspace } from '../../test/support/workspace.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { loadUnassigned, loadWaiting, type Queue } from './claim.ts';

const groups = ['1', '2', '3', '4'];
/** Stored compressed, they are a hundredth of this. */
const bodyBytes = 800 * 1024;
/** With the sixth of them, four megabytes are reached. */
const mostTogether = 6;

let database: FreshDatabase;
let db: Database;
let workspaceId: string;
let channelId: string;
beforeAll(async () => {
  database = await freshDatabase();
  db = openDatabase({ url: database.url });
  ({ workspaceId, connectionId: channelId } = await insertWorkspace(db, steps));
  await db.inWorkspace(workspaceId, async (tx) => {
    for (const groupId of [null, ...groups]) await store(tx, groupId, 8);
  });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Tx = Parameters<Parameters<Database['inWorkspace']>[1]>[0];

async function store(tx: Tx, groupId: string | null, count: number): Promise<void> {
  await tx.query(
    `with alerts as (
       insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
       select $1, nextval('alert_ids'), sha256(n::text::bytea || $3::text::bytea), '', 'edr', n::text, 3, 'Large',
              json_build_object('description', repeat('again ', $5::int / 6)), '[]'
         from generate_series(1, $4::int) n returning id)
     insert into deliveries (workspace_id, id, alert_id, revision, channel_id, group_id, delivery_state, severity,
                             settings_version, trace)
     select $1, nextval('delivery_ids'), id, 1, $2, nullif($3::text, '')::bigint, 'pending', 3, 1, '[]' from alerts`,
    [workspaceId, channelId, groupId ?? '', count, bodyBytes],
  );
}

const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.inWorkspace(workspaceId, work);
const sizeOf = ({ deliveries }: Queue): number => deliveries.length;

it('of what waits for its group, a few large alerts', async () => {
  const queue = await read((tx) => loadUnassigned(tx, workspaceId, [channelId], 500));
  expect([sizeOf(queue), queue.more]).toEqual([mostTogether, true]);
});

it('of what waits in groups, the first of each, and a few more of all groups together', async () => {
  const queues = await read((tx) => loadWaiting(tx, workspaceId, groups, 500));
  expect([...queues.keys()].sort()).toEqual(groups);
  const sizes = groups.map((id) => sizeOf(queues.get(id) as Queue));
  expect(Math.min(...sizes)).toBe(1);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(mostTogether);
  expect([...queues.values()].every(({ more }) => more)).toBe(true);
  for (const { deliveries } of queues.values()) {
    const ids = deliveries.map(({ id }) => Number(id));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  }
});
