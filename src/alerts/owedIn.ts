/** SQL that finds alerts by what is owed for them, where that is few; no index names delivery_state (docs/adr/0004). */
import type { Tx } from '../db/database.ts';
import type { DeliveryState } from '../plan/types.ts';

/** With more alerts than this in a state, reading from the newest alert on meets enough of them. */
const few = 5_000;
/** Larger than any id. */
const mostId = '9223372036854775807';

/** As the column `standing` has them. */
const standings: Partial<Record<DeliveryState, number>> = { held: 1, failed: 2, uncertain: 3, skipped: 4 };

/** Deliveries of writes whose attempt is open. */
const sending = `
  select d.alert_id from attempts t
    join writes w on w.workspace_id = t.workspace_id and w.id = t.write_id
    join deliveries d on d.workspace_id = w.workspace_id and d.id = any(w.delivery_ids)
   where t.workspace_id = $1 and t.attempt_state in ('sending', 'uncertain') and d.delivery_state = 'sending'`;

/** What waits in either place has an index of its own. */
const pending = [1, 2]
  .map(
    (place) =>
      `(select alert_id from deliveries where workspace_id = $1 and place = ${place} limit ${few + 1})`,
  )
  .join(' union all ');

/** Whatever was delivered was carried by a write: with few writes, these are all. */
const delivered = `
  select d.alert_id from (
      select unnest(delivery_ids) as id from writes where workspace_id = $1 limit ${few + 1}) w
    join deliveries d on d.workspace_id = $1 and d.id = w.id`;

export interface AlertsInState {
  alerts: string[];
  /** `all` of them; or only the `newest`, many of them; or just `some`. */
  are: 'all' | 'newest' | 'some';
}

/** Alerts of which a delivery may be in this state; of `newest`, those with ids below `before`. */
export async function alertsInState(
  tx: Tx,
  workspaceId: string,
  state: DeliveryState,
  before: string | undefined,
): Promise<AlertsInState> {
  const standing = standings[state];
  const { rows } = await tx.query<{ alert_id: string }>(
    standing === undefined
      ? // Whether these are few is a matter of all pages: a page of many would be made of a sample.
        `select alert_id from (${state === 'pending' ? pending : state === 'sending' ? sending : delivered}) s
          limit ${few + 1}`
      : `select distinct alert_id from deliveries
          where workspace_id = $1 and standing = ${standing} and alert_id < coalesce($2::bigint, ${mostId})
          order by alert_id desc limit ${few + 1}`,
    standing === undefined ? [workspaceId] : [workspaceId, before ?? null],
  );
  const alerts = rows.map(({ alert_id }) => alert_id);
  if (alerts.length <= few) return { alerts, are: 'all' };
  return { alerts, are: standing === undefined ? 'some' : 'newest' };
}

/** Alerts of which a delivery is, or was, in this ticket group: what was sent in it and what waits in it. */
export async function alertsOfGroup(tx: Tx, workspaceId: string, groupId: string): Promise<string[]> {
  const { rows } = await tx.query<{ alert_id: string }>(
    `select alert_id from deliveries where workspace_id = $1 and group_id = $2::bigint and place = 2
     union
     select d.alert_id from writes w
       join deliveries d on d.workspace_id = w.workspace_id and d.id = any(w.delivery_ids)
      where w.workspace_id = $1 and w.group_id = $2::bigint`,
    [workspaceId, groupId],
  );
  return rows.map(({ alert_id }) => alert_id);
}
