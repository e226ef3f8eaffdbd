/**
 * How much of a PSA's quota may be used, by which alerts, and how fast. Pure: the figures come in, the verdict goes out
 * (promises P8, D3, J-21).
 */

/** What a PSA allows in its window, and who uses it. Calls, and milliseconds. */
export interface Quota {
  /** Calls that the vendor allows in a window, all tools together. */
  calls: number;
  windowMs: number;
  /** Calls of other tools in that window, as the PSA last told; 0 where it does not tell. */
  others: number;
  /** The part of the vendor's calls that we allow ourselves. */
  share: number;
}

/** The lane of critical alerts; see `Waiting.lane`. */
export const criticalLane = 2;

/** Of our share, what only critical alerts may use. */
const reserved = 0.1;
/** From this part of what a lane may use, its calls are spread over the rest of the window. */
const spreadFrom = 0.8;
/** So much before the vendor slows its answers, ours are spread. */
const beforePenalty = 0.9;

/** Our share of the window, and never more than what the other tools have left of it. */
export function allowedCalls({ calls, others, share }: Quota): number {
  return Math.max(0, Math.min(ourShare({ calls, share }), calls - others));
}

// 100 × 0.29 is a little less than 29 in floating point.
const ourShare = ({ calls, share }: Pick<Quota, 'calls' | 'share'>): number =>
  Math.floor(calls * share + 1e-6);

/**
 * How many calls of the window alerts of this lane may come to. The last tenth of our share is for critical ones
 * (J-21); when other tools have left us less than twice that, half of what is left is.
 */
export function allowedInLane(lane: number, quota: Quota): number {
  const allowed = allowedCalls(quota);
  if (lane >= criticalLane) return allowed;
  return allowed - Math.floor(Math.min(ourShare(quota) * reserved, allowed / 2));
}

export interface Use {
  /** Our calls in the window. */
  used: number;
  /** Milliseconds until calls begin to leave the window; undefined when there are none. */
  reliefInMs: number | undefined;
  /** From this part of the vendor's window, all tools together, it slows its answers. */
  slowsFrom: number | undefined;
}

/**
 * Milliseconds from one call to the next; 0 = as fast as they can be made. When a lane has used most of its calls, or the
 * vendor is about to slow its answers, what is left is spread over the time until calls leave the window: the budget
 * lasts, instead of a burst and then nothing. Critical alerts never wait for this.
 */
export function paceMs(lane: number, quota: Quota, { used, reliefInMs, slowsFrom }: Use): number {
  const left = allowedInLane(lane, quota) - used;
  if (lane >= criticalLane || left <= 0) return 0;
  const isLow = used >= allowedInLane(lane, quota) * spreadFrom;
  const isSlowSoon =
    slowsFrom !== undefined && used + quota.others >= quota.calls * slowsFrom * beforePenalty;
  return isLow || isSlowSoon ? (reliefInMs ?? quota.windowMs) / left : 0;
}
