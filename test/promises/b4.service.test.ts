import { afterEach, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { prepareWorkspace } from '../harness/crash/prepared.ts';
import { type Place, stopAndGoOn } from '../harness/crash/stopped.ts';
import { type HarnessDatabase, startDatabase } from '../harness/database.ts';
import { kinds, verdictOf } from '../harness/judge.ts';
import { randomOf } from '../harness/random.ts';
import { countOf, mostTestMs } from './counts.ts';

/** W; permit and deadline are a quarter of it. A lease lasts 15 s. */
const settleSeconds = 4;
/** Of the 5–120 s of the catalogue, lease and take-over are the larger part. */
const mostExtraMs = process.env.PROMISES_TIER === 'nightly' ? 90_000 : 0;

const neverArrives = { kind: 'beforeCommit', answer: 'reset' };
const places: readonly Place[] = [
  // Between COMMIT and the write: the permit must have run out.
  { point: 'after-journal-commit', passage: 1 },
  // The same for a second attempt, after look-ups have shown that the first did nothing. Three alerts are sent at first.
  { point: 'before-send', passage: 4, fault: neverArrives },
  // The ticket is made, and nobody knows.
  { point: 'after-send', passage: 1 },
  // A look-up is answered, and what it means is not stored.
  { point: 'after-look', passage: 2, fault: neverArrives },
  // Inside the transaction that locks the lease: the server must end it.
  { point: 'before-journal-commit', passage: 1 },
];

let database: HarnessDatabase | undefined;
afterEach(() => database?.stop());

it(
  'B4: a worker that was stopped and goes on repeats nothing',
  async () => {
    database = await startDatabase();
    const server = database;
    const [customer] = await prepareWorkspace(server, settleSeconds, 1);
    const random = randomOf('B4');
    const verdict = verdictOf();
    let stops = 0;
    while (stops < countOf('B4')) {
      const now = places.slice(0, countOf('B4') - stops);
      await Promise.all(
        now.map(async (place) => {
          const extraMs = random() * mostExtraMs;
          const options = { server, customer: customer!, settleSeconds, extraMs };
          const found = await stopAndGoOn(place, options).catch((error: Error) => ({
            ...verdictOf(),
            other: [error.message],
          }));
          for (const kind of [...kinds, 'other'] as const)
            verdict[kind].push(...found[kind].map((finding) => `${place.point}: ${finding}`));
        }),
      );
      stops += now.length;
    }
    console.log(`B4: stopped ${stops} times, at ${places.map(({ point }) => point).join(', ')}`);
    conclude('B4', verdict);
  },
  mostTestMs,
);
