/** Whose turn it is to be looked over, in all processes together. */
import type { Tx } from '../db/database.ts';
import type { Where } from './ask.ts';

/**
 * The connection's own time of the day, by its id, so that they spread over it: the next one that is so many hours away.
 * `$1` are the hours.
 */
const nextTime = (id: string) => `to_timestamp(s.own + 86400 * ceil((s.earliest - s.own) / 86400.0))
    from (select mod(hashtextextended(${id}::text, 0), 86400) as own,
                 extract(epoch from clock_timestamp() + $1 * interval '1 hour') as earliest) s`;

/** Checks are a day apart, never two within half of one. */
const leastHours = 12;

/** Gives connections that are new their time within a day; they were verified when they were set up. */
export async function planChecks(tx: Tx): Promise<void> {
  await tx.query(
    `insert into contract_checks (workspace_id, connection_id, due_at)
     select l.workspace_id, l.channel_id, (select ${nextTime('l.channel_id')})
       from leases l left join contract_checks c on c.workspace_id = l.workspace_id and c.connection_id = l.channel_id
      where c.connection_id is null
      order by l.workspace_id, l.channel_id
     on conflict do nothing`,
    [0],
  );
}

/**
 * The connection that is due the longest, for one process only. It is due again after an hour: when this process dies,
 * the PSA does not answer, the connection is paused now, or alerts need its calls.
 */
export async function takeTurn(tx: Tx): Promise<Where | undefined> {
  const { rows } = await tx.query<{ workspace_id: string; connection_id: string }>(
    `update contract_checks c set due_at = clock_timestamp() + interval '1 hour'
       from (select workspace_id, connection_id from contract_checks
              where due_at <= clock_timestamp() order by due_at limit 1 for update skip locked) due
      where c.workspace_id = due.workspace_id and c.connection_id = due.connection_id
     returning c.workspace_id, c.connection_id`,
  );
  return rows[0] && { workspaceId: rows[0].workspace_id, connectionId: rows[0].connection_id };
}

/** It was looked over: tomorrow again. */
export async function finishTurn(tx: Tx, { workspaceId, connectionId }: Where): Promise<void> {
  await tx.query(
    `update contract_checks set due_at = (select ${nextTime('connection_id')})
      where workspace_id = $2 and connection_id = $3`,
    [leastHours, workspaceId, connectionId],
  );
}
