import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Delivery } from '../api/types.ts';
import { Foreign } from '../parts/Foreign.tsx';
import { Time } from '../parts/Time.tsx';
import { TicketLink } from './Outcome.tsx';
import type { WholeAlert } from './queries.ts';

type TicketNow = WholeAlert['tickets'][number];

/** How the alert's tickets stand, as Herald saw them last. */
export function TicketsNow({ tickets, deliveries }: Pick<WholeAlert, 'tickets' | 'deliveries'>) {
  return (
    <Stack gap={4}>
      {tickets.map((ticket) => (
        <Text key={`${ticket.deliveryIds[0]} ${ticket.id}`} component="div" size="sm">
          <Standing ticket={ticket} psa={psaOf(ticket, deliveries)} />{' '}
          <span className="quiet">
            {ticket.checkedAt === null ? (
              '(not looked at since then)'
            ) : (
              <>
                (looked at <Time at={ticket.checkedAt} />)
              </>
            )}
          </span>
        </Text>
      ))}
    </Stack>
  );
}

/** The name of the connection; "the PSA" when that was removed. */
function psaOf({ deliveryIds }: TicketNow, deliveries: readonly Delivery[]): ReactNode {
  const name = deliveries.find(({ id }) => deliveryIds.includes(id))?.connectionName;
  return name ? <Foreign text={name} /> : 'the PSA';
}

function Standing({ ticket, psa }: { ticket: TicketNow; psa: ReactNode }) {
  const named = (
    <>
      Ticket <TicketLink ticket={ticket} />
    </>
  );
  switch (ticket.state) {
    case 'open':
      return (
        <>
          {named} is open in {psa}
        </>
      );
    case 'closed':
      return (
        <>
          {named} is closed in {psa}
          {ticket.closedAt !== null && (
            <>
              , since <Time at={ticket.closedAt} />
            </>
          )}
        </>
      );
    case 'gone':
      return (
        <>
          {named} was deleted in {psa}, or moved to where Herald cannot see it
        </>
      );
    case 'shut':
      return (
        <>
          {named} takes no notes any more in {psa}
        </>
      );
    case 'merged':
      return (
        <>
          {named} was merged into <Successor ticket={ticket} psa={psa} />
        </>
      );
    case 'replaced':
      return (
        <>
          {named} took no more alerts in {psa}: later ones go to <Successor ticket={ticket} psa={psa} />
        </>
      );
  }
}

const conditions: Record<NonNullable<TicketNow['successor']>['state'], string> = {
  open: 'is open',
  closed: 'is closed',
  gone: 'is gone',
  shut: 'takes no notes any more',
};

function Successor({ ticket: { successor, state }, psa }: { ticket: TicketNow; psa: ReactNode }) {
  if (!successor) return 'a new ticket';
  return (
    <>
      ticket <TicketLink ticket={successor} />, which {conditions[successor.state]}
      {state === 'merged' && <> in {psa}</>}
    </>
  );
}
