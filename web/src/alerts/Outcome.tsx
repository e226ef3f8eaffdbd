import { Group, Text } from '@mantine/core';
import type { Delivery } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { OutLink } from '../parts/OutLink.tsx';
import { StateBadge } from '../parts/StateBadge.tsx';
import { outcomeOf, ticketName } from './outcome.ts';

/** What became of an alert: its state, and its ticket with the way into the PSA. */
export function Outcome({ deliveries }: { deliveries: readonly Delivery[] }) {
  const outcome = outcomeOf(deliveries);
  if (!outcome) {
    return (
      <Text span size="sm" className="quiet">
        Nowhere to send it
      </Text>
    );
  }
  const { delivery, ticket } = outcome;
  return (
    <Group gap="xs" wrap="nowrap">
      <StateBadge state={delivery.state} />
      {ticket && <TicketLink ticket={ticket} />}
    </Group>
  );
}

/** The ticket's number, as a way into the PSA. */
export function TicketLink({ ticket }: { ticket: NonNullable<Delivery['ticket']> }) {
  return (
    <span className="oneLine">
      <OutLink to={ticket.link}>
        <Foreign text={ticketName(ticket)} />
      </OutLink>
    </span>
  );
}
