/** The way out against real rows: decided once, by one process, for what is owed and nothing else. */

import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld } from '../../test/support/psa.ts';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { retryDelivery } from '../receipts/decide.ts';
import { holdWaiting, releaseHeld, toDelivery } from '../receipts/index.ts';
import { findDelivery } from '../receipts/store.ts';
import { ensureLease } from './leases.ts';
import { decideFor, findWayOuts } from './wayOuts.ts';

let w: Workspace;
beforeAll(async () => {
  w = await openWorkspace();
});
afterAll(() => w.close());
beforeEach(async () => {
  for (const table of ['way_outs', 'attempts', 'writes']) await w.rows(`delete from ${table}`);
  await w.rows(`delete from deliveries`);
  await w.rows(`delete from alerts`);
  await w.rows(`update connections set connection_state = 'active', attention = null`);
});

/** So many critical alerts, whose PSA has been silent for so long. */
async function owe(minutes: number, members = {}): Promise<string> {
  const { id } = await w.take({ severity: 'critical', ...members });
  await w.rows(`update alerts set received_at = now() - interval '${minutes} minutes' where id = ${id}`);
  return id;
}

const decide = () => decideFor(w.db, w.workspaceId);
const decided = async () =>
  (await w.rows('select alert_id from way_outs order by alert_id')).map(({ alert_id }) => alert_id);
const deliveryOf = async (alertId: string) =>
  (await w.rows(`select id from deliveries where alert_id = ${alertId} order by id`))[0].id as string;

describe('what is decided', () => {
  it('is the critical alert that is owed for longer than the workspace has set, once', async () => {
    const old = await owe(11);
    await owe(9);
    await owe(60, { severity: 'high' });
    expect([await decide(), await decide()]).toEqual([1, 0]);
    expect(await decided()).toEqual([old]);
    await w.rows(`update workspaces set way_out_minutes = 5`);
    expect(await decide()).toBe(1);
    await w.rows(`update workspaces set way_out_minutes = 10`);
  });

  it.each(['delivered', 'skipped'])('is nothing for what is %s', async (state) => {
    await owe(30);
    await w.rows(`update deliveries set delivery_state = '${state}'`);
    expect(await decide()).toBe(0);
  });

  it('is said in words where the alert is shown, and later that the PSA has it', async () => {
    const deliveryId = await deliveryOf(await owe(11));
    await w.rows(`update deliveries set delivery_state = 'failed', problem = 'The queue is unknown.'`);
    await decide();
    const words = async () =>
      w.db.inWorkspace(w.workspaceId, async (tx) => {
        const row = await findDelivery(tx, w.workspaceId, deliveryId);
        return toDelivery(row!).wayOut?.words;
      });
    expect(await words()).toBe(
      'The PSA has not taken this critical alert for 10 minutes: nobody is told by e-mail, because there is no global recipient who may get it. The queue is unknown.',
    );
    await w.rows(`update deliveries set delivery_state = 'delivered'`);
    expect(await words()).toMatch(/^The PSA took this critical alert later than 10 minutes/);
  });

  it('says that its PSA does not answer when others have found that out', async () => {
    await owe(11);
    await w.rows(
      `insert into connection_budgets (workspace_id, connection_id, quota, window_ms, is_spread, waits_for, waits_until)
       select workspace_id, channel_id, 10000, 3600000, false, 'away', now() + interval '20 seconds' from deliveries`,
    );
    await decide();
    await w.rows('delete from connection_budgets');
    expect(await w.rows('select words from way_outs')).toEqual([{ words: 'Our PSA does not answer.' }]);
  });

  it('is also what is being sent at that moment: a PSA that is slow to fail would hide it', async () => {
    const alertId = await owe(11);
    await w.rows(`update deliveries set delivery_state = 'sending', write_id = 1`);
    await w.rows(
      `insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key, delivery_ids,
                           draft, trace)
       select workspace_id, 1, channel_id, 1, 1, 0, 'ticket', 'A-1', array[id], '{}', '[]' from deliveries`,
    );
    await w.rows(
      `insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
       select workspace_id, 1, 1, channel_id, 1, 'sending' from deliveries`,
    );
    expect([await decide(), await decided()]).toEqual([1, [alertId]]);
  });

  it('is nothing for a test ticket', async () => {
    await owe(30);
    await w.rows(`update deliveries set directed = '{"accountId":"0"}'`);
    expect(await decide()).toBe(0);
  });

  it('is nothing for a later state of an alert that the PSA has as critical', async () => {
    const alertId = await owe(30);
    await w.rows(`update deliveries set delivery_state = 'delivered'`);
    await w.rows(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                               settings_version, trace, update_purpose)
       select workspace_id, nextval('delivery_ids'), alert_id, 2, channel_id, 'pending', 4, 1, '[]', 'note'
         from deliveries where alert_id = ${alertId}`,
    );
    expect(await decide()).toBe(0);
    await w.rows(`update deliveries set severity = 2 where delivery_state = 'delivered'`);
    expect(await decide()).toBe(1);
  });
});

describe('a person who acts', () => {
  it('by a pause: nothing is decided, and the wait begins anew when it ends', async () => {
    await owe(30);
    const inTx = (change: typeof releaseHeld | typeof holdWaiting, reason: string) =>
      w.db.inWorkspace<unknown>(w.workspaceId, (tx) => change(tx, w.workspaceId, w.connectionId, reason));
    await inTx(holdWaiting, 'pause');
    await w.rows(`update connections set connection_state = 'paused'`);
    expect(await decide()).toBe(0);
    await w.rows(`update connections set connection_state = 'active'`);
    await inTx(releaseHeld, 'pause');
    expect(await decide()).toBe(0);
    await w.rows(`update deliveries set owed_since = now() - interval '10 minutes'`);
    expect(await decide()).toBe(1);
  });

  it('by new credentials: the refused login was an outage all the time', async () => {
    await owe(30);
    await w.rows(`update deliveries set delivery_state = 'held', reason = 'credentials'`);
    await w.db.inWorkspace(w.workspaceId, (tx) =>
      releaseHeld(tx, w.workspaceId, w.connectionId, 'credentials'),
    );
    expect(await decide()).toBe(1);
  });

  it('by a retry: the wait begins anew', async () => {
    const deliveryId = await deliveryOf(await owe(30));
    await w.rows(`update deliveries set delivery_state = 'failed'`);
    await w.db.inWorkspace(w.workspaceId, (tx) => retryDelivery(tx, w.workspaceId, deliveryId));
    expect(await decide()).toBe(0);
  });
});

describe('the sweep of many processes', () => {
  it('looks a workspace over once in half a minute, and counts each alert once', async () => {
    await w.db.unfenced((tx) => ensureLease(tx, w.workspaceId, w.connectionId));
    await owe(30);
    let counted = 0;
    const sweep = () =>
      findWayOuts({
        db: w.db,
        log: pino({ level: 'silent' }),
        onWayOut: (count) => {
          counted += count;
        },
      });
    await Promise.all([sweep(), sweep(), sweep()]);
    expect([counted, await decided()]).toEqual([1, [expect.any(String)]]);
    await owe(30);
    await sweep();
    expect(counted).toBe(1);
    await w.db.unfenced((tx) =>
      tx.query(`update way_out_checks set checked_at = now() - interval '31 seconds'`),
    );
    await sweep();
    expect(counted).toBe(2);
  });
});

it('when the PSA is back there is exactly one ticket, way out or not', async () => {
  const world = await openPsaWorld({ settleMs: 1_000 });
  await world.ticketFault({ kind: 'beforeCommit', status: 503, body: 'down' });
  await world.accept(ofAna({ severity: 'critical' }));
  await world.rows(`update alerts set received_at = now() - interval '11 minutes'`);
  expect(await decideFor(world.db, world.workspaceId)).toBe(1);
  await world.settled();
  expect(await decideFor(world.db, world.workspaceId)).toBe(0);
  expect((await world.tickets()).map(({ notes }) => notes.length)).toEqual([0]);
});
