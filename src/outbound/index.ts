/**
 * The one door out (promises P17, M10, M13): every HTTP call that leaves the product goes through here, so the rules on
 * addresses, deadlines, sizes and "sent or not" exist once. No other folder imports an HTTP client.
 */
export type { Allow, Reach } from './addresses.ts';
export { parseAllow } from './addresses.ts';
export { createOutbound } from './outbound.ts';
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
