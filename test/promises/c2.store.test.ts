import { expect, it } from 'vitest';
import { alertId } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { ofAna } from '../support/alerts.ts';
import { judgeListing } from '../support/listing.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

/** A W of one second makes the fifteen minutes behind a refused note a little more than two seconds. */
const settleMs = 1_000;
const setMs = (15 * 60_000 * settleMs) / 420_000;
/** What a sweep may add, and a machine that does other things. */
const slackMs = 12_000;

const refused = 'What the PSA cannot bear';

it(
  'C2: behind a note that is refused for ever, the next one waits the set time, then names the gap',
  async () => {
    const w = await openPsaWorld({ settleMs });
    const tickets = Array.from({ length: countOf('C2') }, (_, n) =>
      [0, 1, 2].map((i) => alertId('C2', 10 * n + i)),
    );
    await Promise.all(tickets.map(([first]) => take(w, first as string)));
    await w.settled();
    await w.control('faults', {
      match: { method: 'POST', path: '/Notes$', body: refused },
      fault: { kind: 'beforeCommit', status: 400, body: '{"errors":["Data violation: no."]}' },
      times: 'always',
    });
    await Promise.all(tickets.map(([, bad]) => take(w, bad as string, refused)));
    await expect.poll(() => countOfState(w, 'failed'), { timeout: 60_000 }).toBe(tickets.length);
    await Promise.all(tickets.map(([, , next]) => take(w, next as string)));
    await w.settled(60_000);

    const gaps = (await w.tickets()).flatMap(({ notes }) => notes.map(({ description }) => description));
    const unsaid = tickets
      .filter(
        ([, bad]) =>
          !gaps.some((text) => text.includes(`Missing before this note`) && text.includes(`(${bad})`)),
      )
      .map(([, bad]) => `no note says that ${bad} is missing`);
    const waits = await waitsMs(w);
    const impatient = waits.filter((ms) => ms < setMs).map((ms) => `a note waited only ${Math.round(ms)} ms`);
    const late = waits.filter((ms) => ms > setMs + slackMs).map((ms) => `a note waited ${Math.round(ms)} ms`);
    const most = Math.max(...waits);
    const wanted = tickets.flatMap(([first, , next]) => [first as string, next as string]);
    const verdict = await judgeListing(
      w,
      wanted,
      tickets.map(([, bad]) => bad as string),
    );
    conclude(
      'C2',
      { ...verdict, misordered: impatient, other: [...unsaid, ...late] },
      { most: { 'wait behind a refused note, as a part of the set time': most / setMs } },
    );
  },
  mostTestMs,
);

const take = (w: PsaWorld, externalId: string, description = 'Harmless') =>
  // Ten alerts share a number but for the last digit: one ticket.
  w.accept(ofAna({ externalId, title: `Ticket ${externalId.slice(0, -1)}`, description }));

async function countOfState(w: PsaWorld, state: string): Promise<number> {
  return (await w.states()).filter((one) => one === state).length;
}

/** From each refusal to the start of the next note on its ticket. */
async function waitsMs(w: PsaWorld): Promise<number[]> {
  const rows = await w.rows(
    `select extract(epoch from next.started_at - bad.finished_at)::float8 * 1000 as ms
       from attempts bad join writes b on b.id = bad.write_id
       join writes n on n.group_id = b.group_id and n.generation = b.generation and n.seq = b.seq + 1
       join attempts next on next.write_id = n.id and next.n = 1
      where bad.attempt_state = 'refused' and b.write_kind = 'note'`,
  );
  return rows.map(({ ms }) => ms);
}
