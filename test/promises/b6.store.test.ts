import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { retryDelivery } from '../../src/receipts/decide.ts';
import { alertId } from '../harness/alerts.ts';
import { conclude } from '../harness/conclude.ts';
import { randomOf } from '../harness/random.ts';
import { anAlert } from '../support/alerts.ts';
import { judgeListing } from '../support/listing.ts';
import { openPsaWorld, type PsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

/** A person who hits "retry" again and again, in every state, waits so long between two hits at most. */
const mostPauseMs = 60;
/** After delivery it is hit so many times more. */
const hitsAfter = 5;

/** Half of all creations go wrong, in the three ways that a retry can get in the way of. */
const faults = [
  { rate: 0.25, fault: { kind: 'beforeCommit', status: 400, body: '{"errors":["Data violation: no."]}' } },
  { rate: 0.2, fault: { kind: 'afterCommit', answer: 'reset' } },
  {
    rate: 0.15,
    fault: { kind: 'beforeCommit', status: 429, retryAfter: '1', body: '{"errors":["slow down"]}' },
  },
];

it(
  'B6: a replay by a person has an effect or says why not, and makes nothing twice',
  async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    for (const { rate, fault } of faults) {
      await w.control('faults', { match: { method: 'POST', path: '/Tickets$' }, fault, rate });
    }
    const random = randomOf('B6');
    const ids = Array.from({ length: countOf('B6') }, (_, n) => alertId('B6', n));
    await Promise.all(ids.map((externalId) => w.accept(anAlert({ externalId }))));
    const told = (await Promise.all(ids.map((id) => hammer(w, id, random)))).flat();
    await w.settled(60_000);

    const unexplained = told.filter(({ effect }) => effect === 'unexplained').map(({ words }) => words);
    const verdict = await judgeListing(w, ids);
    const worked = told.filter(({ effect }) => effect === 'again').length;
    console.log(`B6: ${told.length} replays, ${worked} sent again, the others were told why not`);
    const idle = worked === 0 ? ['no replay had an effect: nothing was shown'] : [];
    conclude('B6', { ...verdict, other: [...unexplained, ...idle] });
  },
  mostTestMs,
);

interface Told {
  effect: 'again' | 'refused' | 'unexplained';
  words: string;
}

/** Two people replay the delivery at once, over and over, until it is delivered, and a few times more. */
async function hammer(w: PsaWorld, externalId: string, random: () => number): Promise<Told[]> {
  const told: Told[] = [];
  for (let after = 0; after < hitsAfter; ) {
    await sleep(random() * mostPauseMs);
    const { id, state } = await deliveryOf(w, externalId);
    if (state === 'delivered') after += 1;
    const both = await Promise.all([replay(w, id), replay(w, id)]);
    const isTwice = both.every(({ effect }) => effect === 'again');
    if (isTwice) told.push({ effect: 'unexplained', words: `${externalId} was put back twice at once` });
    told.push(...both);
  }
  return told;
}

async function replay(w: PsaWorld, id: string): Promise<Told> {
  try {
    const { channelId } = await w.db.inWorkspace(w.workspaceId, (tx) => retryDelivery(tx, w.workspaceId, id));
    w.worker.wake(w.workspaceId, [channelId]);
    return { effect: 'again', words: 'put back in line' };
  } catch (error) {
    const { message } = error as Error;
    const isExplained = error instanceof Problem && error.status === 409 && /^\p{Lu}.*\.$/u.test(message);
    return { effect: isExplained ? 'refused' : 'unexplained', words: message };
  }
}

async function deliveryOf(w: PsaWorld, externalId: string): Promise<{ id: string; state: string }> {
  const [row] = await w.rows(
    `select d.id, d.delivery_state as state from deliveries d join alerts a on a.id = d.alert_id
      where a.external_id = $1`,
    [externalId],
  );
  return row;
}
