/** When a mail that was not taken is tried again, and for how long (promise P12). Milliseconds. */

const minute = 60_000;
const hour = 60 * minute;

/** Waits before the second, third, … try of one mail; the last one is repeated. */
const waits = [minute, 5 * minute, 15 * minute, hour, 2 * hour];
/** From its first try on, a mail that is deferred is tried for so long. */
const mostTryingMs = 72 * hour;

/** Singly sent mails that an address takes at once; then what waits goes into one digest a minute. */
export const mostMailsAtOnce = 5;
const mailEveryMs = minute;
/** So many final refusals of an address without a mail taken in between: it is stopped. */
export const mostRefusals = 5;
/** A mail whose fate is unknown so often is not sent again: at most two copies can be there (test K-4). */
export const mostUnclear = 2;

export interface MailTiming {
  /** How long after its journal row a mail may still begin, with `MAIL FROM`. */
  permitMs: number;
  /**
   * How long after its journal row its content may still begin: a server may take its time over each command before it.
   * Shorter than {@link waitWhenUnclear}, so that whoever takes the mail over does not send it before that is decided.
   */
  contentMs: number;
  /** By which all spans of this page are multiplied; 1, or less for tests. */
  scale: number;
}

const usualPermitMs = 5_000;
/** More than a connection waits for MAIL FROM, RCPT TO and DATA together (`commandMs` of src/smtp). */
const usualContentMs = 4 * minute;
/** Tests name a settle window; the usual one of a PSA is seven minutes, and mail is scaled by the same measure. */
const usualSettleMs = 420_000;

/** The usual timing, or the one that a test asks for. */
export function mailTimingOf(settleMs?: number): MailTiming {
  const span = settleMs ?? usualSettleMs;
  const scale = Math.min(1, span / usualSettleMs);
  return { permitMs: Math.min(usualPermitMs, span / 4), contentMs: usualContentMs * scale, scale };
}

/** How long after its nth try a mail waits, spread by ±10 %; undefined when it has been tried for long enough. */
export function waitAfterTry(
  n: number,
  triedForMs: number,
  random: number,
  { scale }: MailTiming,
): number | undefined {
  if (triedForMs >= mostTryingMs * scale) return undefined;
  const steady = (waits[Math.min(n, waits.length) - 1] ?? minute) * scale;
  return steady * (0.9 + 0.2 * random);
}

/** How long a mail of which nobody knows waits before it is sent once more. */
export const waitWhenUnclear = ({ scale }: MailTiming): number => 5 * minute * scale;

/** Mails that may go to an address now, as a fraction; one is needed for each. */
export function mailCredit(credit: number, ageMs: number, { scale }: MailTiming): number {
  return Math.min(mostMailsAtOnce, credit + ageMs / (mailEveryMs * scale));
}

/** How long until there is credit for one mail; 0 when there is. */
export const waitForMail = (credit: number, { scale }: MailTiming): number =>
  Math.max(0, 1 - credit) * mailEveryMs * scale;
