/**
 * An alert of which no text can be made must not stop the others (test A8 of the promises): it fails at once, visibly,
 * and waits for a person.
 */
import type { Waiting } from './claim.ts';
import type { DeliveryPatch } from './journal.ts';

/** Which of the deliveries makes `compose` throw; the first one if each of them works alone. */
export function findPoison(
  deliveries: readonly Waiting[],
  compose: (some: readonly Waiting[]) => unknown,
): Waiting {
  const culprit = deliveries.length > 1 ? deliveries.find((one) => isPoison(one, compose)) : undefined;
  return culprit ?? (deliveries[0] as Waiting);
}

function isPoison(delivery: Waiting, compose: (some: readonly Waiting[]) => unknown): boolean {
  try {
    compose([delivery]);
    return false;
  } catch {
    return true;
  }
}

/** How such a delivery ends, in words. */
export function unwritable({ id }: Pick<Waiting, 'id'>, error: unknown): DeliveryPatch {
  const problem = `No text could be made of this alert: ${(error as Error).message}`;
  return { id, state: 'failed', reason: 'unwritable', problem };
}
