import type { Tx } from '../db/database.ts';

/** Takes the turn of a workspace that nobody has gone over for an hour; undefined when there is none. */
export async function takeTurn(tx: Tx): Promise<string | undefined> {
  const { rows } = await tx.query<{ workspace_id: string }>(
    `insert into retention_turns as t (workspace_id, taken_at)
     select due.workspace_id, clock_timestamp()
       from (select i.workspace_id from workspace_index i left join retention_turns t using (workspace_id)
              where t.taken_at is null or t.taken_at <= clock_timestamp() - interval '1 hour'
              order by t.taken_at nulls first, i.workspace_id limit 1) due
     on conflict (workspace_id) do update set taken_at = excluded.taken_at
      where t.taken_at <= clock_timestamp() - interval '1 hour'
     returning workspace_id`,
  );
  return rows[0]?.workspace_id;
}
