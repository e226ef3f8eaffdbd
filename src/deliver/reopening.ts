/**
 * Reopens closed tickets for what waits in their groups (decision 14), beside the rounds. It is a write without a row in
 * the journal: setting a status twice is setting it once, so an unclear answer is simply asked again, and a process
 * that dies after it leaves a ticket that is open as it should be. The note itself goes through the journal once the
 * group has learned that its ticket is open. The send permit keeps a stopped process from reopening long after.
 */
import type { Outcome, Permit, Refusal } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import type { Reopening, SeenState, SeenStates } from './round.ts';

/** So many unclear answers are asked again. */
const patience = 3;

export interface ReopeningParts {
  begin(work: () => Promise<void>): void;
  startPermit(channel: Channel): Permit;
  /** What became of the ticket, for the next round. */
  learn(seen: SeenStates): void;
  onRefused(channel: Channel, refusal: Pick<Refusal, 'reason' | 'text' | 'retryAfterMs'>): Promise<void>;
  /** There was no slot: ask again soon. */
  onBusy(): void;
}

export function createReopenings(parts: ReopeningParts) {
  const underWay = new Set<string>();
  /** Unclear answers in a row, by group. */
  const unclear = new Map<string, number>();

  async function reopenOne(channel: Channel, reopening: Reopening): Promise<void> {
    const { groupId, ref, values, words } = reopening;
    const permit = parts.startPermit(channel);
    const outcome = await channel.session.reopen?.(ref, values, permit);
    if (!outcome) return;
    const state = stateAfter(outcome, words) ?? giveUp(groupId, outcome);
    if (state) {
      unclear.delete(groupId);
      const { connectionId: channelId } = channel;
      parts.learn({ channelId, tickets: [{ groupId, ref }], states: new Map([[ref, state]]) });
    } else await parts.onRefused(channel, toRefusal(outcome));
  }

  /** A PSA that answers with nothing we understand, again and again: the alerts get a new ticket. */
  function giveUp(groupId: string, outcome: Outcome): SeenState | undefined {
    if (outcome.kind !== 'uncertain') return undefined;
    const count = (unclear.get(groupId) ?? 0) + 1;
    unclear.set(groupId, count);
    if (count < patience) return undefined;
    return { kind: 'shut', words: 'It could not be reopened: the PSA gave no clear answer.' };
  }

  return (channel: Channel, reopening: Reopening): void => {
    if (underWay.has(reopening.groupId)) return;
    const giveBack = channel.slots.tryTake(channel.adapter.limits.parallel.writes);
    if (!giveBack) {
      parts.onBusy();
      return;
    }
    underWay.add(reopening.groupId);
    parts.begin(async () => {
      try {
        await reopenOne(channel, reopening);
      } finally {
        giveBack();
        underWay.delete(reopening.groupId);
      }
    });
  };
}

/** Undefined when nothing is known of the ticket: the PSA is away or busy, or its answer proves nothing. */
function stateAfter(outcome: Outcome, words: string): SeenState | undefined {
  if (outcome.kind === 'done') return { kind: 'reopened', words };
  if (outcome.kind === 'uncertain') return undefined;
  if (outcome.reason === 'notFound') return { kind: 'gone' };
  if (outcome.reason === 'invalid')
    return { kind: 'shut', words: `It could not be reopened: ${outcome.text}` };
  return undefined;
}

const toRefusal = (outcome: Outcome): Pick<Refusal, 'reason' | 'text' | 'retryAfterMs'> =>
  outcome.kind === 'refused'
    ? outcome
    : { reason: 'timeout', text: 'The PSA gave no clear answer to the reopening of a ticket.' };
