/**
 * Gaps on a ticket: notes that the PSA refused for good and that nobody has mended or discarded yet. The notes behind wait
 * a while for a person; then the next one goes on and names what is missing (promises P5, test C2). A critical alert
 * does not wait: a late gap is better than a late alarm.
 */
import type { Tx } from '../db/database.ts';
import { type Gap, mostNamed } from '../plan/gap.ts';
import type { ReadyGroup } from './groups.ts';

/** By group; a group whose missing alerts were all decided by a person has none. */
export async function loadGaps(
  tx: Tx,
  workspaceId: string,
  groups: readonly ReadyGroup[],
): Promise<ReadonlyMap<string, Gap>> {
  const ids = groups.filter(({ hasGap }) => hasGap).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ id: string; missing: number; title: string; external_id: string }>(
    `select id, missing, title, external_id from (
       select g.id, d.id as delivery_id, a.title, a.external_id, count(*) over (partition by g.id)::int as missing,
              row_number() over (partition by g.id order by d.id) as place
         from ticket_groups g
         join deliveries d on d.workspace_id = g.workspace_id and d.id = any(g.gap_delivery_ids)
                          and d.delivery_state = 'failed'
         join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
        where g.workspace_id = $1 and g.id = any($2::bigint[])) f
      where place <= $3 order by id, delivery_id`,
    [workspaceId, ids, mostNamed],
  );
  return new Map(
    [...Map.groupBy(rows, ({ id }) => id)].map(([id, named]) => [
      id,
      {
        missing: named[0]?.missing ?? 0,
        named: named.map(({ title, external_id: externalId }) => ({ title, externalId })),
      },
    ]),
  );
}
