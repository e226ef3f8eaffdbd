/** A change of a connection with a long backlog: alerts are accepted meanwhile, and what was begun is ended by whoever finds it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { unreachableAutotask } from '../../test/support/workspace.ts';
import { bySystem } from '../audit/index.ts';
import { sortBacklog } from './backlog.ts';
import { createEffects } from './effects.ts';
import { path, startConnectionApi } from './fixtures/connectionApi.ts';
import { pause, resume } from './lifecycle.ts';
import type { ConnectionParts } from './parts.ts';

const many = 20_000;
const slowMs = 1_500;
const check = async () => undefined;

/** So many deliveries of alerts that no round can read, so that they stay where a change puts them. */
const store = (w: PsaWorld, state: string) =>
  w.rows(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, reason, severity,
                             settings_version, trace)
     select $1, nextval('delivery_ids'), nextval('alert_ids'), 1, $2, $3, case when $3 = 'held' then 'pause' end, 3, 1, '[]'
       from generate_series(1, $4::int) returning 1`,
    [w.workspaceId, w.connectionId, state, many],
  );

const partsOf = (w: PsaWorld) =>
  ({
    db: w.db,
    adapters: new Map([['autotask', unreachableAutotask]]),
    effects: createEffects(w.db, (workspaceId, id) => {
      w.worker.changed(workspaceId, id).catch(() => undefined);
    }),
  }) as unknown as ConnectionParts;
/** Some of the rows cannot be changed for a while: stands for pieces that take long. */
async function slowDown(w: PsaWorld): Promise<void> {
  await new Promise<void>((locked, failed) => {
    w.db
      .inWorkspace(w.workspaceId, async (tx) => {
        await tx.query('select from deliveries where id % 2000 = 0 for update');
        locked();
        await sleep(slowMs);
      })
      .catch(failed);
  });
}

const whereOf = ({ workspaceId, connectionId }: PsaWorld) => ({
  workspaceId,
  connectionId,
  by: bySystem('test'),
});

const standings = (w: PsaWorld) =>
  w.rows(
    `select d.delivery_state as state, d.reason, count(*)::int as n
       from deliveries d left join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
      where a.id is null group by 1, 2`,
  );

/** Takes alerts one after the other while `work` runs; answers the longest that one of them took, in milliseconds. */
async function acceptDuring(w: PsaWorld, work: Promise<void>): Promise<number> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  let longestMs = 0;
  for (let n = 0; !isOver; n++) {
    const from = performance.now();
    await w.accept(ofAna({ externalId: `evt-${n}` }));
    longestMs = Math.max(longestMs, performance.now() - from);
  }
  await over;
  return longestMs;
}

describe(`with ${many} deliveries`, () => {
  it('a resume keeps no acceptance waiting, and puts each in line once', async () => {
    const w = await openPsaWorld();
    await pause(partsOf(w), whereOf(w), undefined, check);
    await store(w, 'held');
    await slowDown(w);
    const longestMs = await acceptDuring(w, resume(partsOf(w), whereOf(w), 'deliver', check));
    expect(longestMs).toBeLessThan(1_000);
    expect(await standings(w)).toEqual([{ state: 'pending', reason: null, n: many }]);
  });

  it('so does a pause', async () => {
    const w = await openPsaWorld();
    await store(w, 'pending');
    await slowDown(w);
    const longestMs = await acceptDuring(w, pause(partsOf(w), whereOf(w), undefined, check));
    expect(longestMs).toBeLessThan(1_000);
    expect(await standings(w)).toEqual([{ state: 'held', reason: 'pause', n: many }]);
  });
});

/** As a process leaves it that ends right after the change. */
const breakOff = (w: PsaWorld, change: string) =>
  w.rows(
    `with raised as (update workspaces set settings_version = settings_version + 1)
     update connections set ${change} returning id`,
  );

const told = async (w: PsaWorld) =>
  (await w.tickets()).map(({ description, notes }) =>
    [description, ...notes.map((note) => note.description)].flatMap(
      (text) => text.match(/evt-\w+/g)?.toReversed() ?? [],
    ),
  );

describe('a process that ends in between', () => {
  it('leaves nothing that comes now before what was held', async () => {
    const w = await openPsaWorld();
    await pause(partsOf(w), whereOf(w), undefined, check);
    await w.accept(ofAna({ externalId: 'evt-1' }));
    await breakOff(w, `connection_state = 'active', backlog = 'deliver'`);
    await w.accept(ofAna({ externalId: 'evt-2' }));
    await sleep(500);
    expect([await w.states(), await told(w)]).toEqual([['held', 'pending'], []]);
    await partsOf(w).effects.onChanged(w.workspaceId, w.connectionId);
    await w.settled();
    expect(await told(w)).toEqual([['evt-1', 'evt-2']]);
  });

  it('is followed by whoever opens the connection, as the person had chosen', async () => {
    const api = await startConnectionApi();
    try {
      const id = await api.activate();
      await api.call('POST', path(id, '/pause'));
      const rows = async (text: string) =>
        (await api.db.inWorkspace(api.workspaceId, (tx) => tx.query(text, [api.workspaceId, id]))).rows;
      await rows(
        `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, reason, severity,
                                 settings_version, trace)
         values ($1, nextval('delivery_ids'), nextval('alert_ids'), 1, $2, 'held', 'pause', 3, 1, '[]') returning id`,
      );
      await rows(
        `update connections set connection_state = 'active', backlog = 'leave' where workspace_id = $1 and id = $2`,
      );
      await api.connections.open(api.workspaceId, id);
      await expect
        .poll(() =>
          rows(
            `select d.delivery_state, d.reason, c.backlog from deliveries d
               join connections c on c.workspace_id = $1 and c.id = $2 where d.channel_id = $2`,
          ),
        )
        .toEqual([{ delivery_state: 'skipped', reason: 'pause', backlog: null }]);
    } finally {
      await api.close();
    }
  });

  it('and a pause in between holds again what was in line, to be asked about', async () => {
    const w = await openPsaWorld();
    await pause(partsOf(w), whereOf(w), undefined, check);
    await w.accept(ofAna({ externalId: 'evt-1' }));
    await breakOff(w, `connection_state = 'active', backlog = 'leave'`);
    await pause(partsOf(w), whereOf(w), undefined, check);
    expect(await sortBacklog(w.db, w.workspaceId, w.connectionId)).toBe(false);
    expect(await w.states()).toEqual(['held']);
    await expect(resume(partsOf(w), whereOf(w), undefined, check)).rejects.toMatchObject({
      code: 'heldDeliveries',
    });
  });
});
