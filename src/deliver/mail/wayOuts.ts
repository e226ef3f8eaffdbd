/**
 * The way out (promises P4): critical alerts of which it was decided that people must be told by other means are mailed to
 * the global recipients. Such a delivery is of revision 0: it is owed to what became of the alert, not to a state of it.
 */
import type { Tx } from '../../db/database.ts';
import { planWayOut } from '../../plan/index.ts';
import type { Settings } from '../../plan/types.ts';

/** So many in one round; the next one takes the others. */
const mostAtOnce = 200;
/** One that was decided longer ago is no news: mail was set up only later. */
const newsForHours = 24;

/** In these states a delivery is still owed to its PSA. */
const owedStates = `('pending', 'sending', 'uncertain', 'held', 'failed')`;

/** Of a delivery `d`: whether it tells of a ticket that is not pending any more, so that it would mislead. */
export const wayOutIsOver = `
  d.update_purpose is not distinct from 'wayOut' and not exists (
    select from way_outs o join deliveries p on p.workspace_id = o.workspace_id and p.id = o.delivery_id
     where o.workspace_id = d.workspace_id and o.alert_id = d.alert_id and p.delivery_state in ${owedStates})`;

interface Untold {
  alert_id: string;
  connection_id: string;
  organization_id: string | null;
  words: string;
  after_minutes: number;
  connection_name: string;
  /** It is news, and its PSA has still not taken the alert. */
  counts: boolean;
}

export async function oweWayOuts(tx: Tx, workspaceId: string, settings: Settings): Promise<void> {
  const { rows } = await tx.query<Untold>(
    `select o.alert_id, o.connection_id, o.words, o.after_minutes, a.organization_id, coalesce(c.name, '') as connection_name,
            o.decided_at > now() - interval '${newsForHours} hours'
              and d.delivery_state in ${owedStates} as counts
       from way_outs o
       join alerts a on a.workspace_id = o.workspace_id and a.id = o.alert_id
       join deliveries d on d.workspace_id = o.workspace_id and d.id = o.delivery_id
       left join connections c on c.workspace_id = o.workspace_id and c.id = o.connection_id
      where o.workspace_id = $1 and o.told_at is null order by o.decided_at limit $2`,
    [workspaceId, mostAtOnce],
  );
  if (rows.length === 0) return;
  const owed = rows.filter(({ counts }) => counts).flatMap((row) => owedFor(row, settings));
  await tx.query(
    `with told as (
       update way_outs o set told_at = now()
         from unnest($2::bigint[], $3::uuid[]) as t(alert_id, connection_id)
        where o.workspace_id = $1 and o.alert_id = t.alert_id and o.connection_id = t.connection_id
     )
     insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, severity,
                             settings_version, trace, update_purpose)
     select $1, nextval('delivery_ids'), i.alert_id, 0, $1, i.target, 'pending', 4, $4, i.trace::json, 'wayOut'
       from unnest($5::bigint[], $6::text[], $7::text[]) as i(alert_id, target, trace)
     on conflict (workspace_id, alert_id, revision, channel_id, target) do nothing`,
    [
      workspaceId,
      rows.map((row) => row.alert_id),
      rows.map((row) => row.connection_id),
      settings.version,
      owed.map(({ alertId }) => alertId),
      owed.map(({ target }) => target),
      owed.map(({ trace }) => JSON.stringify(trace)),
    ],
  );
}

function owedFor(row: Untold, settings: Settings): { alertId: string; target: string; trace: string[] }[] {
  const organization =
    row.organization_id === null ? undefined : settings.organizations.get(row.organization_id);
  const minutes = row.after_minutes === 1 ? '1 minute' : `${row.after_minutes} minutes`;
  const trace = [
    `E-mail, because ${row.connection_name} has not taken this critical alert for ${minutes}.`,
    row.words,
  ];
  return planWayOut(organization, settings).map((target) => ({ alertId: row.alert_id, target, trace }));
}
