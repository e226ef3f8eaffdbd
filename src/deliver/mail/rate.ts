/** The set rate of mails: so many in any minute, to all addresses together (test K-11). Times are milliseconds. */

export interface MailRate {
  readonly perMinute: number;
  /** How many may begin now, at most `wanted`; they are counted as begun. */
  take(wanted: number, now: number): number;
  /** Gives back what was taken last and not used. */
  giveBack(count: number): void;
  /** How long until one more may begin; 0 when one may. */
  wait(now: number): number;
}

const spanMs = 60_000;
/** Mails that begin within so short a time count as begun at its end. */
const grainMs = 100;

export function createMailRate(perMinute: number): MailRate {
  /** Oldest first. */
  const begun: { at: number; count: number }[] = [];
  let total = 0;

  function forget(now: number): void {
    while (begun[0] && begun[0].at <= now - spanMs) total -= begun.shift()?.count ?? 0;
  }

  return {
    perMinute,
    take(wanted, now) {
      forget(now);
      const count = Math.max(0, Math.min(wanted, perMinute - total));
      if (count === 0) return 0;
      const at = Math.ceil(now / grainMs) * grainMs;
      const last = begun.at(-1);
      if (last && last.at >= at) last.count += count;
      else begun.push({ at, count });
      total += count;
      return count;
    },
    giveBack(count) {
      const last = begun.at(-1);
      if (!last) return;
      const back = Math.min(count, last.count);
      last.count -= back;
      total -= back;
    },
    wait(now) {
      forget(now);
      const oldest = begun[0];
      return total < perMinute || !oldest ? 0 : oldest.at + spanMs - now;
    },
  };
}
