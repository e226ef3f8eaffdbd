/**
 * The net under the groups: one in which deliveries wait knows it by `waiting_lane`, and every statement that moves
 * deliveries keeps it true. Should one of them ever err, nothing would come back to those deliveries; so each sweep walks
 * some groups with waiting deliveries and wakes those that have forgotten them (promise P4).
 */
import type { Tx } from '../db/database.ts';

/** Groups walked by one sweep; the next one goes on behind them. */
const mostWalked = 2_000;

export interface Walked {
  /** Where the next walk begins: after this group. */
  after: string;
  /** Groups that had forgotten what waits in them. */
  woken: number;
}

export async function wakeForgotten(tx: Tx, workspaceId: string, after: string): Promise<Walked> {
  const { rows } = await tx.query<{ last: string | null; woken: number }>(
    `with recursive walk as (
       (select group_id, 1 as n from deliveries
         where workspace_id = $1 and place = 2 and group_id > $2 order by group_id limit 1)
       union all
       select next.group_id, walk.n + 1 from walk
        cross join lateral (
          select group_id from deliveries
           where workspace_id = $1 and place = 2 and group_id > walk.group_id order by group_id limit 1) next
        where walk.n < ${mostWalked}
     ), woken as (
       update ticket_groups g
          set waiting_lane = (select greatest(0, max(severity) - 2) from deliveries
                               where workspace_id = $1 and group_id = g.id and place = 2),
              waiting_since = (select min(id) from deliveries
                                where workspace_id = $1 and group_id = g.id and place = 2)
        where g.workspace_id = $1 and g.id in (select group_id from walk) and g.waiting_lane is null
       returning 1
     )
     select (select max(group_id) from walk) as last, (select count(*)::int from woken) as woken`,
    [workspaceId, after],
  );
  return { after: rows[0]?.last ?? '0', woken: rows[0]?.woken ?? 0 };
}
