import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../test/freshDatabase.ts';
import { anAlert, ticketsStep } from '../../test/support/world.ts';
import { bodyHash, dedupKey } from '../alerts/index.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { accept } from '../pipeline.ts';
import { createAutotask } from '../psa/autotask/index.ts';
import { changeSettings, createSettingsCache, type SettingsCache } from './index.ts';

let fresh: FreshDatabase;
let db: Database;
let workspaceId: string;
const adapters = new Map([['autotask', createAutotask({ zoneUrl: 'http://127.0.0.1:9/zone' })]]);
const openCache = () => createSettingsCache(db, adapters);

beforeEach(async () => {
  fresh = await freshDatabase();
  db = openDatabase({ url: fresh.url, poolSize: 10 });
  workspaceId = randomUUID();
  const steps = { accounts: { catchAllAccountId: '0', attachContacts: false }, tickets: ticketsStep };
  await db.inWorkspace(workspaceId, async (tx) => {
    await tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Test', 'none')`, [workspaceId]);
    await tx.query(
      `insert into connections (workspace_id, id, name, kind, connection_state, is_default, steps)
       values ($1, $2, 'Our PSA', 'autotask', 'active', true, $3)`,
      [workspaceId, randomUUID(), steps],
    );
    await tx.query(
      `insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
       values ($1, $2, 'Northwind', true, true, true)`,
      [workspaceId, randomUUID()],
    );
    await tx.query(
      `insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
       select workspace_id, id, 0, 'id', 'org-17' from organizations`,
    );
  });
});
afterEach(async () => {
  await db.close();
  await fresh.drop();
});

const rows = async (text: string) => (await db.inWorkspace(workspaceId, (tx) => tx.query(text))).rows;
const inStep = (cache: SettingsCache) => db.inWorkspace(workspaceId, (tx) => cache.inStep(tx, workspaceId));
const switchTo = (on: boolean, database = db) =>
  changeSettings(database, workspaceId, async (tx) => {
    await tx.query('update organizations set delivery_tickets = $1', [on]);
    const { rows: found } = await tx.query('select settings_version from workspaces');
    return found[0].settings_version as string;
  });
function send(cache: SettingsCache) {
  const alert = anAlert();
  const entry = { alert, dedupKey: dedupKey(alert), bodyHash: bodyHash(alert), raw: null };
  return accept(db, cache, workspaceId, [entry]);
}

describe('the snapshot of the settings', () => {
  it('is loaded once per version', async () => {
    const cache = openCache();
    const first = await inStep(cache);
    expect(await inStep(cache)).toBe(first);
    expect(await cache.get(workspaceId)).toBe(first);
    expect(first.version).toBe(1);
  });

  it('is that of exactly the version that the transaction sees, whoever changed it', async () => {
    const cache = openCache();
    await inStep(cache);
    const elsewhere = openDatabase({ url: fresh.url, poolSize: 1 });
    await switchTo(false, elsewhere);
    await elsewhere.close();
    const settings = await inStep(cache);
    expect(settings.version).toBe(2);
    expect([...settings.organizations.values()][0]?.delivery.tickets).toBe(false);
  });

  it('of a change that failed is the old one', async () => {
    const cache = openCache();
    const before = await inStep(cache);
    const change = changeSettings(db, workspaceId, async (tx) => {
      await tx.query('update organizations set delivery_tickets = false');
      throw new Error('no');
    });
    await expect(change).rejects.toThrow('no');
    expect(await inStep(cache)).toBe(before);
  });

  it('of a workspace that does not exist is an error', async () => {
    const nobody = randomUUID();
    await expect(openCache().get(nobody)).rejects.toThrow('does not exist');
    await expect(db.inWorkspace(nobody, (tx) => openCache().inStep(tx, nobody))).rejects.toThrow(
      'does not exist',
    );
  });

  it('is of one workspace only, also in one cache', async () => {
    const cache = openCache();
    const other = randomUUID();
    await db.inWorkspace(other, (tx) =>
      tx.query(`insert into workspaces (id, name, data_key) values ($1, 'Other', 'none')`, [other]),
    );
    const ours = await inStep(cache);
    const theirs = await db.inWorkspace(other, (tx) => cache.inStep(tx, other));
    expect([ours.workspaceId, theirs.workspaceId]).toEqual([workspaceId, other]);
    expect([ours.organizations.size, theirs.organizations.size, theirs.connections.size]).toEqual([1, 0, 0]);
  });
});

describe('a change', () => {
  it('waits for a decision that is being made, and the decision is by the old settings', async () => {
    const cache = openCache();
    const order: string[] = [];
    let change: Promise<unknown> | undefined;
    await db.inWorkspace(workspaceId, async (tx) => {
      const settings = await cache.inStep(tx, workspaceId);
      change = switchTo(false).then(() => order.push('changed'));
      // Time enough for the change, if nothing held it.
      await tx.query('select pg_sleep(0.1)');
      expect([...settings.organizations.values()][0]?.delivery.tickets).toBe(true);
      order.push('decided');
    });
    await change;
    expect(order).toEqual(['decided', 'changed']);
  });

  it('lets other decisions be made beside each other', async () => {
    const [one, other] = [openCache(), openCache()];
    await db.inWorkspace(workspaceId, async (tx) => {
      await one.inStep(tx, workspaceId);
      await inStep(other);
    });
  });

  it('that is under way is waited for by decisions, which are by the new settings', async () => {
    const cache = openCache();
    await inStep(cache);
    let decision: ReturnType<typeof inStep> | undefined;
    await changeSettings(db, workspaceId, async (tx) => {
      await tx.query('update organizations set delivery_tickets = false');
      decision = inStep(cache);
      await tx.query('select pg_sleep(0.1)');
    });
    const settings = await decision;
    expect(settings?.version).toBe(2);
    expect([...(settings?.organizations.values() ?? [])][0]?.delivery.tickets).toBe(false);
  });

  it('each raises the version by one, many at once too', async () => {
    const versions = await Promise.all(Array.from({ length: 8 }, (_, n) => switchTo(n % 2 === 0)));
    expect(versions.map(Number).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('a switch that is thrown while alerts come in', () => {
  it('counts for every acceptance after it, in every process', async () => {
    const caches = [openCache(), openCache()];
    for (const cache of caches) await send(cache);
    await switchTo(false);
    const answers = await Promise.all(
      caches.flatMap((cache) => Array.from({ length: 5 }, () => send(cache))),
    );
    expect(answers.flat().flatMap(({ channels }) => channels)).toEqual([]);
    const states = await rows(
      'select delivery_state, count(*)::int as n from deliveries group by 1 order by 1',
    );
    expect(states).toEqual([
      { delivery_state: 'pending', n: 2 },
      { delivery_state: 'skipped', n: 10 },
    ]);
  });

  it('on and off again and again: each delivery is as the version says that decided it', async () => {
    const caches = [openCache(), openCache(), openCache()];
    const isOn = new Map<string, boolean>([['1', true]]);
    let isOver = false;
    const senders = caches.map(async (cache) => {
      while (!isOver) await send(cache);
    });
    for (let n = 0; n < 30; n++) {
      const on = n % 2 === 1;
      isOn.set(await switchTo(on), on);
      await send(openCache());
    }
    isOver = true;
    await Promise.all(senders);
    const decided = await rows('select settings_version, delivery_state from deliveries');
    expect(decided.length).toBeGreaterThan(30);
    const wrong = decided.filter(
      (row) => (row.delivery_state === 'pending') !== isOn.get(row.settings_version),
    );
    expect(wrong).toEqual([]);
  });

  it('is not kept waiting by alerts that never stop coming', async () => {
    const caches = Array.from({ length: 4 }, openCache);
    let isOver = false;
    let sent = 0;
    const senders = caches.map(async (cache) => {
      while (!isOver) {
        await send(cache);
        sent += 1;
      }
    });
    const versions: string[] = [];
    for (let n = 0; n < 20; n++) versions.push(await switchTo(n % 2 === 0));
    isOver = true;
    await Promise.all(senders);
    expect(versions).toHaveLength(20);
    expect(sent).toBeGreaterThan(0);
  });
});
