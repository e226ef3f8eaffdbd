/** Whether a server may be tried: rests after failures, and the end after two refused sign-ins (promise K-7). */
import type { Trouble } from './trouble.ts';
import type { MailLimits, MailLog } from './types.ts';

export interface Health {
  canUse(): boolean;
  /** It is not tried any more. */
  isStopped(): boolean;
  /** Milliseconds until it may be tried; 0: now. */
  waitMs(): number;
  /** What is wrong with it. */
  trouble(): Trouble | undefined;
  /** Something failed, but it works otherwise. */
  note(trouble: Trouble): void;
  /** It could not be used: it is left alone for a while. */
  rest(trouble: Trouble): void;
  /**
   * It failed at a mail to this address, whose fault that may be.
   * @returns whether it may be: not when it fails at a second address before anything works
   */
  doubt(to: string): boolean;
  /** Until when (as `now`) others are asked before it about this address; 0: nothing is held against it. */
  doubtedUntil(to: string): number;
  /** A connection is ready. */
  opened(): void;
  /** It dealt with a mail to this address, or with a sign-in. */
  worked(to?: string): void;
}

interface HealthParts {
  /** For the log. */
  name: string;
  now: () => number;
  random: () => number;
  limits: Pick<MailLimits, 'restMs' | 'longestRestMs'>;
  log: MailLog;
}

/** More would lock the user's account at some servers. */
const mostRefusedSignIns = 2;
/** A rest is up to so much longer, so that many do not come back together. */
const jitter = 0.25;

export function createHealth({ name, now, random, limits, log }: HealthParts): Health {
  let known: Trouble | undefined;
  let restsUntil = 0;
  let rests = 0;
  let refusedSignIns = 0;
  /** The first address that it failed at since it last worked. */
  let failedAt: string | undefined;
  const doubts = new Map<string, number>();

  const isStopped = () => refusedSignIns >= mostRefusedSignIns;

  function note(trouble: Trouble): void {
    known = trouble;
    if (!trouble.isAuthRefused || isStopped()) return;
    refusedSignIns += 1;
    if (isStopped()) log({ server: name, reason: trouble.reason, code: trouble.code }, 'mail server stopped');
  }

  return {
    canUse: () => !isStopped() && now() >= restsUntil,
    isStopped,
    waitMs: () => Math.max(restsUntil - now(), 0),
    trouble: () => known,
    note,
    rest(trouble) {
      note(trouble);
      const restMs = Math.min(limits.restMs * 2 ** rests, limits.longestRestMs) * (1 + jitter * random());
      rests = Math.min(rests + 1, 30);
      restsUntil = now() + restMs;
      const { reason, code } = trouble;
      if (!isStopped())
        log({ server: name, reason, code, restMs: Math.round(restMs) }, 'mail server left alone');
    },
    doubt(to) {
      for (const [address, until] of doubts) if (until <= now()) doubts.delete(address);
      doubts.set(to, now() + limits.longestRestMs);
      failedAt ??= to;
      return failedAt === to;
    },
    doubtedUntil(to) {
      const until = doubts.get(to) ?? 0;
      return until > now() ? until : 0;
    },
    opened() {
      refusedSignIns = 0;
    },
    worked(to) {
      if (isStopped()) return;
      failedAt = undefined;
      if (to !== undefined) doubts.delete(to);
      known = undefined;
      rests = 0;
      restsUntil = 0;
    },
  };
}
