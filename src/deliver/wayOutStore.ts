/** SQL of the way out: what is owed, what was decided, and whose turn it is to look. */
import type { Tx } from '../db/database.ts';
import type { OwedCritical, WayOut } from './wayOut.ts';

/** How often a workspace is looked over, in all processes together. */
const everySeconds = 30;
/** Owed deliveries looked at in one go; the next turn comes to the others, because decided ones are left out. */
const mostAtOnce = 1_000;

/**
 * Workspaces whose turn it is, each for one process only. Those with a lease, because without a finished connection
 * nothing is owed; not only those that this process serves, because a connection that nobody can serve is one that takes
 * no alert.
 */
export async function takeTurns(tx: Tx): Promise<string[]> {
  const { rows } = await tx.query<{ workspace_id: string }>(
    `insert into way_out_checks as c (workspace_id, checked_at)
     select due.workspace_id, clock_timestamp()
       from (select distinct l.workspace_id from leases l left join way_out_checks c using (workspace_id)
              where c.checked_at is null or c.checked_at <= clock_timestamp() - $1 * interval '1 second'
              order by l.workspace_id) due
     on conflict (workspace_id) do update set checked_at = excluded.checked_at
      where c.checked_at <= clock_timestamp() - $1 * interval '1 second'
     returning workspace_id`,
    [everySeconds],
  );
  return rows.map((row) => row.workspace_id);
}

/** The workspace's setting, and database time in milliseconds. */
export async function loadPatience(
  tx: Tx,
  workspaceId: string,
): Promise<{ afterMinutes: number; now: number } | undefined> {
  const { rows } = await tx.query<{ after_minutes: number; now: number }>(
    `select way_out_minutes as after_minutes, extract(epoch from clock_timestamp())::float8 * 1000 as now
       from workspaces where id = $1`,
    [workspaceId],
  );
  return rows[0] && { afterMinutes: rows[0].after_minutes, now: rows[0].now };
}

/** What waits or needs a person, and what is being sent just now, whose index is that of its attempt. */
const owedCritical = `(
  select * from deliveries where workspace_id = $1 and severity = 4 and place is not null
  union all
  select o.* from attempts t
    join writes w on w.workspace_id = $1 and w.id = t.write_id
    join deliveries o on o.workspace_id = $1 and o.id = any(w.delivery_ids)
   where t.workspace_id = $1 and t.attempt_state = 'sending' and o.severity = 4 and o.delivery_state = 'sending')`;

/**
 * Critical deliveries that are owed and not decided yet, oldest first. Left out: test tickets, later states of an alert
 * whose ticket the PSA has as critical already, and what is too young or paused, so that it is never in the way of others.
 */
export async function loadOwedCritical(
  tx: Tx,
  workspaceId: string,
  afterMinutes: number,
): Promise<OwedCritical[]> {
  const { rows } = await tx.query(
    `select d.id, d.alert_id, d.channel_id, d.delivery_state, d.reason, d.problem,
            extract(epoch from greatest(d.owed_since, s.received_at))::float8 * 1000 as owed_since,
            c.name, c.connection_state, c.attention,
            coalesce(b.waits_for = 'away' and b.waits_until > now() - interval '1 minute', false) as is_away
       from ${owedCritical} d
       join connections c on c.workspace_id = d.workspace_id and c.id = d.channel_id
       left join connection_budgets b on b.workspace_id = d.workspace_id and b.connection_id = d.channel_id
       join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
       left join alert_revisions r
         on r.workspace_id = d.workspace_id and r.alert_id = d.alert_id and r.revision = d.revision
      cross join lateral (select coalesce(r.received_at, a.received_at) as received_at) s
      where d.directed is null
        and c.connection_state <> 'paused'
        and greatest(d.owed_since, s.received_at) <= clock_timestamp() - $2 * interval '1 minute'
        and not exists (select from way_outs w
                         where w.workspace_id = $1 and w.alert_id = d.alert_id and w.connection_id = d.channel_id)
        and not exists (select from deliveries e
                         where e.workspace_id = $1 and e.alert_id = d.alert_id and e.revision < d.revision
                           and e.channel_id = d.channel_id and e.severity = 4 and e.delivery_state = 'delivered')
      order by d.id limit $3`,
    [workspaceId, afterMinutes, mostAtOnce],
  );
  return rows.map((row) => ({
    deliveryId: row.id,
    alertId: row.alert_id,
    connectionId: row.channel_id,
    state: row.delivery_state,
    reason: row.reason,
    problem: row.problem,
    owedSince: row.owed_since,
    connection: {
      name: row.name,
      isPaused: row.connection_state === 'paused',
      attention: row.attention,
      isAway: row.is_away,
    },
  }));
}

/** Answers how many of them were not recorded before. */
export async function recordWayOuts(
  tx: Tx,
  workspaceId: string,
  wayOuts: readonly WayOut[],
): Promise<number> {
  if (wayOuts.length === 0) return 0;
  const { rowCount } = await tx.query(
    `insert into way_outs (workspace_id, alert_id, connection_id, delivery_id, after_minutes, words)
     select $1, i.* from unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::int[], $6::text[]) i
     on conflict do nothing`,
    [
      workspaceId,
      wayOuts.map(({ alertId }) => alertId),
      wayOuts.map(({ connectionId }) => connectionId),
      wayOuts.map(({ deliveryId }) => deliveryId),
      wayOuts.map(({ afterMinutes }) => afterMinutes),
      wayOuts.map(({ words }) => words),
    ],
  );
  return rowCount ?? 0;
}
