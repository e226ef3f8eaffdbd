/** The calls of the delivery step: each turns a write into an event for `step`, and never throws. */
import { crashPoint } from '../crashPoints.ts';
import type { Finding, Permit } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { OpenWrite } from './round.ts';
import type { WriteEvent } from './step.ts';

/** Sends a frozen write. The permit is checked here, after COMMIT, and again when the request is written. */
export async function send(channel: Channel, { content }: OpenWrite, permit: Permit): Promise<WriteEvent> {
  if (!permit())
    return { kind: 'interrupted', why: 'The send permit ran out before the call; nothing was sent.' };
  // Asked again at the moment of writing; only its own "no" means that it ran out, not any failure after its time.
  let isDenied = false;
  const asked: Permit = () => {
    isDenied ||= !permit();
    return !isDenied;
  };
  try {
    crashPoint('before-send');
    const outcome =
      content.kind === 'ticket'
        ? await channel.session.createTicket(content.draft, asked)
        : await channel.session.addNote(content.ticketRef, content.draft, asked);
    crashPoint('after-send');
    return isDenied
      ? { kind: 'interrupted', why: 'The send permit ran out before the request was written.' }
      : { kind: 'answered', outcome };
  } catch (error) {
    // A defect of ours, after the journal said `sending`: whether a byte left is unknown.
    return { kind: 'interrupted', why: `The call failed in an unforeseen way: ${(error as Error).message}` };
  }
}

/** Looks for what an uncertain write may have made. */
export async function look(channel: Channel, { content }: OpenWrite): Promise<Finding> {
  try {
    crashPoint('before-look');
    const finding =
      content.kind === 'ticket'
        ? await channel.session.findTicket(content.draft.key)
        : await channel.session.findNote(content.ticketRef, content.draft);
    crashPoint('after-look');
    return finding;
  } catch (error) {
    return { kind: 'failed', reason: 'serverError', text: (error as Error).message };
  }
}
