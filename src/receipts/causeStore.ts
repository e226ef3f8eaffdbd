/** SQL of what needs a person, by cause: same connection, same state, same reason, and the same problem but for its ids. */
import type { Tx } from '../db/database.ts';
import { causeIdSql } from './causeId.ts';
import { leaveGroup } from './store.ts';

/** Rows in one transaction: what is locked meanwhile keeps nobody waiting long. */
const piece = 1_000;

/** As the column `standing` has them (migration 0015). */
export const standings = { held: 1, failed: 2, uncertain: 3 } as const;
export type StandingState = keyof typeof standings;

/** One that is looked up for so long is no passing matter. */
const uncertainAfter = `interval '1 hour'`;
const mostCauses = 500;

export interface CauseRow {
  id: string;
  channel_id: string;
  channel_name: string | null;
  standing: number;
  reason: string | null;
  problem: string | null;
  attention: string | null;
  pause_reason: string | null;
  count: number;
  /** When the oldest of its alerts was received; null when that was removed. */
  oldest: Date | null;
  example_id: string;
}

/** Those with most deliveries first. */
export async function listCauses(tx: Tx, workspaceId: string): Promise<CauseRow[]> {
  const { rows } = await tx.query<CauseRow>(
    // Equal texts are folded once, however many there are.
    `with alike as (
       select d.channel_id, d.standing, d.reason, d.problem, count(*)::int as count, min(d.alert_id) as alert_id,
              min(d.id) as example_id
         from deliveries d
        where d.workspace_id = $1 and d.standing in (1, 2, 3)
          and (d.standing <> 3 or (select w.created_at from writes w where w.workspace_id = d.workspace_id and w.id = d.write_id)
                                    < now() - ${uncertainAfter})
        group by d.channel_id, d.standing, d.reason, d.problem),
     causes as (
       select ${causeIdSql('d', 'd.problem')} as id, d.channel_id, d.standing, d.reason,
              (array_agg(d.problem order by d.example_id))[1] as problem, sum(d.count)::int as count,
              min(d.alert_id) as alert_id, min(d.example_id) as example_id
         from alike d group by 1, 2, 3, 4)
     select c.id, c.channel_id, case when c.channel_id = $1 then 'E-mail' else n.name end as channel_name, c.standing,
            c.reason, c.problem, coalesce(n.attention, mail.attention) as attention, n.pause_reason, c.count, a.received_at as oldest, c.example_id
       from causes c
       left join connections n on n.workspace_id = $1 and n.id = c.channel_id
       left join mail_settings mail on mail.workspace_id = $1 and c.channel_id = $1
       left join alerts a on a.workspace_id = $1 and a.id = c.alert_id
      order by c.count desc, c.id limit ${mostCauses}`,
    [workspaceId],
  );
  return rows;
}

/** Position in the deliveries of a cause, which are taken in the order of their alerts. */
export type After = readonly [alertId: string, id: string];

/** The next deliveries of a cause, locked; those that somebody else holds are passed over. */
export async function lockOfCause(
  tx: Tx,
  workspaceId: string,
  state: StandingState,
  cause: string,
  after: After,
): Promise<{ id: string; alertId: string; channelId: string }[]> {
  const { rows } = await tx.query(
    `select d.id, d.alert_id, d.channel_id from deliveries d
      where d.workspace_id = $1 and d.standing = ${standings[state]} and d.alert_id >= $3::bigint
        and (d.alert_id, d.id) > ($3::bigint, $4::bigint) and ${causeIdSql('d', 'd.problem')} = $2
      order by d.alert_id, d.id limit ${piece} for update skip locked`,
    [workspaceId, cause, ...after],
  );
  return rows.map((row) => ({ id: row.id, alertId: row.alert_id, channelId: row.channel_id }));
}

/** They wait again, as if they had just been accepted. */
export async function putAllBack(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  await tx.query(
    `update deliveries
        set delivery_state = 'pending', reason = null, problem = null, tries = 0, without = '{}', settled_at = null,
            owed_since = now(), ${leaveGroup}
      where workspace_id = $1 and id = any($2::bigint[])`,
    [workspaceId, ids],
  );
}

/** They end here; what waits behind refused notes on their tickets waits no longer (promise P5). */
export async function discardAll(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
  words: string,
): Promise<void> {
  await tx.query(
    `update deliveries set delivery_state = 'skipped', reason = 'discarded', problem = $3, settled_at = now()
      where workspace_id = $1 and id = any($2::bigint[])`,
    [workspaceId, ids, words],
  );
  await tx.query(
    `update ticket_groups g set gap_until = null
       from deliveries d
      where d.workspace_id = $1 and d.id = any($2::bigint[]) and g.workspace_id = $1 and g.id = d.group_id
        and g.gap_until is not null and d.id = any(g.gap_delivery_ids)`,
    [workspaceId, ids],
  );
}
