import pg from 'pg';
import { it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { ofAna } from '../support/alerts.ts';
import { judgeListing } from '../support/listing.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

const count = countOf('B7');
const mostRefusals = 10;
/** Each refusal stops the rounds of the workspace for half a second. */
const mostSettleMs = 60_000 + count * 6_000;
/** Alerts of one ticket, so that notes meet it too. */
const perTicket = 2;

it(
  'B7: a journal that cannot be written after a success makes nothing twice',
  async () => {
    const w = await openPsaWorld({ settleMs: 2_000 });
    await refuseOutcomes(w, count);
    const ids = Array.from({ length: count }, (_, n) => alertId('B7', n));
    for (let place = 0; place < perTicket; place += 1) {
      const wave = ids.filter((_, n) => n % perTicket === place);
      await Promise.all(wave.map((externalId, n) => w.accept(ofAna({ externalId, title: `Ticket ${n}` }))));
      await w.settled(mostSettleMs);
    }
    const refused = await refusals(w);
    console.log(`B7: ${refused} outcomes were refused by the database`);
    const verdict = await judgeListing(w, ids);
    const idle = refused < count ? [`only ${refused} outcomes were refused: nothing was shown`] : [];
    conclude('B7', { ...verdict, other: idle });
  },
  mostTestMs,
);

/**
 * The database takes no confirmation of a write before it has refused it 1 to 10 times. Sequences count, because what a
 * refused transaction has written is gone with it.
 */
async function refuseOutcomes({ database }: PsaWorld, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `do $$ begin
       for n in 1..${2 * count} loop
         execute format('create sequence refused_%s', n);
         execute format('grant usage on sequence refused_%s to herald_app', n);
       end loop;
     end $$;
     create sequence refused_in_all;
     grant usage, select on sequence refused_in_all to herald_app;
     create function refuse_outcome() returns trigger language plpgsql as $$
     begin
       -- A write beyond those that are expected is let through: it is the finding.
       if new.attempt_state = 'confirmed' and to_regclass('refused_' || new.write_id) is not null
          and nextval('refused_' || new.write_id) <= 1 + new.write_id % ${mostRefusals} then
         perform nextval('refused_in_all');
         raise exception 'the journal cannot be written';
       end if;
       return new;
     end $$;
     create trigger refuse_outcome before update on attempts for each row execute function refuse_outcome()`,
  );
  await client.end();
}

async function refusals(w: PsaWorld): Promise<number> {
  const [row] = await w.rows('select last_value::int as n from refused_in_all');
  return row.n;
}
