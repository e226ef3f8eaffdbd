/** Sends one frozen mail: fills the layout, hands the message over, and answers what came of it. Never throws. */
import { crashPoint } from '../../crashPoints.ts';
import { messageOf } from '../../mail/index.ts';
import type { MailPermit } from '../../smtp/index.ts';
import type { MailEvent } from './step.ts';
import type { MailChannel, MailTransport, OpenMail } from './types.ts';

/** The permit is checked here, after COMMIT, and again by the mailer before anything of the mail is written. */
export async function sendMail(
  { transport }: MailChannel,
  mail: OpenMail,
  permit: MailPermit,
): Promise<MailEvent> {
  if (!permit('envelope'))
    return notSent('permit', 'The send permit ran out before the mail was sent; nothing was sent.');
  let message: Buffer;
  try {
    message = await messageFrom(transport, mail);
  } catch (error) {
    return notSent('unwritable', `No mail could be made of it: ${(error as Error).message}`);
  }
  try {
    crashPoint('before-mail-send');
    const outcome = await transport.mailer.send({ from: transport.head.from, to: mail.to, message }, permit);
    crashPoint('after-mail-send');
    return outcome;
  } catch (error) {
    // A defect of ours, after the journal said `sending`: whether a byte left is unknown.
    return {
      kind: 'uncertain',
      evidence: `Sending failed in an unforeseen way: ${(error as Error).message}`,
    };
  }
}

function messageFrom({ head }: MailTransport, { content, to, isShort }: OpenMail): Promise<Buffer> {
  return messageOf({
    model: content.model,
    subject: content.title,
    from: head.from,
    replyTo: head.replyTo,
    to,
    messageId: content.messageId,
    threadId: content.threadId,
    date: new Date(content.writtenAt),
    isShort,
  });
}

const notSent = (reason: 'permit' | 'unwritable', text: string): MailEvent => ({
  kind: 'refused',
  about: 'message',
  isFinal: reason === 'unwritable',
  reason: reason === 'permit' ? 'permit' : 'reply',
  text,
});
