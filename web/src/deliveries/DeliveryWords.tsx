import { TicketLink } from '../alerts/Outcome.tsx';
import type { Delivery } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';

/**
 * What became of a delivery, in a sentence. It stands beside the badge of the state, which it does not repeat, and the
 * ticket that it names is the way into the PSA.
 */
export function DeliveryWords({ delivery: { ticket, brief } }: { delivery: Delivery }) {
  return (
    <>
      <Foreign text={brief.before} />
      {ticket && <TicketLink ticket={ticket} />}
      {brief.after !== '' && <Foreign text={brief.after} />}
    </>
  );
}
