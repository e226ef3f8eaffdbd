/** Which of an alert's deliveries says what became of it. */
import type { Delivery, DeliveryState } from '../api/types.ts';

/** What a person has to know first comes first. */
const telling: readonly DeliveryState[] = [
  'failed',
  'uncertain',
  'held',
  'sending',
  'pending',
  'delivered',
  'skipped',
];

/** The delivery that matters most, and the ticket that the alert is on; undefined when nothing is owed. */
export function outcomeOf(
  deliveries: readonly Delivery[],
): { delivery: Delivery; ticket: Delivery['ticket'] } | undefined {
  const rank = ({ state }: Delivery) => telling.indexOf(state);
  const [delivery] = deliveries.toSorted((a, b) => rank(a) - rank(b));
  if (!delivery) return undefined;
  return { delivery, ticket: deliveries.findLast(({ ticket }) => ticket !== null)?.ticket ?? null };
}

/** The ticket as people call it. */
export const ticketName = ({ id, number }: NonNullable<Delivery['ticket']>): string => number ?? `id ${id}`;
