import { TicketLink } from '../alerts/Outcome.tsx';
import { ticketName } from '../alerts/outcome.ts';
import type { Delivery } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { stateLabel } from '../parts/StateBadge.tsx';

/**
 * What became of a delivery, in a sentence. It stands beside the badge of the state, which it does not repeat, and the
 * ticket that it names is the way into the PSA.
 */
export function DeliveryWords({ delivery }: { delivery: Delivery }) {
  const { ticket } = delivery;
  const words = withoutState(delivery);
  if (!ticket) return <Foreign text={words} />;
  const number = ticketName(ticket);
  const at = words.indexOf(number);
  if (at < 0) {
    return (
      <>
        <Foreign text={words} /> <TicketLink ticket={ticket} />
      </>
    );
  }
  return (
    <>
      <Foreign text={words.slice(0, at)} />
      <TicketLink ticket={ticket} />
      <Foreign text={words.slice(at + number.length)} />
    </>
  );
}

function withoutState({ state, words }: Delivery): string {
  const label = `${stateLabel(state)}: `;
  if (!words.startsWith(label)) return words;
  const rest = words.slice(label.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
