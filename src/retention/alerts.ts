/**
 * Alerts that were neither changed nor settled within the days of the workspace, each with its revisions, its deliveries
 * and the writes that carried nothing else. One that still waits, is held, under way or looked up stays, and so does one
 * on whose ticket a late answer may still be found: nothing is removed that somebody or something will come back to.
 */
import { noteRemoved } from '../blocks/index.ts';
import type { Tx } from '../db/database.ts';
import { cutoff, type Piece } from './piece.ts';
import { dropWrites } from './writes.ts';

const mostAtOnce = 1_000;

/** Removes some of the alerts behind `after`, whatever their number below a thousand. */
export async function removeAlerts(tx: Tx, workspaceId: string, after: string): Promise<Piece> {
  const { old, next } = await findOld(tx, workspaceId, after);
  const removable = old.length > 0 ? await lockRemovable(tx, workspaceId, old) : [];
  if (removable.length === 0) return { removed: {}, next };
  const deliveries = await deleteAlerts(tx, workspaceId, removable);
  const carriers = new Set(deliveries.map(({ write_id }) => write_id).filter((id) => id !== null));
  const writes = await dropWrites(tx, workspaceId, [...carriers]);
  return { removed: { alerts: removable.length, deliveries: deliveries.length, writes }, next };
}

/**
 * Ids rise in the order of acceptance: behind one that is young and was never changed there are only young ones. A changed
 * one says nothing about those behind it.
 */
async function findOld(
  tx: Tx,
  workspaceId: string,
  after: string,
): Promise<{ old: string[]; next?: string | undefined }> {
  const { rows } = await tx.query<{ old: string[]; last: string | null; is_end: boolean }>(
    `with seen as materialized (
       select a.id, a.received_at < ${cutoff} as is_old, a.revision
         from workspaces w join alerts a on a.workspace_id = w.id
        where w.id = $1 and a.id > $2::bigint order by a.id limit ${mostAtOnce})
     select coalesce(array_agg(id order by id) filter (where is_old), '{}') as old, max(id) as last,
            count(*) < ${mostAtOnce} or bool_or(not is_old and revision = 1) as is_end
       from seen`,
    [workspaceId, after],
  );
  const [row] = rows;
  return { old: row?.old ?? [], next: row?.is_end ? undefined : (row?.last ?? undefined) };
}

/**
 * Those that may go, locked with all their deliveries until the transaction ends. Whatever somebody else holds at this
 * moment is passed over: its next turn comes.
 */
async function lockRemovable(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const { rows: alerts } = await tx.query<{ id: string }>(
    `select a.id from alerts a join workspaces w on w.id = a.workspace_id
      where a.workspace_id = $1 and a.id = any($2::bigint[]) and a.received_at < ${cutoff}
        for update of a skip locked`,
    [workspaceId, ids],
  );
  const locked = alerts.map(({ id }) => id);
  const { rows: deliveries } = await tx.query<{ id: string }>(
    `select id from deliveries where workspace_id = $1 and alert_id = any($2::bigint[]) for update skip locked`,
    [workspaceId, locked],
  );
  const { rows } = await tx.query<{ id: string }>(removableSql, [
    workspaceId,
    locked,
    deliveries.map(({ id }) => id),
  ]);
  return rows.map(({ id }) => id);
}

/**
 * `open`: groups with a write that is under way, uncertain, or looked up again for a second ticket that came late. The limit
 * has the deliveries of each alert looked up by its id; as a join, it might be compared with all of them.
 */
const removableSql = `
  with open as materialized (
    select array(
      select w.group_id from attempts t join writes w on w.workspace_id = t.workspace_id and w.id = t.write_id
       where t.workspace_id = $1 and t.recheck_at is not null
      union
      select w.group_id from attempts t join writes w on w.workspace_id = t.workspace_id and w.id = t.write_id
       where t.workspace_id = $1 and t.attempt_state in ('sending', 'uncertain')) as groups
  ), oldest as materialized (
    select ${cutoff} as kept from workspaces w where w.id = $1)
  select a.id from unnest($2::bigint[]) a(id)
   where not exists (
     select from (
       select 1 from deliveries d
        where d.workspace_id = $1 and d.alert_id = a.id
          and (d.id <> all($3::bigint[]) or d.delivery_state not in ('delivered', 'skipped', 'failed')
               or d.settled_at >= (select kept from oldest)
               or d.former_groups || coalesce(d.group_id, 0) && (select groups from open))
        limit 1) stays)`;

async function deleteAlerts(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<{ write_id: string | null }[]> {
  const { rows } = await tx.query<{ write_id: string | null }>(
    'delete from deliveries where workspace_id = $1 and alert_id = any($2::bigint[]) returning write_id',
    [workspaceId, ids],
  );
  await tx.query('delete from alerts where workspace_id = $1 and id = any($2::bigint[])', [workspaceId, ids]);
  await noteRemoved(tx, workspaceId, ids);
  return rows;
}
