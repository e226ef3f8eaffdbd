/** The markers that a group's next tickets will have (promises §2.1): derived, and not the one of another group. */
import type { Tx } from '../db/database.ts';
import { deriveMarkers, type GroupIdentity } from '../plan/index.ts';
import type { TicketCondition } from './ticketLife.ts';

export interface MarkedGroup extends GroupIdentity {
  id: string;
  generation: number;
}

/** By group id, for those whose ticket takes no more notes: the others have their marker. */
export async function loadNextMarkers(
  tx: Tx,
  workspaceId: string,
  groups: readonly (MarkedGroup & { ticketState: TicketCondition })[],
): Promise<Map<string, string>> {
  const ended = groups.filter(({ ticketState }) => ticketState !== 'none' && ticketState !== 'open');
  return loadMarkersAfter(tx, workspaceId, ended);
}

/** By group id: the marker of the generation that follows `generation`. */
export async function loadMarkersAfter(
  tx: Tx,
  workspaceId: string,
  groups: readonly MarkedGroup[],
): Promise<Map<string, string>> {
  if (groups.length === 0) return new Map();
  const derived = groups.map((group) => deriveMarkers(group, group.generation + 1));
  const { rows } = await tx.query<{ id: string }>(
    `select m.id from unnest($2::bigint[], $3::uuid[], $4::text[]) as m(id, connection_id, marker)
       join ticket_groups g on g.workspace_id = $1 and g.connection_id = m.connection_id and g.marker = m.marker
      where g.id <> m.id`,
    [
      workspaceId,
      groups.map(({ id }) => id),
      groups.map(({ connectionId }) => connectionId),
      derived.map(([marker]) => marker),
    ],
  );
  const taken = new Set(rows.map(({ id }) => id));
  return new Map(
    groups.map(({ id }, i) => {
      const [marker, spare] = derived[i] as [string, string];
      return [id, taken.has(id) ? spare : marker];
    }),
  );
}
