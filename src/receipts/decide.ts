/** What a person may do with a delivery: try it again, or discard it with a reason. */
import type { Tx } from '../db/database.ts';
import { notFound, Problem } from '../errors.ts';
import type { DeliveryState } from '../plan/types.ts';
import { discard, endGapOf, giveUpWriteOf, hasChannel, lockDelivery, putBack } from './store.ts';

const mayRetry: readonly DeliveryState[] = ['failed', 'skipped'];
const mayDiscard: readonly DeliveryState[] = ['pending', 'held', 'failed'];

/** Why a delivery in this state cannot be retried; each says what to do instead. */
const noRetry: Partial<Record<DeliveryState, string>> = {
  pending: 'It waits to be sent already.',
  sending: 'It is being sent at this moment.',
  uncertain: 'Whether it arrived is being looked up; sending it again now could make a second ticket.',
  delivered: 'It was delivered; a second copy is never made.',
  held: 'It is held: resume the connection or renew its credentials.',
};

/** The same of mail, where it differs: one of which nobody knows is not looked up, but sent once more by itself. */
const forMail: Partial<Record<DeliveryState, string>> = {
  uncertain:
    'It may have arrived. It is sent once more by itself, with the same Message-ID, and then it is settled.',
  held: 'It is held: it goes out by itself when the mail servers work again.',
};

/** The same of discarding. */
const noDiscard: Partial<Record<DeliveryState, string>> = {
  sending: 'It is being sent at this moment.',
  uncertain:
    'Whether it arrived is being looked up. Only if the look-ups fail, it can be discarded, with a reason: what you saw in the PSA.',
  delivered: 'It was delivered already.',
  skipped: 'It was skipped already.',
};

interface Of {
  state: DeliveryState;
  channelId: string;
}

/** Why what is in this state cannot be retried, and what to do instead. */
export const whyNoRetry = (of: Of, workspaceId: string): string =>
  wordsOf(noRetry, of, workspaceId) ?? 'It cannot be retried.';

/** The same of discarding. */
export const whyNoDiscard = (of: Of, workspaceId: string): string =>
  wordsOf(noDiscard, of, workspaceId) ?? 'It cannot be discarded.';

function wordsOf(
  reasons: Partial<Record<DeliveryState, string>>,
  { state, channelId }: Of,
  workspaceId: string,
): string | undefined {
  return (channelId === workspaceId ? forMail[state] : undefined) ?? reasons[state];
}

/** A delivery that a person has decided about. */
export interface Decided {
  channelId: string;
  before: DeliveryState;
  after: DeliveryState;
}

/**
 * Puts a failed or skipped delivery back in line.
 * @throws Problem 404, or 409 with the reason why this state cannot be retried
 */
export async function retryDelivery(tx: Tx, workspaceId: string, id: string): Promise<Decided> {
  const delivery = await lockDelivery(tx, workspaceId, id);
  if (!delivery) throw notFound('delivery');
  if (!mayRetry.includes(delivery.state)) {
    throw new Problem(409, 'notRetryable', whyNoRetry(delivery, workspaceId));
  }
  if (!(await hasChannel(tx, workspaceId, delivery.channelId))) {
    throw new Problem(409, 'notRetryable', 'Its PSA connection was removed: there is nowhere to send it.');
  }
  await putBack(tx, workspaceId, id);
  return { channelId: delivery.channelId, before: delivery.state, after: 'pending' };
}

/**
 * Ends a delivery. One that is uncertain ends with everything that its write carries, and only when
 * Herald cannot find out by itself.
 * @throws Problem 404, or 409 with the reason why this state cannot be discarded
 */
export async function discardDelivery(
  tx: Tx,
  workspaceId: string,
  id: string,
  by: { name: string; reason: string | undefined },
): Promise<Decided> {
  const why = by.reason ? `: ${by.reason}` : '.';
  const words = `Discarded by ${by.name}${why}`;
  const givenUp = by.reason && (await giveUpWriteOf(tx, workspaceId, id, words));
  if (givenUp) return { channelId: givenUp, before: 'uncertain', after: 'skipped' };
  const delivery = await lockDelivery(tx, workspaceId, id);
  if (!delivery) throw notFound('delivery');
  if (!mayDiscard.includes(delivery.state)) {
    throw new Problem(409, 'notDiscardable', whyNoDiscard(delivery, workspaceId));
  }
  await discard(tx, workspaceId, id, words);
  await endGapOf(tx, workspaceId, id);
  return { channelId: delivery.channelId, before: delivery.state, after: 'skipped' };
}
