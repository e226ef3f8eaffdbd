/** Retention against real rows: what is too old goes whole, what somebody may come back to stays. */
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anAlert, ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld } from '../../test/support/psa.ts';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { bodyHash, dedupKey } from '../alerts/index.ts';
import { checkAccounts } from '../cli/doctor/accounts.ts';
import type { Database, Tx } from '../db/database.ts';
import { accept } from '../pipeline.ts';
import { retryDelivery } from '../receipts/decide.ts';
import { ensureLease } from '../wake/leases.ts';
import { removeAlerts } from './alerts.ts';
import { createRetention } from './retention.ts';
import { takeTurn } from './turns.ts';

let w: Workspace;
const lines: Record<string, unknown>[] = [];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });

beforeAll(async () => {
  w = await openWorkspace();
  await w.db.unfenced((tx) =>
    tx.query('insert into workspace_index (workspace_id) values ($1)', [w.workspaceId]),
  );
  await w.rows('update workspaces set retention_days = 30');
});
afterAll(() => w.close());
beforeEach(async () => {
  for (const table of ['attempts', 'writes', 'ticket_groups', 'deliveries', 'alerts', 'surplus_records']) {
    await w.rows(`delete from ${table}`);
  }
  await unfenced('delete from retention_turns');
  lines.length = 0;
});

const unfenced = (text: string) => w.db.unfenced((tx) => tx.query(text));
const countOf = async (table: string) =>
  (await w.rows(`select count(*)::int as n from ${table}`))[0].n as number;
const alertIds = async () => (await w.rows('select id from alerts order by id')).map(({ id }) => id);

/** An alert whose delivery came to this so many days ago. */
async function taken(days: number, state = 'delivered', settled = days): Promise<string> {
  const { id } = await w.take();
  await w.rows(`update alerts set received_at = now() - interval '${days} days' where id = ${id}`);
  await w.rows(
    `update deliveries set delivery_state = '${state}',
            settled_at = case when '${state}' in ('delivered', 'skipped', 'failed') then now() - interval '${settled} days' end
      where alert_id = ${id}`,
  );
  return id;
}

/** A write that carried these alerts, in a group of its own, with one confirmed attempt. */
async function written(id: number, ...alerts: string[]): Promise<void> {
  const old = `now() - interval '50 days'`;
  await w.rows(
    `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words, marker)
     values ('${w.workspaceId}', ${id}, '${w.connectionId}', '0', 'o', '\\x0${id}', '', 'm${id}')`,
  );
  await w.rows(
    `insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                         delivery_ids, draft, trace, created_at)
     select '${w.workspaceId}', ${id}, '${w.connectionId}', ${id}, 1, 1, 'ticket', 'm${id}',
            array(select id from deliveries where alert_id in (${alerts.join(', ')})), '{}', '[]', ${old}`,
  );
  await w.rows(
    `insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state, started_at)
     values ('${w.workspaceId}', ${id}, 1, '${w.connectionId}', 1, 'confirmed', ${old})`,
  );
  await w.rows(
    `update deliveries set group_id = ${id}, write_id = ${id} where alert_id in (${alerts.join(', ')})`,
  );
}

let removed = 0;
const retention = (db: Database = w.db) =>
  createRetention({
    db,
    log,
    restMs: 0,
    onRemoved: (alerts) => {
      removed += alerts;
    },
  });
const run = () => retention().turn();

describe('what goes', () => {
  it('is an alert that was settled before the days of the workspace, with all that was only its own', async () => {
    const old = await taken(31);
    const young = await taken(29);
    await written(1, old);
    await written(2, young);
    await w.rows(
      `insert into surplus_records (workspace_id, connection_id, write_id, receipt_ref)
       values ('${w.workspaceId}', '${w.connectionId}', 1, 'r1')`,
    );
    await w.rows(
      `insert into alert_revisions (workspace_id, alert_id, revision, severity, received_at, body)
       values ('${w.workspaceId}', ${old}, 0, 1, now(), '{}')`,
    );
    removed = 0;
    await run();
    expect([await alertIds(), removed]).toEqual([[young], 1]);
    const tables = ['deliveries', 'writes', 'attempts', 'alert_revisions', 'surplus_records'];
    expect(await Promise.all(tables.map(countOf))).toEqual([1, 1, 1, 0, 0]);
    expect(lines).toMatchObject([{ msg: 'retention.removed', alerts: 1, deliveries: 1, writes: 1 }]);
  });

  it('is nothing of a ticket group of a connection in use: made anew it would give out a key that is taken', async () => {
    await written(1, await taken(31));
    await run();
    expect([await countOf('writes'), await countOf('ticket_groups')]).toEqual([0, 1]);
  });

  it.each(['skipped', 'failed'])('is one that was %s so long ago', async (state) => {
    await taken(31, state);
    await run();
    expect(await alertIds()).toEqual([]);
  });

  it('is one for which nothing was owed', async () => {
    await taken(31);
    await w.rows('delete from deliveries');
    await run();
    expect(await alertIds()).toEqual([]);
  });

  it('is a refused write whose deliveries went out in another one', async () => {
    const old = await taken(31);
    await written(1, old);
    await written(2, old);
    await run();
    expect([await alertIds(), await countOf('writes'), await countOf('attempts')]).toEqual([[], 0, 0]);
  });

  it('leaves every alert that stays accounted for', async () => {
    for (const days of [31, 29, 40, 1]) await taken(days);
    await taken(50, 'held');
    await run();
    expect(await countOf('alerts')).toBe(3);
    const states = (await checkAccounts(w.db, w.workspaceId)).map(({ state }) => state);
    expect(states).toEqual(['ok', 'ok']);
  });
});

describe('what stays', () => {
  it.each(['pending', 'sending', 'uncertain', 'held'])('is what is %s, however old', async (state) => {
    const id = await taken(500, state);
    await run();
    expect(await alertIds()).toEqual([id]);
    expect(lines).toEqual([]);
  });

  it.each(['delivered', 'failed'])('is what was %s within the days, however old its alert', async (state) => {
    const id = await taken(500, state, 29);
    await run();
    expect(await alertIds()).toEqual([id]);
  });

  it('is what was changed within the days', async () => {
    const id = await taken(29, 'delivered', 500);
    await w.rows('update alerts set revision = 2');
    const behind = await taken(31);
    await run();
    expect(await alertIds()).toEqual([id]);
    expect(await alertIds()).not.toContain(behind);
  });

  it.each([
    ['under way', `attempt_state = 'sending'`],
    ['uncertain', `attempt_state = 'uncertain'`],
    ['looked up again later', 'recheck_at = now()'],
  ])('is all of a ticket on which a write is %s', async (_, set) => {
    const id = await taken(31);
    await written(1, id);
    await w.rows(`update attempts set ${set}`);
    await run();
    expect([await alertIds(), await countOf('writes'), await countOf('attempts')]).toEqual([[id], 1, 1]);
  });

  it('is a digest that another alert is in as well', async () => {
    const [old, young] = [await taken(31), await taken(29)];
    await written(1, old, young);
    await run();
    expect([await alertIds(), await countOf('writes')]).toEqual([[young], 1]);
  });

  it.each([
    ['held', 'true'],
    ['changed lately', 'received_at = now(), revision = 2'],
  ])(
    'does not keep what is behind it from going: more of what is %s than one piece takes',
    async (_, set) => {
      const kept = await taken(500, 'held');
      await w.rows(
        `with copied as (
         insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, received_at,
                             body, trace)
         select workspace_id, nextval('alert_ids'), n::text::bytea, body_hash, source, n::text, severity, title,
                received_at, body, trace
           from alerts, generate_series(1, 2500) n where id = ${kept}
         returning id)
       insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                               settings_version, trace)
       select d.workspace_id, nextval('delivery_ids'), c.id, 1, d.channel_id, 'held', 1, 1, '[]'
         from copied c, deliveries d where d.alert_id = ${kept}`,
      );
      if (set !== 'true') await w.rows(`update alerts set ${set}`);
      const behind = await taken(31);
      await run();
      expect(await countOf('alerts')).toBe(2_501);
      expect(await alertIds()).not.toContain(behind);
    },
  );
});

describe('beside others', () => {
  /** Runs while a transaction holds what `hold` has locked. */
  async function whileHeld(hold: (tx: Tx) => Promise<unknown>): Promise<void> {
    await w.db.inWorkspace(w.workspaceId, async (tx) => {
      await hold(tx);
      await run();
    });
  }

  it('waits for nobody: what is held at this moment is passed over', async () => {
    const [held, free] = [await taken(31), await taken(31)];
    await whileHeld((tx) => tx.query(`select from alerts where id = ${held} for update`));
    expect(await alertIds()).toEqual([held]);
    expect(await alertIds()).not.toContain(free);
  });

  it('a delivery that a person retries at this moment keeps its alert, and nothing waits for that person', async () => {
    const id = await taken(31, 'failed');
    const [delivery] = await w.rows('select id from deliveries');
    await taken(31);
    await whileHeld((tx) => retryDelivery(tx, w.workspaceId, delivery.id));
    expect([
      await alertIds(),
      (await w.rows('select delivery_state from deliveries'))[0].delivery_state,
    ]).toEqual([[id], 'pending']);
  });

  const entryOf = (externalId: string) => {
    const alert = anAlert({ externalId });
    return { alert, dedupKey: dedupKey(alert), bodyHash: bodyHash(alert), raw: null };
  };
  async function oldOne(externalId: string): Promise<string> {
    const [first] = await accept(w.db, w.settings, w.workspaceId, [entryOf(externalId)]);
    await w.rows(`update alerts set received_at = now() - interval '31 days'`);
    await w.rows(
      `update deliveries set delivery_state = 'delivered', settled_at = now() - interval '31 days'`,
    );
    return first!.id;
  }

  it('what is sent again while it goes is a new alert', async () => {
    const first = await oldOne('again-1');
    let again: ReturnType<typeof accept> | undefined;
    await w.db.inWorkspace(w.workspaceId, async (tx) => {
      await removeAlerts(tx, w.workspaceId, '0');
      again = accept(w.db, w.settings, w.workspaceId, [entryOf('again-1')]);
      await expect.poll(() => w.waiters()).toBe(1);
    });
    const [second] = (await again)!;
    expect([second!.status, second!.id !== first, await alertIds()]).toEqual([
      'accepted',
      true,
      [second!.id],
    ]);
  });

  it('what goes between being found and being compared is a new alert too', async () => {
    await oldOne('again-2');
    let isGone = false;
    /** Removes it just before the acceptance locks it. */
    const between = (tx: Tx): Tx => ({
      async query(text, values) {
        if (!isGone && /order by dedup_key for update/.test(text)) {
          isGone = true;
          await run();
        }
        return tx.query(text, values);
      },
    });
    const db: Database = {
      ...w.db,
      inWorkspace: (id, work) => w.db.inWorkspace(id, (tx) => work(between(tx))),
    };
    const [again] = await accept(db, w.settings, w.workspaceId, [entryOf('again-2')]);
    expect([isGone, again!.status, await alertIds()]).toEqual([true, 'accepted', [again!.id]]);
  });

  it('one process goes over a workspace, once an hour', async () => {
    await taken(31);
    removed = 0;
    await Promise.all([run(), run(), run()]);
    expect(removed).toBe(1);
    await unfenced(`update retention_turns set taken_at = now() - interval '61 minutes'`);
    const turns = await Promise.all(Array.from({ length: 5 }, () => w.db.unfenced(takeTurn)));
    expect(turns.filter((turn) => turn !== undefined)).toEqual([w.workspaceId]);
    await taken(31);
    await run();
    expect(removed).toBe(1);
    await unfenced(`update retention_turns set taken_at = now() - interval '61 minutes'`);
    await run();
    expect(removed).toBe(2);
  });

  it('ends when it is told to, after the piece under way', async () => {
    await taken(31);
    const one = retention();
    const turn = one.turn();
    await one.close();
    await turn;
    await one.turn();
    expect(await countOf('retention_turns')).toBeLessThanOrEqual(1);
  });
});

it('an alert that comes again goes to the ticket of its group, as if it had never been there', async () => {
  const world = await openPsaWorld({ settleMs: 1_000 });
  await world.db.unfenced((tx) =>
    tx.query('insert into workspace_index (workspace_id) values ($1)', [world.workspaceId]),
  );
  const alert = ofAna({ externalId: 'again-3' });
  const first = await world.accept(alert);
  await world.settled();
  await world.rows(`update alerts set received_at = now() - interval '401 days'`);
  await world.rows(`update deliveries set settled_at = now() - interval '401 days'`);
  await retention(world.db).turn();
  expect(await world.rows('select id from writes')).toEqual([]);
  const again = await world.accept(alert);
  await world.settled();
  expect([again.status, again.id !== first.id, await world.states()]).toEqual([
    'accepted',
    true,
    ['delivered'],
  ]);
  expect((await world.tickets()).map(({ notes }) => notes.length)).toEqual([1]);
});

describe('leftovers', () => {
  it('answers to an Idempotency-Key go after a day', async () => {
    await w.rows(
      `insert into idempotency_keys (workspace_id, key_hash, request_hash, created_at)
       select '${w.workspaceId}', n::text::bytea, '\\x00', now() - n * interval '8 hours' from generate_series(1, 5) n`,
    );
    await run();
    expect(await countOf('idempotency_keys')).toBe(2);
    await w.rows('delete from idempotency_keys');
  });

  it('leases, counts and empty groups of a removed connection go; those of others stay', async () => {
    const gone = '0190a5c0-0000-7000-8000-00000000abcd';
    for (const id of [w.connectionId, gone]) {
      await w.db.unfenced((tx) => ensureLease(tx, w.workspaceId, id));
      await w.rows(`insert into call_counts values ('${w.workspaceId}', '${id}', now(), 1)`);
    }
    await written(1, await taken(31));
    await written(2, await taken(29));
    await written(3, await taken(31));
    await w.rows(`update ticket_groups set connection_id = '${gone}' where id in (1, 2)`);
    await run();
    expect(await w.rows('select channel_id from leases')).toEqual([{ channel_id: w.connectionId }]);
    expect(await w.rows('select connection_id from call_counts')).toEqual([
      { connection_id: w.connectionId },
    ]);
    expect(await w.rows('select id from ticket_groups order by id')).toEqual([{ id: '2' }, { id: '3' }]);
  });
});
