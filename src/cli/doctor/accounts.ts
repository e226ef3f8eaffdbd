/**
 * Whether every alert is accounted for (decision 24), and whether anything waits where nobody looks. Long tables are read
 * piece by piece, so that no statement runs into its time limit.
 */
import { isUnaccounted } from '../../blocks/counts.ts';
import type { Database, Tx } from '../../db/database.ts';
import { attention, type Finding, many, ok, problem } from './finding.ts';

const rowsAtOnce = 20_000;

/** `$1` the workspace, `$2` the last id seen, `$3` how many rows are read; answers `last` and `found`. */
type Piece = string;

/** As the dashboard counts them. */
const unaccounted: Piece = `
  select max(id) as last, count(*) filter (where is_unaccounted)::int as found from (
    select a.id, ${isUnaccounted} as is_unaccounted
      from alerts a where a.workspace_id = $1 and a.id > $2::bigint order by a.id limit $3) a`;

/** Nobody will ever settle it: no attempt at its write is open. */
const orphaned: Piece = `
  select max(id) as last, count(*) filter (where is_orphaned)::int as found from (
    select d.id, d.delivery_state in ('sending', 'uncertain') and not exists (
             select from attempts t where t.workspace_id = d.workspace_id and t.write_id = d.write_id
                and t.attempt_state in ('sending', 'uncertain')) as is_orphaned
      from deliveries d where d.workspace_id = $1 and d.id > $2::bigint order by d.id limit $3) d`;

/** Deliveries wait in it, and it does not say so or is busy with a write that is over: no round comes to it. */
const forgotten: Piece = `
  select max(id) as last, count(*) filter (where is_forgotten)::int as found from (
    select g.id, exists (select from deliveries d
                          where d.workspace_id = g.workspace_id and d.group_id = g.id and d.place = 2)
             and (g.waiting_lane is null or g.busy_write_id is not null and not exists (
               select from attempts t where t.workspace_id = g.workspace_id and t.write_id = g.busy_write_id
                  and t.attempt_state in ('sending', 'uncertain'))) as is_forgotten
      from ticket_groups g where g.workspace_id = $1 and g.id > $2::bigint order by g.id limit $3) g`;

/** Each piece in a transaction of its own: what changes meanwhile is seen or not, and never half. */
async function count(db: Database, workspaceId: string, piece: Piece): Promise<number> {
  let found = 0;
  for (let after: string | null = '0'; after !== null; ) {
    const values: unknown[] = [workspaceId, after, rowsAtOnce];
    const { rows }: { rows: { last: string | null; found: number }[] } = await db.inWorkspace(
      workspaceId,
      (tx) => tx.query(piece, values),
    );
    found += rows[0]?.found ?? 0;
    after = rows[0]?.last ?? null;
  }
  return found;
}

const report = 'Keep the database as it is and report it with the output of this command.';

export async function checkAccounts(db: Database, workspaceId: string): Promise<Finding[]> {
  const lost = await count(db, workspaceId, unaccounted);
  const stuck = await count(db, workspaceId, orphaned);
  const forgottenGroups = await count(db, workspaceId, forgotten);
  return [
    lost === 0
      ? ok('alerts', 'Every alert is accounted for: 0 have neither a delivery nor a recorded reason.')
      : problem(
          'alerts',
          `${many(lost, 'alert has', 'alerts have')} neither a delivery nor a recorded reason. ${report}`,
        ),
    stuck + forgottenGroups === 0
      ? ok('deliveries', 'Nothing waits where nobody looks.')
      : problem(
          'deliveries',
          `${many(stuck, 'delivery is', 'deliveries are')} under way without an attempt, and deliveries of ${many(forgottenGroups, 'ticket')} wait unseen. ${report}`,
        ),
  ];
}

/** What was being sent when its worker ended is taken up by the next one. */
export async function checkAttempts(
  db: Database,
  workspaceId: string,
  { isRunning }: { isRunning: boolean },
): Promise<Finding[]> {
  const check = 'attempts';
  const abandoned = await db.inWorkspace(workspaceId, (tx) => countAbandoned(tx, workspaceId));
  if (abandoned === 0) return [ok(check, 'No attempt has lost its worker.')];
  const words = `${many(abandoned, 'attempt has', 'attempts have')} lost the worker that began it.`;
  return [
    isRunning
      ? problem(check, `${words} The next worker should have taken it up within 30 seconds: is one running?`)
      : attention(check, `${words} It is looked up when Herald runs again.`),
  ];
}

/** A successor has had the time to look at it, or there is none. */
async function countAbandoned(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(
    `select count(*)::int as n from connections c
       join attempts a on a.workspace_id = c.workspace_id and a.connection_id = c.id and a.attempt_state = 'sending'
       left join leases l on l.workspace_id = a.workspace_id and l.channel_id = a.connection_id
      where c.workspace_id = $1 and c.attention is null and a.started_at < now() - interval '1 minute'
        and (l.epoch is distinct from a.epoch or l.expires_at <= clock_timestamp())`,
    [workspaceId],
  );
  return rows[0]?.n ?? 0;
}

/** Critical alerts that their PSA has not taken for as long as the workspace has set, and still has not. */
export async function checkWayOuts(db: Database, workspaceId: string): Promise<Finding[]> {
  const check = 'critical alerts';
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query<{ n: number }>(
      `select count(*)::int as n from way_outs w
         join deliveries d on d.workspace_id = w.workspace_id and d.id = w.delivery_id
        where w.workspace_id = $1 and d.delivery_state not in ('delivered', 'skipped')`,
      [workspaceId],
    ),
  );
  const n = rows[0]?.n ?? 0;
  if (n === 0) return [ok(check, 'None waits for its PSA for longer than the workspace has set.')];
  const words = `The PSA has not taken ${many(n, 'critical alert')} in time: see "npx herald deliveries", and tell those concerned.`;
  return [attention(check, words)];
}
