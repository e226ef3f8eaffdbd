/**
 * What a mail says (req 112–117, promises I-9 to I-19): an alert becomes a model, which is frozen, and the model becomes
 * subject, text, HTML and message. Pure: no database, no network, no clock. The grammar of addresses is in address.ts, which
 * needs none of this.
 */
export { type AlertMail, alertModel } from './alertModel.ts';
export { type DigestEntry, type DigestMail, digestModel } from './digestModel.ts';
export { type EventDetail, listsEvents } from './events.ts';
export type { MailFrame } from './frame.ts';
export { htmlOf } from './html.ts';
export { messageIdOf, threadIdOf } from './ids.ts';
export { type Message, messageOf } from './message.ts';
export { type ReviewEntry, type ReviewMail, reviewModel } from './reviewModel.ts';
export { subjectOf } from './subject.ts';
export { textOf } from './text.ts';
export type { MailKind, MailModel } from './types.ts';
export { dayIn } from './when.ts';
