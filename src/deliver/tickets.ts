/** What we remember of tickets: their state with its age, their number and link. */
import type { Tx } from '../db/database.ts';
import type { TicketState } from '../psa/contract.ts';
import type { Held, RoundWork, TicketOfGroup } from './round.ts';

/** A state older than this is read again before a note is added. */
export const ticketStateMs = 5 * 60_000;

/** Stores what the PSA said about tickets since the last round. */
export async function applySeenStates(tx: Tx, work: RoundWork, held: Held): Promise<void> {
  const rows = work.seen
    .filter(({ channelId }) => held.channels.has(channelId))
    .flatMap(({ tickets, states }) =>
      tickets.map(({ groupId, ref }) => ({ groupId, ref, ...remembered(states.get(ref)) })),
    );
  if (rows.length === 0) return;
  await tx.query(
    `update ticket_groups g
        set ticket_state = s.ticket_state, ticket_ref = coalesce(s.new_ref, g.ticket_ref),
            ticket_number = coalesce(s.ticket_number, g.ticket_number),
            ticket_link = coalesce(s.ticket_link, g.ticket_link), ticket_checked_at = now()
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            as s(group_id, ref, ticket_state, new_ref, ticket_number, ticket_link)
      where g.workspace_id = $1 and g.id = s.group_id and g.ticket_ref = s.ref and g.ticket_state = 'open'`,
    [
      work.workspaceId,
      rows.map(({ groupId }) => groupId),
      rows.map(({ ref }) => ref),
      rows.map(({ state }) => state),
      rows.map(({ newRef }) => newRef ?? null),
      rows.map(({ number }) => number ?? null),
      rows.map(({ link }) => link ?? null),
    ],
  );
}

interface Remembered {
  state: 'open' | 'closed' | 'gone';
  newRef?: string;
  number?: string;
  link?: string;
}

/** A merged ticket is followed to the one that took it in (promise P13); one that is unknown stays as it is. */
function remembered(state: TicketState | undefined): Remembered {
  if (!state) return { state: 'open' };
  switch (state.kind) {
    case 'gone':
      return { state: 'gone' };
    case 'merged':
      return { state: 'open', newRef: state.into.ref, number: state.into.number, link: state.into.link };
    default:
      return { state: state.kind, number: state.receipt.number, link: state.receipt.link };
  }
}

/** Tickets that an earlier worker left without a number: creating one answers its id only. */
export async function loadUnnumbered(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  limit: number,
): Promise<TicketOfGroup[]> {
  const { rows } = await tx.query<{ id: string; ticket_ref: string }>(
    `select id, ticket_ref from ticket_groups
      where workspace_id = $1 and connection_id = $2 and ticket_state = 'open' and ticket_number is null
      order by id desc limit $3`,
    [workspaceId, channelId, limit],
  );
  return rows.map((row) => ({ groupId: row.id, ref: row.ticket_ref }));
}
