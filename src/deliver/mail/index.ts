/** The mail of a workspace as a channel: rounds, the life of a mail, and the drain around them (docs/adr/0016). */
export { createMailDrain, type MailDrain, type MailDrainParts } from './drain.ts';
export { createMailRate } from './rate.ts';
export { deliverMail } from './round.ts';
export { mailTimingOf } from './timing.ts';
export type { MailHead, MailRound, MailTransport, MailWork } from './types.ts';
