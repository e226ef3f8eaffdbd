import pg from 'pg';
import { expect, it } from 'vitest';
import { retryDelivery } from '../../src/receipts/decide.ts';
import { toDelivery } from '../../src/receipts/index.ts';
import { findDelivery } from '../../src/receipts/store.ts';
import { alertId } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { anAlert } from '../support/alerts.ts';
import { judgeListing } from '../support/listing.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

const goodOnes = 1_000;
const perTicket = 5;
const mostStallMs = 5_000;

it(
  'A8: an alert of which no text can be made stops no other',
  async () => {
    const w = await openPsaWorld({ settleMs: 2_000 });
    await poisonOnArrival(w);
    const other: string[] = [];
    const wanted: string[] = [];
    let most = 0;
    for (let n = 0; n < countOf('A8'); n += 1) {
      const first = n * 2_000;
      const [early, late] = [alertId('A8', first + goodOnes), alertId('A8', first + goodOnes + 1)];
      const good = Array.from({ length: goodOnes }, (_, i) => alertId('A8', first + i));
      // In the middle of its ticket's alerts, and of them all.
      await Promise.all(good.slice(0, goodOnes / 2 + 2).map((id, i) => take(w, id, n, i)));
      await take(w, early, n, goodOnes / 2, 'title');
      await take(w, late, n, goodOnes / 2, 'source');
      await Promise.all(good.slice(goodOnes / 2 + 2).map((id, i) => take(w, id, n, goodOnes / 2 + 2 + i)));
      await w.settled(60_000);
      wanted.push(...good);
      const stall = await longestStallMs(w);
      most = Math.max(most, stall);
      if (stall > mostStallMs) other.push(`nothing was delivered for ${Math.round(stall)} ms`);
      for (const poison of [early, late]) other.push(...(await judgePoison(w, poison)));
      wanted.push(early, late);
    }
    const verdict = await judgeListing(w, wanted);
    conclude(
      'A8',
      { ...verdict, other },
      { most: { 'longest time without a delivery, ms': Math.round(most) } },
    );
  },
  mostTestMs,
);

/** `poison`: of which member no text can be made; grouping reads the title, and only the ticket names the source. */
const take = (w: PsaWorld, externalId: string, run: number, i: number, poison?: 'title' | 'source') =>
  w.accept(
    anAlert({
      externalId,
      title: `Run ${run}, ticket ${Math.floor(i / perTicket)}`,
      user: { email: 'ana@northwind.example' },
      description: poison ? `poison ${poison}` : 'Harmless',
    }),
  );

/** What is stored of the poison has a number where a text belongs; a person can mend it. */
async function poisonOnArrival({ database }: PsaWorld): Promise<void> {
  await asOwner(
    database.url,
    `create function poison() returns trigger language plpgsql as $$
     begin
       if new.body ->> 'description' like 'poison %' then
         new.body := jsonb_set(new.body::jsonb, array[split_part(new.body ->> 'description', ' ', 2)], '17');
       end if;
       return new;
     end $$;
     create trigger poison before insert on alerts for each row execute function poison()`,
  );
}

async function asOwner(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** The longest time between two deliveries while good ones waited. */
async function longestStallMs(w: PsaWorld): Promise<number> {
  const [row] = await w.rows(
    `select max(ms) as ms from (
       select extract(epoch from settled_at - lag(settled_at) over (order by settled_at))::float8 * 1000 as ms
         from deliveries where delivery_state = 'delivered'
          and alert_id > (select coalesce(max(alert_id), 0) - $1 from deliveries)) d`,
    [goodOnes],
  );
  return row.ms;
}

/** It waits for a person, visibly; mended and retried, it is delivered. */
async function judgePoison(w: PsaWorld, externalId: string): Promise<string[]> {
  const [row] = await w.rows(
    `select d.id, d.delivery_state, d.reason, d.alert_id from deliveries d join alerts a on a.id = d.alert_id
      where a.external_id = $1`,
    [externalId],
  );
  const shown = await w.db.inWorkspace(w.workspaceId, (tx) => findDelivery(tx, w.workspaceId, row.id));
  const words = toDelivery(shown!).words;
  expect(words).toMatch(/^Needs a person: No text could be made of this alert/);
  await w.rows(
    `update alerts set body = body::jsonb || '{"title": "Mended", "source": "edr"}' where id = $1`,
    [row.alert_id],
  );
  const { channelId: channel } = await w.db.inWorkspace(w.workspaceId, (tx) =>
    retryDelivery(tx, w.workspaceId, row.id),
  );
  w.worker.wake(w.workspaceId, [channel]);
  await w.settled();
  const isParked = row.delivery_state === 'failed' && row.reason === 'unwritable';
  return isParked ? [] : [`${externalId} was ${row.delivery_state} (${row.reason}), not parked`];
}
