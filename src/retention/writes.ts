/**
 * Writes whose deliveries are all gone. Their ticket groups stay: a group made anew would begin with the key of a ticket
 * that the PSA still has (its keys are derived, docs/adr/0007), and a look-up would take that one for its own.
 */
import type { Tx } from '../db/database.ts';
import { cutoff, type Piece } from './piece.ts';

const mostAtOnce = 1_000;

/** Removes those of these writes that carry nothing any more, with their attempts; answers how many. */
export async function dropWrites(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { rows } = await tx.query<{ id: string }>(
    // With a limit, each delivery is looked up by its key; as a join, each write would be compared with all of them.
    `delete from writes w
      where w.workspace_id = $1 and w.id = any($2::bigint[])
        and not exists (
          select from unnest(w.delivery_ids) i(id)
           cross join lateral (select 1 from deliveries d where d.workspace_id = $1 and d.id = i.id limit 1) d)
        and not exists (select from attempts t where t.workspace_id = $1 and t.write_id = w.id
                           and (t.recheck_at is not null or t.attempt_state in ('sending', 'uncertain')))
     returning w.id`,
    [workspaceId, ids],
  );
  if (rows.length === 0) return 0;
  const dropped = rows.map(({ id }) => id);
  for (const table of ['attempts', 'surplus_records', 'mail_retries']) {
    await tx.query(`delete from ${table} where workspace_id = $1 and write_id = any($2::bigint[])`, [
      workspaceId,
      dropped,
    ]);
  }
  return dropped.length;
}

/**
 * Of the old writes behind `after`, those that no delivery names as its last: refused ones whose deliveries went out in
 * another, and ones that were found after a restore, unless new groups are still compared with them.
 */
export async function removeWrites(tx: Tx, workspaceId: string, after: string): Promise<Piece> {
  const { rows } = await tx.query<{ old: string[]; last: string | null; is_end: boolean }>(
    `with seen as materialized (
       select r.id, r.created_at < ${cutoff} as is_old, r.found_after_restore
         from workspaces w join writes r on r.workspace_id = w.id
        where w.id = $1 and r.id > $2::bigint order by r.id limit ${mostAtOnce})
     select coalesce(array_agg(id) filter (where is_old and not (found_after_restore and exists (
              select from restores where workspace_id = $1 and looks_until > now()))), '{}') as old,
            max(id) as last, count(*) < ${mostAtOnce} or bool_or(not is_old) as is_end
       from seen`,
    [workspaceId, after],
  );
  const { old, last, is_end } = rows[0] as (typeof rows)[number];
  const writes = await dropWrites(tx, workspaceId, old);
  return { removed: { writes }, next: is_end ? undefined : (last ?? undefined) };
}
