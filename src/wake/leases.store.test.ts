import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { holdLeases } from '../deliver/journal.ts';
import { loadCallCounts, saveCallCounts } from './callCounts.ts';
import {
  ensureLease,
  type Lease,
  releaseLease,
  releaseLeases,
  renewLeases,
  takeFreeLeases,
  takeLease,
} from './leases.ts';

let fresh: FreshDatabase;
let db: Database;
const workspaceId = randomUUID();
const [first, second] = [randomUUID(), randomUUID()];

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 10 });
  await db.inWorkspace(workspaceId, (tx) =>
    tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Test', 'none')`, [workspaceId]),
  );
});
beforeEach(() => db.unfenced((tx) => tx.query('delete from leases')));
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

const take = (holder: string, channelId: string) =>
  db.unfenced((tx) => takeLease(tx, holder, workspaceId, channelId));
const takeFree = (holder: string, limit = 100) => db.unfenced((tx) => takeFreeLeases(tx, holder, limit));
const renew = (holder: string) => db.unfenced((tx) => renewLeases(tx, holder));
const expire = (channelId: string) =>
  db.unfenced((tx) =>
    tx.query(`update leases set expires_at = clock_timestamp() - interval '1 ms' where channel_id = $1`, [
      channelId,
    ]),
  );
const channelsOf = (leases: readonly Lease[]) => leases.map(({ channelId }) => channelId).sort();
const channels = (count: number) => Array.from({ length: count }, () => randomUUID()).sort();

describe('a lease', () => {
  it('is made for a channel that never had one, with the first epoch', async () => {
    const channelId = randomUUID();
    expect(await take(first, channelId)).toEqual({ workspaceId, channelId, epoch: '1' });
  });

  it('has one holder; it is not even given to the same one twice', async () => {
    const channelId = randomUUID();
    await take(first, channelId);
    expect(await take(second, channelId)).toBeUndefined();
    expect(await take(first, channelId)).toBeUndefined();
    expect(await takeFree(second)).toEqual([]);
  });

  it('that many want at the same moment goes to one of them', async () => {
    const channelId = randomUUID();
    const holders = Array.from({ length: 20 }, () => randomUUID());
    const got = await Promise.all(holders.map((holder) => take(holder, channelId)));
    expect(got.filter((lease) => lease !== undefined)).toEqual([{ workspaceId, channelId, epoch: '1' }]);
    await expire(channelId);
    const again = await Promise.all(holders.map((holder) => take(holder, channelId)));
    expect(again.filter((lease) => lease !== undefined)).toEqual([{ workspaceId, channelId, epoch: '2' }]);
  });

  it('that has run out goes to the next one with a higher epoch, and is lost to the first', async () => {
    const channelId = randomUUID();
    await take(first, channelId);
    await expire(channelId);
    expect(await renew(first)).toEqual([]);
    expect(await take(second, channelId)).toMatchObject({ epoch: '2' });
    expect(await renew(first)).toEqual([]);
    expect(await renew(second)).toEqual([{ workspaceId, channelId, epoch: '2' }]);
  });

  it('that has run out is a new one also for who had it before', async () => {
    const channelId = randomUUID();
    await take(first, channelId);
    await expire(channelId);
    expect(await take(first, channelId)).toMatchObject({ epoch: '2' });
  });

  it('is prolonged to 15 seconds from now in database time, under the same epoch', async () => {
    const channelId = randomUUID();
    await take(first, channelId);
    await db.unfenced((tx) =>
      tx.query(`update leases set expires_at = clock_timestamp() + interval '1 second'`),
    );
    expect(await renew(first)).toEqual([{ workspaceId, channelId, epoch: '1' }]);
    const { rows } = await db.unfenced((tx) =>
      tx.query(`select extract(epoch from expires_at - clock_timestamp())::float8 as left from leases`),
    );
    expect(rows[0].left).toBeGreaterThan(10);
    expect(rows[0].left).toBeLessThanOrEqual(15);
  });

  it('that is given back is free at once, and its epoch is over', async () => {
    const [one, other] = channels(2) as [string, string];
    await take(first, one);
    await take(second, other);
    await db.unfenced((tx) => releaseLeases(tx, first));
    expect(channelsOf(await takeFree(second))).toEqual([one]);
    expect(await renew(first)).toEqual([]);
    expect(channelsOf(await renew(second))).toEqual([one, other].sort());
  });
});

describe('one lease that is given back', () => {
  it('is free at once, for others too', async () => {
    const channelId = randomUUID();
    const lease = (await take(first, channelId)) as Lease;
    await db.unfenced((tx) => releaseLease(tx, first, lease));
    expect(await take(second, channelId)).toMatchObject({ epoch: '2' });
  });

  it('stays where it is under another epoch or with another holder', async () => {
    const channelId = randomUUID();
    const lease = (await take(first, channelId)) as Lease;
    await db.unfenced((tx) => releaseLease(tx, second, lease));
    await db.unfenced((tx) => releaseLease(tx, first, { ...lease, epoch: '2' }));
    expect(await renew(first)).toEqual([lease]);
  });

  it('comes after those that nobody has had', async () => {
    const [tried, fresh] = channels(2) as [string, string];
    const lease = (await take(first, tried)) as Lease;
    await db.unfenced((tx) => releaseLease(tx, first, lease));
    await db.unfenced((tx) => ensureLease(tx, workspaceId, fresh));
    expect(channelsOf(await takeFree(second, 1))).toEqual([fresh]);
  });
});

describe('the sweep', () => {
  it('takes what nobody holds, so many at a time', async () => {
    const all = channels(5);
    for (const channelId of all) await take(first, channelId);
    await db.unfenced((tx) => releaseLeases(tx, first));
    const some = await takeFree(second, 3);
    expect(some).toHaveLength(3);
    expect(channelsOf([...some, ...(await takeFree(second, 3))])).toEqual(all);
  });

  it('of two workers at once shares the channels, none twice', async () => {
    const all = channels(40);
    for (const channelId of all) await take(first, channelId);
    await db.unfenced((tx) => releaseLeases(tx, first));
    const taken = (await Promise.all([first, second].map((holder) => takeFree(holder, 25)))).flat();
    const rest = await takeFree(second);
    expect(channelsOf([...taken, ...rest])).toEqual(all);
  });

  it('leaves alone what a round is working on, even if it has run out meanwhile', async () => {
    const channelId = randomUUID();
    await take(first, channelId);
    await db.unfenced((tx) =>
      tx.query(`update leases set expires_at = clock_timestamp() + interval '100 ms'`),
    );
    await db.inWorkspace(workspaceId, async (tx) => {
      const channel = { connectionId: channelId, epoch: '1' } as never;
      const held = await holdLeases(tx, { workspaceId, channels: [channel] });
      expect([...held.channels.keys()]).toEqual([channelId]);
      await tx.query('select pg_sleep(0.15)');
      expect(await takeFree(second)).toEqual([]);
    });
    expect(channelsOf(await takeFree(second))).toEqual([channelId]);
  });
});

describe('calls that were made', () => {
  const minute = (ago: number) => Math.floor(Date.now() / 60_000 - ago) * 60_000;
  const save = (connectionId: string, counts: { at: number; calls: number }[]) =>
    db.inWorkspace(workspaceId, (tx) =>
      saveCallCounts(
        tx,
        { workspaceId },
        counts.map((count) => ({ connectionId, ...count })),
      ),
    );
  const load = (channelId: string) =>
    db.inWorkspace(
      workspaceId,
      async (tx) => (await loadCallCounts(tx, { workspaceId, channelIds: [channelId] })).get(channelId) ?? [],
    );

  it('add up by minute, over workers and restarts', async () => {
    const id = randomUUID();
    const [earlier, now] = [minute(5), minute(1)];
    await save(id, [
      { at: earlier, calls: 3 },
      { at: now, calls: 1 },
    ]);
    await save(id, [{ at: now, calls: 4 }]);
    expect((await load(id)).sort((a, b) => a.at - b.at)).toEqual([
      { at: earlier, calls: 3 },
      { at: now, calls: 5 },
    ]);
    expect(await load(randomUUID())).toEqual([]);
  });

  it('of more than an hour ago no longer count, and are removed after two', async () => {
    const id = randomUUID();
    await save(id, [
      { at: minute(58), calls: 1 },
      { at: minute(62), calls: 10 },
      { at: minute(122), calls: 100 },
    ]);
    expect((await load(id)).map(({ calls }) => calls)).toEqual([1]);
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select calls from call_counts where connection_id = $1 order by calls', [id]),
    );
    expect(rows.map(({ calls }) => calls)).toEqual([1, 10]);
  });
});
