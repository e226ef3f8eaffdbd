import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { type Database, openDatabase, type Tx } from '../db/database.ts';
import { likePattern } from '../http/index.ts';
import { loadSent, toDelivery } from './index.ts';
import { findDelivery, listDeliveries, putBack } from './store.ts';

let fresh: FreshDatabase;
let db: Database;
const workspaceId = randomUUID();
const connectionId = randomUUID();
const inside = <T>(work: (tx: Tx) => Promise<T>) => db.inWorkspace(workspaceId, work);
const run = async (text: string, values: unknown[]) => (await inside((tx) => tx.query(text, values))).rows[0];

beforeAll(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 4 });
});
afterAll(async () => {
  await db.close();
  await fresh.drop();
});

let counter = 0;

/** An alert with one delivery; answers the delivery's id. */
async function store(
  members: { title?: string; problem?: string; groupId?: number | null } = {},
): Promise<string> {
  counter += 1;
  const { id } = await run(
    `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
     values ($1, nextval('alert_ids'), decode(md5($2), 'hex'), '', 'edr', $2, 3, $3, '{}', '[]') returning id`,
    [workspaceId, `evt-${counter}x`, members.title ?? 'Odd sign-in'],
  );
  const row = await run(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, reason, problem,
                             severity, settings_version, trace, group_id)
     values ($1, nextval('delivery_ids'), $2, 1, $3, 'failed', 'refused', $4, 3, 1, '[]', $5) returning id`,
    [workspaceId, id, connectionId, members.problem ?? null, members.groupId ?? null],
  );
  return row.id;
}

/** A write with one attempt for each evidence; the newest write of its deliveries. */
async function write(
  groupId: number,
  kind: string,
  deliveryIds: string[],
  ...evidence: string[]
): Promise<string> {
  counter += 1;
  const { id } = await run(
    `insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                         delivery_ids, draft, trace)
     values ($1, nextval('write_ids'), $2, $3, 1, $4, $5, 'A-1', $6, '{}', '[]') returning id`,
    [workspaceId, connectionId, groupId, counter, kind, deliveryIds],
  );
  for (const [i, words] of evidence.entries()) {
    await run(
      `insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state, evidence)
       values ($1, $2, $3, $4, 1, 'refused', $5)`,
      [workspaceId, id, i + 1, connectionId, words],
    );
  }
  await run('update deliveries set write_id = $2 where workspace_id = $1 and id = any($3)', [
    workspaceId,
    id,
    deliveryIds,
  ]);
  return id;
}

async function attemptsOf(id: string) {
  const answer = await inside(async (tx) => {
    const row = await findDelivery(tx, workspaceId, id);
    return toDelivery(row!, await loadSent(tx, workspaceId, [row!]));
  });
  return answer.attempts?.map(({ n, kind, evidence }) => `${n} ${kind} ${evidence}`);
}

describe('the attempts of a delivery', () => {
  it('are those of all its writes, in order, with their kind', async () => {
    const [id, other] = [await store({ groupId: 1 }), await store({ groupId: 1 })];
    await write(1, 'ticket', [id], 'no queue', 'no queue again');
    await write(1, 'note', [other], 'not of this one');
    await write(1, 'note', [id], 'ticket is gone');
    await write(1, 'digest', [id, other], 'too many');
    expect(await attemptsOf(id)).toEqual([
      '1 ticket no queue',
      '2 ticket no queue again',
      '3 note ticket is gone',
      '4 digest too many',
    ]);
    expect(await attemptsOf(other)).toEqual(['1 note not of this one', '2 digest too many']);
  });

  it('stay when it is put back, and when it is sent in another group then', async () => {
    const id = await store({ groupId: 2 });
    await write(2, 'ticket', [id], 'first');
    await inside((tx) => putBack(tx, workspaceId, id));
    expect(await attemptsOf(id)).toEqual(['1 ticket first']);
    await run('update deliveries set group_id = 3 where workspace_id = $1 and id = $2', [workspaceId, id]);
    await write(3, 'ticket', [id], 'second');
    expect(await attemptsOf(id)).toEqual(['1 ticket first', '2 ticket second']);
  });

  it('are shown when it waits again, before anything new is sent', async () => {
    const id = await store({ groupId: 3 });
    await write(3, 'ticket', [id], 'first');
    await run('update deliveries set write_id = null where workspace_id = $1 and id = $2', [workspaceId, id]);
    expect(await attemptsOf(id)).toEqual(['1 ticket first']);
  });

  it('are none when nothing was sent', async () => {
    expect(await attemptsOf(await store({ groupId: 4 }))).toEqual([]);
    expect(await attemptsOf(await store())).toEqual([]);
  });

  it('a second ticket made by an earlier write is shown too', async () => {
    const id = await store({ groupId: 5 });
    const first = await write(5, 'ticket', [id], 'unclear');
    await write(5, 'note', [id], 'later');
    await run(
      `insert into surplus_records (workspace_id, connection_id, write_id, receipt_ref) values ($1, $2, $3, '77')`,
      [workspaceId, connectionId, first],
    );
    const surplus = await inside(async (tx) => {
      const row = await findDelivery(tx, workspaceId, id);
      return toDelivery(row!, await loadSent(tx, workspaceId, [row!])).surplus;
    });
    expect(surplus).toEqual([{ id: '77', link: null }]);
  });
});

describe('the search of the delivery log', () => {
  const search = (q: string) =>
    inside(async (tx) => {
      const rows = await listDeliveries(tx, workspaceId, { pattern: likePattern(q), limit: 50 });
      return rows.map(({ id }) => id);
    });

  it('looks in the problem, the title and the external id, without letter case', async () => {
    const [byProblem, byTitle] = [
      await store({ problem: 'The Queue 50%_full was refused.' }),
      await store({ title: 'Ransomware on NW-17' }),
    ];
    const externalId = `evt-${counter}x`;
    expect(await search('queue 50%_')).toEqual([byProblem]);
    expect(await search('RANSOMWARE')).toEqual([byTitle]);
    expect(await search(externalId)).toEqual([byTitle]);
    expect(await search('nothing like it')).toEqual([]);
  });
});
