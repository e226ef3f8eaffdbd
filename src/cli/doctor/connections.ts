/** Each connection: whether it works, who serves it, and what waits for it or for a person. */
import { type CountedConnectionRow, findCountedConnection } from '../../connections/store.ts';
import type { Database, Tx } from '../../db/database.ts';
import { attention, type Finding, many, ok, problem } from './finding.ts';

interface Served {
  id: string;
  /** Until when a worker holds the lease; null when none does. */
  servedUntil: Date | null;
  lastSuccess: Date | null;
}

/** `isRunning`: whether a Herald is expected to serve at this moment. */
export function checkConnections(
  db: Database,
  workspaceId: string,
  { isRunning }: { isRunning: boolean },
): Promise<Finding[]> {
  return db.inWorkspace(workspaceId, async (tx) => {
    const findings: Finding[] = [];
    for (const served of await loadServed(tx, workspaceId)) {
      const row = await findCountedConnection(tx, workspaceId, served.id);
      if (row) findings.push(findingOf(row, served, isRunning));
    }
    return findings;
  });
}

async function loadServed(tx: Tx, workspaceId: string): Promise<Served[]> {
  const { rows } = await tx.query(
    `select c.id, case when l.expires_at > clock_timestamp() then l.expires_at end as served_until,
            s.finished_at as last_success
       from connections c
       left join leases l on l.workspace_id = c.workspace_id and l.channel_id = c.id
       left join lateral (
         select finished_at from attempts a
          where a.workspace_id = c.workspace_id and a.connection_id = c.id and a.attempt_state = 'confirmed'
          order by a.write_id desc limit 1) s on true
      where c.workspace_id = $1 order by c.created_at, c.id`,
    [workspaceId],
  );
  return rows.map((row) => ({
    id: row.id,
    servedUntil: row.served_until,
    lastSuccess: row.last_success,
  }));
}

function findingOf(row: CountedConnectionRow, served: Served, isRunning: boolean): Finding {
  const check = `connection ${row.name}`;
  const counts = `${row.waiting} waiting, ${row.held} held, ${row.failed} failed`;
  const last = served.lastSuccess ? `last success ${served.lastSuccess.toISOString()}` : 'no success yet';
  const facts = `${counts}; ${last}.`;
  if (row.connection_state === 'draft') return ok(check, 'It is a draft: finish it to deliver to it.');
  if (row.attention !== null) {
    const since = row.attention_since ? ` since ${row.attention_since.toISOString()}` : '';
    const words = `It needs a person${since}: ${row.attention} Renew its credentials or verify them. ${facts}`;
    return problem(check, words);
  }
  if (row.connection_state === 'paused') {
    const why = row.pause_reason ? ` (${row.pause_reason})` : '';
    return attention(check, `It is paused${why}: resume it when that is over. ${facts}`);
  }
  if (served.servedUntil === null && isRunning) {
    const words = `No worker serves it: start one with "npx herald serve". ${facts}`;
    return row.waiting > 0 ? problem(check, words) : attention(check, words);
  }
  if (row.failed > 0) {
    const words = `${many(row.failed, 'delivery needs', 'deliveries need')} a person: see "npx herald deliveries --state failed". ${facts}`;
    return attention(check, words);
  }
  return ok(check, `${served.servedUntil ? 'A worker serves it' : 'Herald does not run'}. ${facts}`);
}
