import type { Tx } from '../db/database.ts';

/** Where turns are remembered, and how long one lasts: constants of the code, which stand in the text of the statement. */
export interface Turns {
  table: 'retention_turns' | 'review_turns';
  /** As PostgreSQL writes it: `1 hour`. */
  every: string;
}

/**
 * Work that goes over every workspace once in a while, by one process at a time: takes the turn of the workspace that has
 * waited longest, undefined while each had its turn within the time.
 */
export function workspaceTurns({ table, every }: Turns): (tx: Tx) => Promise<string | undefined> {
  return async (tx) => {
    const { rows } = await tx.query<{ workspace_id: string }>(
      `insert into ${table} as t (workspace_id, taken_at)
       select due.workspace_id, clock_timestamp()
         from (select i.workspace_id from workspace_index i left join ${table} t using (workspace_id)
                where t.taken_at is null or t.taken_at <= clock_timestamp() - interval '${every}'
                order by t.taken_at nulls first, i.workspace_id limit 1) due
       on conflict (workspace_id) do update set taken_at = excluded.taken_at
        where t.taken_at <= clock_timestamp() - interval '${every}'
       returning workspace_id`,
    );
    return rows[0]?.workspace_id;
  };
}
