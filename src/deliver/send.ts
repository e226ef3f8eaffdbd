/** The calls of the delivery step: each turns a write into an event for `step`, and never throws. */
import type { Finding, Outcome, Permit } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { OpenWrite } from './round.ts';
import type { WriteEvent } from './step.ts';

/** Sends a frozen write. The permit is checked here, after COMMIT, and again when the request is written. */
export async function send(channel: Channel, { content }: OpenWrite, permit: Permit): Promise<WriteEvent> {
  if (!permit())
    return { kind: 'interrupted', why: 'The send permit ran out before the call; nothing was sent.' };
  try {
    const outcome =
      content.kind === 'ticket'
        ? await channel.session.createTicket(content.draft, permit)
        : await channel.session.addNote(content.ticketRef, content.draft, permit);
    return isPermitLoss(outcome, permit)
      ? { kind: 'interrupted', why: 'The send permit ran out before the request was written.' }
      : { kind: 'answered', outcome };
  } catch (error) {
    // A defect of ours, after the journal said `sending`: whether a byte left is unknown.
    return { kind: 'interrupted', why: `The call failed in an unforeseen way: ${(error as Error).message}` };
  }
}

const isPermitLoss = (outcome: Outcome, permit: Permit): boolean =>
  outcome.kind === 'refused' && outcome.reason === 'network' && !permit();

/** Looks for what an uncertain write may have made. */
export async function look(channel: Channel, { content }: OpenWrite): Promise<Finding> {
  try {
    if (content.kind === 'ticket') return await channel.session.findTicket(content.draft.key);
    return await channel.session.findNote(content.ticketRef, content.draft);
  } catch (error) {
    return { kind: 'failed', reason: 'serverError', text: (error as Error).message };
  }
}
