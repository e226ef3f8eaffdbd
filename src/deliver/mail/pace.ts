/** How many mails may be under way at once, by how many came to an end lately. Times are milliseconds. */

export interface MailPace {
  /** So many have come to an end. */
  ended(count: number, now: number): void;
  /** So many may be frozen and not settled yet. */
  most(now: number): number;
}

/** Enough that no connection waits for a round, whatever is known. */
const least = 50;
/** More would make rounds that are too long. */
const mostAtAll = 500;
/** Mails of so large a part of a permit: each leaves long before the permit ends. */
const share = 0.2;

/** @param permitMs how long after its journal row a mail may still leave */
export function createMailPace(permitMs: number): MailPace {
  const spanMs = permitMs * share;
  let from = 0;
  let count = 0;
  /** In the whole span before. */
  let before = 0;

  function turn(now: number): void {
    if (now < from + spanMs) return;
    before = now < from + 2 * spanMs ? count : 0;
    count = 0;
    from = now;
  }

  return {
    ended(more, now) {
      turn(now);
      count += more;
    },
    most(now) {
      turn(now);
      return Math.max(least, Math.min(mostAtAll, Math.max(before, count)));
    },
  };
}
