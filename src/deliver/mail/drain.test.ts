import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { scriptedMailer } from '../../../test/support/mail.ts';
import { createMailDrain } from './drain.ts';
import { createMailRate } from './rate.ts';
import { mailTimingOf } from './timing.ts';
import type { MailRound, MailWork, OpenMail } from './types.ts';

const mail = (n: number): OpenMail => ({
  writeId: String(n),
  mailboxId: '1',
  to: `r${n}@msp.example`,
  kind: 'mail',
  content: {
    title: 'Odd sign-in',
    text: '',
    model: {
      kind: 'alert',
      label: '',
      preheader: '',
      title: '',
      notices: [],
      links: [],
      facts: [],
      texts: [],
      lists: [],
      footer: [],
      settingsLink: 'https://herald.example',
    },
    messageId: '<mail.1@msp.example>',
    threadId: '<thread.1@msp.example>',
    writtenAt: 0,
  },
  deliveryIds: [String(n)],
  lane: 0,
  attempt: 1,
  firstAt: 0,
  unclear: 0,
  tries: 0,
  isShort: false,
});

/** A drain of so many mails; `before` each round, so that a test can hold it up. */
function openDrain(waiting: number, perMinute: number, before: (round: number) => Promise<void> | void) {
  const mailer = scriptedMailer();
  const settled: string[] = [];
  let frozen = 0;
  let rounds = 0;
  const transport = {
    revision: 'r1',
    mailer,
    head: { from: 'herald@msp.example' },
    rate: createMailRate(perMinute),
  };
  const channel = {
    workspaceId: 'w',
    epoch: '1',
    timing: mailTimingOf(),
    transport,
    busy: new Set<string>(),
  };
  const drain = createMailDrain(channel, {
    async deliver(work: MailWork): Promise<MailRound> {
      rounds += 1;
      await before(rounds);
      settled.push(...work.outcomes.map((outcome) => outcome.mail.writeId));
      const count = Math.min(work.room, waiting - frozen);
      const mails = Array.from({ length: count }, () => mail(++frozen));
      const more = work.room > 0 && frozen < waiting;
      return {
        isHeld: true,
        now: Date.now(),
        applied: work.outcomes,
        frozen: mails,
        more,
        dueAt: undefined,
        permit: () => true,
      };
    },
    log: pino({ level: 'silent' }),
    baseUrl: 'https://herald.example',
    clock: { monotonic: () => performance.now(), wall: Date.now, sleep: (ms) => sleep(ms) },
    random: () => 0.5,
    stopMail: async () => undefined,
  });
  return { drain, mailer, settled };
}

it('goes on when everything under way has ended while a round took its time', async () => {
  const { drain, mailer, settled } = openDrain(120, 10_000, async (round) => {
    // The round after the first mails: they all end before it does.
    if (round === 2) await expect.poll(() => mailer.sent.length).toBe(50);
    if (round === 2) await sleep(20);
  });
  drain.wake();
  await expect.poll(() => settled.length).toBe(120);
  await drain.stop(1_000);
});

it('goes on by itself when the set rate allows more', async () => {
  let now = 0;
  const { drain, mailer } = openDrain(15, 10, () => undefined);
  const { rate } = drain.channel.transport;
  // A minute of the rate is a moment here.
  drain.channel.transport = {
    ...drain.channel.transport,
    rate: { ...rate, take: (wanted) => rate.take(wanted, now), wait: () => 5 },
  };
  drain.wake();
  await expect.poll(() => mailer.sent.length).toBe(10);
  await sleep(50);
  expect(mailer.sent.length).toBe(10);
  now = 61_000;
  await expect.poll(() => mailer.sent.length).toBe(15);
  await drain.stop(1_000);
});
