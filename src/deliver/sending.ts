/** How a drain sends what its rounds have frozen, beside them, and what each answer makes of a write. */

import type { Logger } from 'pino';
import type { Permit, Outcome as PsaOutcome } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { Clock } from './permit.ts';
import type { Reads } from './reads.ts';
import type { OpenWrite, Outcome } from './round.ts';
import { send } from './send.ts';
import { step, type WriteEvent, type WriteFacts } from './step.ts';

export interface SendingParts {
  workspaceId: string;
  log: Logger;
  clock: Pick<Clock, 'monotonic'>;
  /** Database time in milliseconds. */
  now(): number;
  /** 0 ≤ random < 1. */
  random(): number;
  /** What reads there will be of the tickets that are written. */
  reads: Pick<Reads, 'noteWritten' | 'noteUnnumbered'>;
  /** To be settled by the next round. */
  onOutcome(outcome: Outcome): void;
}

export interface Sending {
  /** Makes the call and takes what it comes to; the slot is given back as soon as the call is over. */
  sendOne(channel: Channel, write: OpenWrite, permit: Permit, giveBack: () => void): Promise<void>;
  /** Something happened to a write: it is busy until the round that settles it. */
  take(channel: Channel, write: OpenWrite, event: WriteEvent): void;
}

export function createSending(parts: SendingParts): Sending {
  const { workspaceId, log, clock, now, random, reads, onOutcome } = parts;

  function noteDone({ connectionId }: Channel, { content, groupId }: OpenWrite, createdRef: string): void {
    const ref = content.kind === 'ticket' ? createdRef : content.ticketRef;
    reads.noteWritten(connectionId, { groupId, ref });
    if (content.kind === 'ticket') reads.noteUnnumbered(connectionId, [{ groupId, ref }]);
  }

  function take(channel: Channel, write: OpenWrite, event: WriteEvent): void {
    const facts: WriteFacts = {
      kind: write.content.kind,
      tries: write.tries,
      without: write.without,
      fallbacks: write.fallbacks,
      timing: channel.timing,
      random: random(),
    };
    const stepped = step(write.state, event, now(), facts);
    channel.busy.add(write.writeId);
    onOutcome({ write, stepped });
  }

  return {
    take,
    async sendOne(channel, write, permit, giveBack) {
      const startedAt = clock.monotonic();
      let event: WriteEvent;
      try {
        event = await send(channel, write, permit);
      } finally {
        giveBack();
      }
      const outcome: PsaOutcome =
        event.kind === 'answered' ? event.outcome : { kind: 'uncertain', evidence: event.kind };
      channel.flow.answered(outcome, now(), random());
      if (outcome.kind === 'done') noteDone(channel, write, outcome.receipt.ref);
      const line = wideLine(write, event, clock.monotonic() - startedAt);
      log.info({ workspaceId, ...line }, 'delivery.attempted');
      take(channel, write, event);
    },
  };
}

/** One wide line per attempt: ids, duration, outcome. No text of alerts, no secrets. */
function wideLine(write: OpenWrite, event: WriteEvent, durationMs: number) {
  const outcome = event.kind === 'answered' ? event.outcome : undefined;
  return {
    channelId: write.channelId,
    writeId: write.writeId,
    groupId: write.groupId,
    writeKind: write.content.kind,
    attempt: write.state.phase === 'settled' ? 0 : write.state.attempt,
    deliveries: write.deliveryIds.length,
    durationMs: Math.round(durationMs),
    outcome: outcome?.kind ?? event.kind,
    reason: outcome?.kind === 'refused' ? outcome.reason : undefined,
    ref: outcome?.kind === 'done' ? outcome.receipt.ref : undefined,
  };
}
