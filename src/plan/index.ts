/**
 * Planning: alert and settings in, deliveries with reasons and texts out. Pure: no database, no clock, no network.
 * At acceptance planDeliveries or planUpdate; at claim recheck, then resolve, then compose.
 */
export {
  composeNote,
  composeTicket,
  noContractNotice,
  type TextLimits,
} from './compose.ts';
export { planDeliveries } from './deliveries.ts';
export { composeDigest, composeGatheringTicket, type DigestItem } from './digest.ts';
export {
  addressKey,
  type BoundMail,
  type MailScope,
  planWayOut,
  recheckMail,
  resolveMail,
  whyInWords,
} from './mail.ts';
export { deriveMarkers, type GroupIdentity, noteKey, sequenceIn } from './markers.ts';
export { contactList, named, priorityName } from './names.ts';
export { findOrganization, indexReferences, referenceKey, senderReferences } from './organizations.ts';
export { addressesOf, outlookOf } from './outlook.ts';
export { type Preview, preview } from './preview.ts';
export { type BoundDelivery, recheck, recheckConnection } from './recheck.ts';
export { readTelling, type Telling, takeFrom } from './recognise.ts';
export { resolve } from './resolve.ts';
export type { Verdict } from './switches.ts';
export { readConnectionSettings, type StoredSteps } from './ticketSettings.ts';
export type * from './types.ts';
export { changesInWords, type PreviousDelivery, planUpdate } from './updates.ts';
