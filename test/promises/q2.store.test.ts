/**
 * ASVS 6.3.8: how long an answer takes tells nobody who has an account. Herald resets no password by mail, so there are
 * two places that take an address: signing in, and the invitation that an administrator of a workspace makes.
 */
import { randomUUID } from 'node:crypto';
import { it } from 'vitest';
import { openHerald, password, type TestHerald } from '../access/herald.ts';
import { conclude } from '../harness/conclude.ts';
import { percentile } from '../harness/percentile.ts';
import { countOf, mostTestMs } from './counts.ts';

const barMs = 5;
const wrong = 'not the right password';
const someone = () => `p-${randomUUID().slice(0, 8)}@msp.example`;

/** Tries one address, and answers what came back, without what differs each time. */
type Try = (email: string) => Promise<string>;

it.skipIf(countOf('Q2') === 0)(
  'Q2: how long an answer takes tells nobody who has an account',
  async () => {
    const herald = await openHerald();
    try {
      await herald.demandSecondFactor(false);
      const known = await personWithPassword(herald);
      const signIn = await measure(herald, known, async (email) => {
        const { status, text } = await herald.browser().signIn(email, wrong);
        return `${status} ${text}`;
      });
      const invite = await measure(herald, known, await inviting(herald));
      const other = [...judged('sign-in', signIn), ...judged('invitation', invite)];
      const most = {
        'difference of medians at sign-in, ms': signIn.differenceMs,
        'difference of medians at an invitation, ms': invite.differenceMs,
        'median of sign-in, ms': signIn.medianMs,
      };
      conclude('Q2', {}, { other, most });
    } finally {
      await herald.close();
    }
  },
  mostTestMs,
);

interface Measured {
  differenceMs: number;
  medianMs: number;
  answers: Set<string>;
}

/** In turns, so that neither what comes first nor what else the machine does is a difference. */
async function measure(herald: TestHerald, known: string, attempt: Try): Promise<Measured> {
  const took = { known: [] as number[], unknown: [] as number[] };
  const answers = new Set<string>();
  // The first calls of a process pay for what is loaded then.
  for (let n = 0; n < 3; n += 1) await attempt(someone());
  for (let n = 0; n < countOf('Q2'); n += 1) {
    for (const kind of n % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      await herald.admin.query('delete from guesses');
      const email = kind === 'known' ? known : someone();
      const began = performance.now();
      const answer = await attempt(email);
      took[kind].push(performance.now() - began);
      answers.add(answer);
    }
  }
  const [a, b] = [percentile(took.known, 0.5), percentile(took.unknown, 0.5)];
  return { differenceMs: Math.abs(a - b), medianMs: Math.max(a, b), answers };
}

function judged(place: string, { differenceMs, answers }: Measured): string[] {
  return [
    ...(differenceMs > barMs ? [`${place}: the medians differ by ${differenceMs.toFixed(1)} ms`] : []),
    ...(answers.size > 1 ? [`${place}: the answers differ: ${[...answers].join(' | ')}`] : []),
  ];
}

/** Whose password costs what it costs: the hashes that tests store are cheap. They belong to another workspace. */
async function personWithPassword(herald: TestHerald): Promise<string> {
  const email = someone();
  await herald.addPerson(email, 'viewer', randomUUID());
  const browser = herald.browser();
  await browser.signIn(email);
  const body = { currentPassword: password, newPassword: 'orbit lamp violin cactus' };
  const { status, text } = await browser.call('PUT', '/api/session/password', { body });
  if (status !== 204) throw new Error(`the password was not changed: ${status} ${text}`);
  return email;
}

/** By an administrator who does not know that other workspace. */
async function inviting(herald: TestHerald): Promise<Try> {
  const admin = await herald.signedIn('admin');
  return async (email) => {
    const { status, body } = await admin.call('POST', '/api/v1/invitations', {
      body: { email, role: 'viewer' },
    });
    return `${status} ${Object.keys(body ?? {}).join()} ${body?.role}`;
  };
}
