/** What may go wrong in a simulated world, and how often (promises §3.2, B2 and B3). */
import type { Timing } from '../../src/deliver/timing.ts';

export interface Conditions {
  /** Parts of the requests that write. */
  lostRequests: number;
  lostReplies: number;
  /** Committed long after the request, but before W − deadline has passed since it was written. */
  late: number;
  /** Committed after W, 1 to 30 minutes beyond it. */
  beyondW: number;
  /** Not done, for certain: connection refused, 429, an input refused. */
  unreachable: number;
  rateLimited: number;
  refusedOptional: number;
  refusedForGood: number;
  /** Parts of the look-ups that fail. */
  failedLooks: number;
  /** Parts of the moments around a write at which its process is killed or stopped, five moments a write. */
  crash: number;
  stop: number;
  /** Parts of the transactions that end without an answer: half of them have taken effect. */
  lostCommits: number;
  /** Part of the rounds during which the lease runs out although its worker lives: renewals did not get through. */
  lapses: number;
  /** Part of the worlds in which the login is refused for a while, until a person acts. */
  refusedLogin: number;
}

/** The mix of B2. Everything that it does must come out right. */
export const withinW: Conditions = {
  lostRequests: 0.1,
  lostReplies: 0.1,
  late: 0.1,
  beyondW: 0,
  unreachable: 0.02,
  rateLimited: 0.03,
  refusedOptional: 0.02,
  refusedForGood: 0.01,
  failedLooks: 0.1,
  crash: 0.01,
  stop: 0.01,
  lostCommits: 0.02,
  lapses: 0.03,
  refusedLogin: 0.05,
};

/** The mix of B3: second tickets cannot be avoided, and must be reported. */
export const beyondW: Conditions = { ...withinW, beyondW: 0.2 };

/** A PSA that may work on a request for five minutes, as the strictest of ours declares it. */
export const timing: Timing = {
  settleMs: 420_000,
  deadlineMs: 60_000,
  permitMs: 5_000,
  searchLagMs: 10_000,
};
