/** What we remember of tickets: their state with its age, their number and link. */
import type { Tx } from '../db/database.ts';
import { lookOfLostTicket } from './journal.ts';
import type { Held, RoundWork, SeenState, TicketOfGroup } from './round.ts';

/** A state older than this is read again before a note is added. */
export const ticketStateMs = 5 * 60_000;
/** Tickets in one read of states. */
export const mostStatesAtOnce = 200;

/**
 * Stores what was learned about tickets since the last round; a group that is past this ticket keeps what it has. Answers
 * whether the PSA must be asked about some of them before they are written (docs/adr/0007).
 */
export async function applySeenStates(
  tx: Tx,
  work: Pick<RoundWork, 'workspaceId' | 'seen'>,
  held: Held,
): Promise<boolean> {
  const rows = work.seen
    .filter(({ channelId }) => held.channels.has(channelId))
    .flatMap(({ tickets, states }) =>
      tickets.map(({ groupId, ref }) => ({ groupId, ref, ...remembered(ref, states.get(ref)) })),
    );
  if (rows.length === 0) return false;
  const updated = await tx.query<{ look_first: string | null }>(
    `update ticket_groups g
        set ticket_state = coalesce(s.ticket_state, g.ticket_state), ticket_ref = coalesce(s.new_ref, g.ticket_ref),
            ticket_number = case when s.new_ref is null then coalesce(s.ticket_number, g.ticket_number)
                                 else s.ticket_number end,
            ticket_link = case when s.new_ref is null then coalesce(s.ticket_link, g.ticket_link) else s.ticket_link end,
            ticket_closed_at = case coalesce(s.ticket_state, g.ticket_state)
              when 'closed' then coalesce(to_timestamp(s.closed_at / 1000), g.ticket_closed_at, now()) end,
            turned_at = case when s.is_reopened then now() else g.turned_at end,
            life_words = coalesce(s.words, g.life_words), ticket_checked_at = now(),
            look_first = ${lookOfLostTicket('s.ticket_state', 'g.waiting_since')}
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::bool[],
                   $10::text[])
            as s(group_id, ref, ticket_state, new_ref, ticket_number, ticket_link, closed_at, is_reopened, words)
      where g.workspace_id = $1 and g.id = s.group_id and g.ticket_ref = s.ref
        and g.ticket_state in ('open', 'closed')
     returning g.look_first`,
    [
      work.workspaceId,
      rows.map(({ groupId }) => groupId),
      rows.map(({ ref }) => ref),
      rows.map(({ state }) => state),
      rows.map(({ newRef }) => newRef ?? null),
      rows.map(({ number }) => number ?? null),
      rows.map(({ link }) => link ?? null),
      rows.map(({ closedAt }) => closedAt?.getTime() ?? null),
      rows.map(({ isReopened }) => isReopened ?? false),
      rows.map(({ words }) => words ?? null),
    ],
  );
  return updated.rows.some((row) => row.look_first !== null);
}

interface Remembered {
  /** Absent: the PSA did not say, and it stays as it was. */
  state?: 'open' | 'closed' | 'gone' | 'shut';
  newRef?: string;
  number?: string | undefined;
  link?: string | undefined;
  closedAt?: Date | undefined;
  isReopened?: true;
  words?: string;
}

/** A merged ticket is followed to the one that took it in (promise P13). */
function remembered(ref: string, state: SeenState | undefined): Remembered {
  if (!state) return {};
  switch (state.kind) {
    case 'gone':
      return { state: 'gone' };
    case 'shut':
      return { state: 'shut', words: state.words };
    case 'reopened':
      return { state: 'open', isReopened: true, words: state.words };
    case 'merged': {
      const { ref: newRef, number, link } = state.into;
      const words = `Ticket ${ref} was merged into ${number ?? newRef}: further alerts go there.`;
      return { state: state.isOpen ? 'open' : 'closed', newRef, number, link, words };
    }
    default: {
      const { number, link } = state.receipt;
      return { state: state.kind, number, link, closedAt: state.closedAt };
    }
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
