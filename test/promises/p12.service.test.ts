import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { randomOf } from '../harness/random.ts';
import { apiOf } from '../harness/setup.ts';
import { settled } from '../harness/stored.ts';
import { openWorld, until, type World } from '../harness/world.ts';
import { headerOf, judgeMails, type MailRow, mailRows, openSink, type Sink } from '../support/mailWorld.ts';
import { countOf, mostTestMs } from './counts.ts';
import { findings } from './findings.ts';

const killsEach = 10;
/** An unclear mail is sent once more after 5 min × this / 7 min. */
const settleSeconds = 4;
const addresses = 20;
/** How long the server takes over each mail: a kill then finds mails at every step. */
const answerMs = 20;
const mostSettleMs = 120_000;

let world: World;
afterEach(() => world?.close());

it(
  'P12: no mail is missing when the worker is killed while mails flow, and a copy is known as one',
  async () => {
    const found = findings();
    const random = randomOf('P12');
    const sink = await openSink();
    sink.script({ dot: slowly(sink) });
    world = await openWorld({ roles: ['api', 'worker'], settleSeconds, instances: { smtpPort: sink.port } });
    const [{ url }, worker] = world.instances as [{ url: string }, World['instances'][number]];
    const api = apiOf(url);
    for (let n = 1; n <= addresses; n += 1)
      await api('POST', '/email/recipients', { address: `r${n}@msp.example` });

    const kills = countOf('P12') * killsEach;
    for (let kill = 1; kill <= kills; kill += 1) {
      const before = sink.heard.length;
      await send(kill);
      const wanted = Math.ceil(random() * (addresses - 1));
      await until('mails flow', () => sink.heard.length >= before + wanted);
      await sleep(random() * answerMs);
      await worker.stop('SIGKILL');
      // It holds its leases for 15 s; we do not wait for that.
      await world.database.rows('update leases set expires_at = least(expires_at, clock_timestamp())');
      await worker.start();
      // One that died twice before it heard of a mail asks a person (K-4).
      await settled(world.database, mostSettleMs);
    }

    const mails = await world.database.rows<MailRow & Record<string, unknown>>(mailRows);
    found.judge('P12', judgeMails(mails, sink.accepted));
    found.check(
      mails.length === kills * addresses,
      `${mails.length} deliveries instead of ${kills * addresses}`,
    );
    for (const { id, target, state, problem } of mails)
      if (state !== 'delivered') found.all.lost.push(`delivery ${id} to ${target} is ${state}: ${problem}`);
    judgeCopies(sink.accepted);
    const copies = sink.accepted.length - new Set(mails.map(({ messageId }) => messageId)).size;
    console.log(
      `P12: ${kills} kills, ${mails.length} mails owed, ${sink.accepted.length} taken over, ${copies} copies`,
    );
    conclude('P12', found.all, { most: { 'copies of 200 mails': Math.ceil(copies / countOf('P12')) } });

    async function send(n: number): Promise<void> {
      const [reference] = world.customers.map((customer) => customer.reference);
      const alert = { externalId: `P12-${n}`, group: title(n), reference: reference!, severity: 'high' };
      await world.sender.send(alert as Parameters<World['sender']['send']>[0]);
    }

    /** The same alert comes to an address under one Message-ID only. */
    function judgeCopies(accepted: readonly Buffer[]): void {
      const ids = new Map<string, Set<string | undefined>>();
      for (const message of accepted) {
        const to = headerOf(message, 'to');
        for (const [alert] of message.toString('latin1').matchAll(/Alert no\. \d{4}/g)) {
          const key = `${alert} to ${to}`;
          ids.set(key, (ids.get(key) ?? new Set()).add(headerOf(message, 'message-id')));
        }
      }
      for (const [key, { size }] of ids)
        if (size > 1) found.all.duplicated.push(`${key} has ${size} Message-IDs`);
      found.check(ids.size === kills * addresses, `${ids.size} of ${kills * addresses} arrived`);
    }
  },
  mostTestMs,
);

const title = (n: number): string => `Alert no. ${String(n).padStart(4, '0')}`;

/** Takes a mail over at once and says so later: whoever dies meanwhile does not know it. */
const slowly =
  (sink: Sink): Exclude<NonNullable<Parameters<Sink['script']>[0]['dot']>, string> =>
  ({ socket }) => {
    sink.keep();
    setTimeout(() => socket.writable && socket.write('250 2.0.0 taken\r\n'), answerMs);
    return undefined;
  };
