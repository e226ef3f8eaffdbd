/** What Autotask allows, and how much of it we take. */
import type { Limits } from '../contract.ts';

const second = 1_000;

/**
 * Fact sheet autotask §3.4 and §3.5: 10,000 calls in a rolling hour for the whole tenant, three in flight per
 * endpoint and tracking identifier, of which we use two. A request may run for 5 minutes on the server; with the
 * permit, the deadline and the search lag, rounded up, that is the settle window (promises §2.2).
 * Lengths of texts: §4.1 and §4.2.
 */
export const limits: Limits = {
  window: { calls: 10_000, perMs: 3_600 * second },
  share: 0.5,
  // §3.5: half a second is added from here, a second from 75 %.
  slowsFrom: 0.5,
  parallel: { perEndpoint: 2, total: 6, writes: 'Tickets' },
  settleMs: 420 * second,
  deadlineMs: 60 * second,
  permitMs: 5 * second,
  searchLagMs: 10 * second,
  text: { title: 255, description: 8_000, noteTitle: 250, note: 32_000 },
};
