/**
 * The drain of a workspace's mail: round after round while there is something to do. Mails leave beside the rounds; what
 * they come to is settled by the next round.
 */
import type { Logger } from 'pino';
import { crashPoint } from '../../crashPoints.ts';
import { DatabaseUnavailable } from '../../db/database.ts';
import type { MailPermit, MailRefusal } from '../../smtp/index.ts';
import { createAlarm } from '../alarm.ts';
import type { Clock } from '../permit.ts';
import { createMailPace } from './pace.ts';
import { startMailPermit } from './permit.ts';
import { sendMail } from './send.ts';
import { endOf } from './settle.ts';
import { serverRestMs } from './step.ts';
import type { MailChannel, MailOutcomeOf, MailRound, MailTransport, MailWork, OpenMail } from './types.ts';

export interface MailDrainParts {
  /** One round, committed: what is to be sent now. */
  deliver(work: MailWork): Promise<MailRound>;
  log: Logger;
  baseUrl: string;
  clock: Clock;
  /** 0 ≤ random < 1. */
  random(): number;
  /** All mail servers refuse the login of these settings: nothing leaves until a person acts. */
  stopMail(workspaceId: string, problem: string, revision: string): Promise<void>;
  /** What a mail came to is stored: for metrics. */
  onMail?(end: MailOutcomeOf['end']['kind']): void;
}

export interface MailDrain {
  readonly channel: MailChannel;
  /** Something may be waiting. */
  wake(): void;
  /** Mail leaves in another way from now on; what rested because of the one before rests no longer. */
  renew(transport: MailTransport): void;
  /** Look for everything that a signal may have missed, and for what an earlier epoch left. */
  sweep(): void;
  /** Begins nothing new and resolves when everything under way has been settled, or the time is over. */
  stop(withinMs: number): Promise<void>;
}

/** A round that failed is tried again after this long. */
const againMs = 500;
/** Whatever is due, rounds do not follow each other faster than this for its sake. */
const leastAgainMs = 20;
/** Mails that are made and handed over at once: enough to keep all connections busy; the others are made in their turn. */
const mostSending = 25;

export function createMailDrain(channel: MailChannel, parts: MailDrainParts): MailDrain {
  const { log, clock } = parts;
  const { workspaceId } = channel;
  const outcomes: MailOutcomeOf[] = [];
  const calls = new Set<Promise<void>>();
  /** Frozen and not begun yet. */
  const frozen: { mail: OpenMail; permit: MailPermit }[] = [];
  const pace = createMailPace(channel.timing.permitMs);
  let isRunning = false;
  let isWanted = false;
  let isStopping = false;
  let isLookDue = true;
  /** No server can be used before then, in milliseconds of database time. */
  let restsUntil = 0;
  /** Database time minus our monotonic clock, from the last round. */
  let offset = clock.wall() - clock.monotonic();

  const now = () => clock.monotonic() + offset;
  const alarm = createAlarm(now, wake);

  function wake(): void {
    isWanted = true;
    if (!isRunning) void run();
  }

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (isWanted) {
        isWanted = false;
        await round();
      }
    } finally {
      isRunning = false;
    }
  }

  async function round(): Promise<void> {
    const room = roomNow();
    const work: MailWork = {
      channel,
      outcomes: outcomes.splice(0),
      looksAround: isLookDue,
      isClosing: isStopping,
      room,
      baseUrl: parts.baseUrl,
      random: parts.random,
      now: clock.wall,
      startPermit: () => startMailPermit(clock, channel.timing),
    };
    try {
      isLookDue = false;
      afterRound(await parts.deliver(work), work);
    } catch (error) {
      // Whether it was committed is not known: what was settled is settled again, which does nothing, and mails that
      // were frozen and not sent are found by the next look around.
      outcomes.unshift(...work.outcomes);
      channel.transport.rate.giveBack(room);
      isLookDue = true;
      if (!(error instanceof DatabaseUnavailable))
        log.error({ workspaceId, err: error }, 'mail.round.failed');
      alarm.at(now() + againMs);
    }
  }

  /** Mails that may be begun now: as the connections, the set rate and a rest of all servers allow. */
  function roomNow(): number {
    if (isStopping || now() < restsUntil) return 0;
    // What has ended is settled by this round, before it begins anything.
    const free = pace.most(now()) - (channel.busy.size - outcomes.length);
    return channel.transport.rate.take(Math.max(0, free), now());
  }

  function afterRound(done: MailRound, work: MailWork): void {
    channel.transport.rate.giveBack(work.room - done.frozen.length);
    for (const { mail } of work.outcomes) channel.busy.delete(mail.writeId);
    if (!done.isHeld) return;
    offset = done.now - clock.monotonic();
    if (done.frozen.length > 0) crashPoint('after-mail-journal-commit');
    for (const { end } of done.applied) parts.onMail?.(end.kind);
    const permit = done.permit ?? (() => false);
    for (const mail of done.frozen) {
      channel.busy.add(mail.writeId);
      frozen.push({ mail, permit });
    }
    begin();
    if (isStopping) return;
    // What is due and found no room waits for an outcome, the rate or the end of the rest, which wake us.
    if (done.dueAt !== undefined && (work.room > 0 || done.dueAt > done.now))
      alarm.at(Math.max(done.dueAt, restsUntil, now() + leastAgainMs));
    // A round without room has not looked whether more waits.
    if (!done.more && work.room > 0 && outcomes.length === 0) return;
    if (work.room > 0 || outcomes.length > 0) isWanted = true;
    // Without room the next outcome wakes us; without anything under way, the rate or the end of the rest does.
    else if (calls.size === 0)
      alarm.at(Math.max(restsUntil, now() + Math.max(1, channel.transport.rate.wait(now()))));
  }

  function begin(): void {
    while (calls.size < mostSending) {
      const next = frozen.shift();
      if (!next) return;
      const call = send(next.mail, next.permit).finally(() => {
        calls.delete(call);
        begin();
      });
      calls.add(call);
    }
  }

  async function send(mail: OpenMail, permit: MailPermit): Promise<void> {
    const event = await sendMail(channel, mail, permit);
    const outcome = endOf(mail, event, { channel, random: parts.random }, now());
    outcomes.push(outcome);
    pace.ended(1, now());
    if (event.kind === 'refused' && event.about === 'server') await rest(event);
    wake();
  }

  async function rest(refusal: MailRefusal): Promise<void> {
    if (refusal.isFinal && refusal.reason !== 'stopped') {
      await parts
        .stopMail(workspaceId, refusal.text, channel.transport.revision)
        .catch((error) => log.warn({ workspaceId, err: error }, 'mail.stop.failed'));
    }
    restsUntil = Math.max(restsUntil, now() + serverRestMs(refusal, channel.timing));
    alarm.at(restsUntil);
  }

  return {
    channel,
    wake,
    renew(transport) {
      channel.transport = transport;
      restsUntil = 0;
      wake();
    },
    sweep() {
      isLookDue = true;
      wake();
    },
    async stop(withinMs) {
      isStopping = true;
      const late = clock.sleep(withinMs);
      const ended = async () => {
        while (calls.size > 0) await Promise.all([...calls]);
        while (isRunning || outcomes.length > 0) {
          wake();
          await clock.sleep(5);
        }
      };
      await Promise.race([ended(), late]);
      alarm.end();
    },
  };
}
