import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { discardDelivery, retryDelivery } from './decide.ts';
import { deliveryStates, holdWaiting, releaseHeld, skipHeld } from './index.ts';

let fresh: FreshDatabase;
let db: Database;
const [workspaceId, otherWorkspaceId, ourChannelId] = [randomUUID(), randomUUID(), randomUUID()];

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 4 });
  await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Test', 'none')`, [workspaceId]);
    await tx.query(
      `insert into connections (workspace_id, id, name, kind) values ($1, $2, 'Our PSA', 'autotask')`,
      [workspaceId, ourChannelId],
    );
  });
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

interface Stored {
  state?: string;
  channelId?: string;
  reason?: string;
  groupId?: number;
}

/** A delivery in any state, as if tried twice without a contact. */
async function store({
  state = 'pending',
  channelId = ourChannelId,
  reason,
  groupId,
}: Stored): Promise<string> {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, reason, problem,
                               severity, settings_version, trace, tries, without, group_id, write_id, settled_at)
       values ($1, nextval('delivery_ids'), nextval('alert_ids'), 1, $2, $3, $4, 'It said no.', 3, 1, '[]', 2,
               '{contact}', $5, 7, '2026-11-20T00:00:00Z') returning id`,
      [workspaceId, channelId, state, reason ?? null, groupId ?? null],
    ),
  );
  return rows[0].id;
}

async function rowOf(id: string) {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query(
      `select delivery_state as state, reason, problem, tries, without, group_id, write_id,
              settled_at is not null as is_settled from deliveries where id = $1`,
      [id],
    ),
  );
  return rows[0];
}

const retry = (id: string, workspace = workspaceId) =>
  db.inWorkspace(workspace, (tx) => retryDelivery(tx, workspace, id));
const discard = (id: string, reason?: string, workspace = workspaceId) =>
  db.inWorkspace(workspace, (tx) => discardDelivery(tx, workspace, id, { name: 'Night shift', reason }));
const pending = {
  state: 'pending',
  reason: null,
  problem: null,
  tries: 0,
  without: [],
  group_id: null,
  // What was sent before stays on its record.
  write_id: '7',
  is_settled: false,
};

describe('retry', () => {
  it.each(['failed', 'skipped'])(
    '%s: waits again as if it had just come, and its channel is told',
    async (state) => {
      const id = await store({ state, reason: 'refused', groupId: 3 });
      expect(await retry(id)).toEqual({ channelId: ourChannelId, before: state, after: 'pending' });
      expect(await rowOf(id)).toEqual(pending);
    },
  );

  it('is refused where there is nowhere to send it any more', async () => {
    const id = await store({ state: 'failed', channelId: randomUUID() });
    await expect(retry(id)).rejects.toMatchObject({
      code: 'notRetryable',
      message: expect.stringContaining('was removed'),
    });
  });

  it.each(deliveryStates.filter((state) => state !== 'failed' && state !== 'skipped'))(
    '%s: is refused with the reason, and nothing changes',
    async (state) => {
      const id = await store({ state, groupId: 3 });
      const before = await rowOf(id);
      await expect(retry(id)).rejects.toMatchObject({
        status: 409,
        code: 'notRetryable',
        message: expect.stringMatching(/^It .+\.$|^Whether .+\.$/),
      });
      expect(await rowOf(id)).toEqual(before);
    },
  );

  it('twice at the same moment takes effect once; the other is told why not (promises B6)', async () => {
    const id = await store({ state: 'failed' });
    const told = await Promise.allSettled([retry(id), retry(id), retry(id)]);
    expect(told.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await rowOf(id)).toEqual(pending);
  });
});

describe('discard', () => {
  it.each(['pending', 'held', 'failed'])('%s: ends as skipped, with name and reason', async (state) => {
    const id = await store({ state, groupId: 3 });
    await discard(id, 'A drill, not an attack');
    expect(await rowOf(id)).toMatchObject({
      state: 'skipped',
      reason: 'discarded',
      problem: 'Discarded by Night shift: A drill, not an attack',
      is_settled: true,
    });
  });

  it('without a reason says so little', async () => {
    const id = await store({ state: 'failed' });
    await discard(id);
    expect(await rowOf(id)).toMatchObject({ problem: 'Discarded by Night shift.' });
  });

  it.each(['sending', 'uncertain', 'delivered', 'skipped'])(
    '%s: is refused, and nothing changes',
    async (state) => {
      const id = await store({ state });
      const before = await rowOf(id);
      await expect(discard(id, 'x')).rejects.toMatchObject({ status: 409, code: 'notDiscardable' });
      expect(await rowOf(id)).toEqual(before);
    },
  );

  it('and retry at the same moment: one after the other, never half of each', async () => {
    const id = await store({ state: 'failed' });
    await Promise.allSettled([discard(id), retry(id)]);
    const { state, reason, is_settled: isSettled } = await rowOf(id);
    expect([
      ['skipped', 'discarded'],
      ['pending', null],
    ]).toContainEqual([state, reason]);
    expect(isSettled).toBe(state === 'skipped');
  });
});

describe('a delivery that is not there', () => {
  it('or is of another workspace, is not found', async () => {
    const id = await store({ state: 'failed' });
    for (const [workspace, which] of [
      [workspaceId, '999999999'],
      [otherWorkspaceId, id],
    ] as const) {
      await expect(retry(which, workspace)).rejects.toMatchObject({ status: 404, code: 'notFound' });
      await expect(discard(which, 'x', workspace)).rejects.toMatchObject({ status: 404, code: 'notFound' });
    }
    expect((await rowOf(id)).state).toBe('failed');
  });
});

/** One delivery in each state on one channel; one that waits is in a group, one is not. */
async function oneOfEach(channelId: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const state of deliveryStates)
    ids.set(state, await store({ state, channelId, reason: 'credentials' }));
  ids.set('pending', await store({ channelId }));
  ids.set('grouped', await store({ channelId, groupId: 5 }));
  return ids;
}

const hold = (channelId: string, reason: string) =>
  db.inWorkspace(workspaceId, (tx) => holdWaiting(tx, workspaceId, channelId, reason));
const release = (channelId: string, reason: string) =>
  db.inWorkspace(workspaceId, (tx) => releaseHeld(tx, workspaceId, channelId, reason));
const skip = (channelId: string, reason: string) =>
  db.inWorkspace(workspaceId, (tx) => skipHeld(tx, workspaceId, channelId, reason));

describe('a pause (decision 5)', () => {
  it('holds what waits, in a group or not, and nothing else', async () => {
    const channelId = randomUUID();
    const ids = await oneOfEach(channelId);
    const bystander = await store({});
    const before = new Map(
      await Promise.all([...ids].map(async ([name, id]) => [name, await rowOf(id)] as const)),
    );
    await hold(channelId, 'pause');
    for (const [name, id] of ids) {
      const row = await rowOf(id);
      if (name === 'pending' || name === 'grouped') {
        expect(row).toMatchObject({ state: 'held', reason: 'pause', group_id: null });
      } else expect(row).toEqual(before.get(name));
    }
    expect((await rowOf(bystander)).state).toBe('pending');
  });

  it('leaves no group that looks as if something waited in it', async () => {
    const channelId = randomUUID();
    await db.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words,
                                    marker, waiting_lane, waiting_since)
         values ($1, nextval('group_ids'), $2, '0', '', 'x', '', $3, 2, 1)`,
        [workspaceId, channelId, randomUUID()],
      ),
    );
    await store({ channelId });
    await hold(channelId, 'pause');
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select waiting_lane, waiting_since from ticket_groups where connection_id = $1', [channelId]),
    );
    expect(rows).toEqual([{ waiting_lane: null, waiting_since: null }]);
  });

  it('resumed with "deliver": all of it waits again, in the old order', async () => {
    const channelId = randomUUID();
    const ids = [
      await store({ channelId }),
      await store({ channelId, groupId: 5 }),
      await store({ channelId }),
    ];
    await hold(channelId, 'pause');
    expect(await release(channelId, 'pause')).toBe(3);
    const { rows } = await db.inWorkspace(workspaceId, (tx) =>
      tx.query('select id from deliveries where channel_id = $1 and place = 1 order by id', [channelId]),
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('resumed with "leave": all of it is skipped for good, in words', async () => {
    const channelId = randomUUID();
    const id = await store({ channelId });
    await hold(channelId, 'pause');
    expect(await skip(channelId, 'pause')).toBe(1);
    expect(await rowOf(id)).toMatchObject({
      state: 'skipped',
      reason: 'pause',
      problem: expect.stringContaining('left unsent'),
      is_settled: true,
    });
    expect(await release(channelId, 'pause')).toBe(0);
  });

  it('and refused credentials are lifted apart', async () => {
    const channelId = randomUUID();
    const early = await store({ channelId });
    await hold(channelId, 'credentials');
    const late = await store({ channelId });
    await hold(channelId, 'pause');
    expect(await release(channelId, 'credentials')).toBe(1);
    expect([(await rowOf(early)).state, (await rowOf(late)).state]).toEqual(['pending', 'held']);
    expect(await skip(channelId, 'credentials')).toBe(0);
    expect(await release(channelId, 'pause')).toBe(1);
    expect((await rowOf(late)).state).toBe('pending');
  });

  it('of another connection touches nothing here', async () => {
    const channelId = randomUUID();
    const id = await store({ channelId, state: 'held', reason: 'pause' });
    for (const change of [release, skip, hold]) await change(randomUUID(), 'pause');
    expect(await rowOf(id)).toMatchObject({ state: 'held', reason: 'pause' });
  });
});
