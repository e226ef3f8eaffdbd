/**
 * The one door out (promises P17, M10, M13): every HTTP call that leaves the product goes through here, so the rules on
 * addresses, deadlines, sizes and "sent or not" exist once. No other folder imports an HTTP client. Mail leaves by
 * `src/smtp`, which takes its rules on addresses and certificates from here.
 */
export type { Allow, Reach } from './addresses.ts';
export { isListed, parseAllow, readHost } from './addresses.ts';
export { createOutbound } from './outbound.ts';
export { resolveAllowed, resolveBySystem } from './resolve.ts';
export { explainTls } from './trouble.ts';
export type {
  Answered,
  NotSent,
  NotSentReason,
  Outbound,
  OutboundLimits,
  OutboundOptions,
  OutboundRequest,
  Reply,
  Resolve,
  Unknown,
  UnknownReason,
} from './types.ts';
