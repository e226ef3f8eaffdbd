/** What look-first mode has taken over from PSAs since the last restore, over all workspaces; for the operator. */
import type { Database, Tx } from '../db/database.ts';
import { listWorkspaces } from '../workspaces/index.ts';

export interface Found {
  restoredAt: Date | undefined;
  backupAt: Date;
  /** Groups in which alerts wait until the PSA was asked. */
  waiting: number;
  writes: FoundWrite[];
}

export interface FoundWrite {
  kind: 'ticket' | 'note' | 'digest';
  /** Number of its ticket, or the PSA's id while that is not known. */
  ticket: string;
  alerts: number;
  key: string;
}

/** More than this are counted, not listed. */
const mostListed = 10_000;

export async function loadFound(db: Database): Promise<Found> {
  const all: Found = { restoredAt: undefined, backupAt: new Date(0), waiting: 0, writes: [] };
  for (const workspaceId of await db.unfenced(listWorkspaces)) {
    const one = await db.inWorkspace(workspaceId, (tx) => loadOf(tx, workspaceId));
    all.restoredAt ??= one.restoredAt;
    if (one.restoredAt) all.backupAt = one.backupAt;
    all.waiting += one.waiting;
    all.writes.push(...one.writes);
  }
  return all;
}

async function loadOf(tx: Tx, workspaceId: string): Promise<Found> {
  const { rows: restores } = await tx.query(
    'select restored_at, backup_at from restores where workspace_id = $1 order by restored_at desc limit 1',
    [workspaceId],
  );
  const { rows: looking } = await tx.query(
    `select count(*)::int as waiting from ticket_groups
      where workspace_id = $1 and waiting_lane is not null and look_first is not null`,
    [workspaceId],
  );
  const { rows: writes } = await tx.query<FoundWrite>(
    `select w.write_kind as kind, cardinality(w.delivery_ids) as alerts, w.write_key as key,
            case when g.ticket_ref = t.ref then coalesce(g.ticket_number, t.ref) else coalesce(a.receipt_number, t.ref) end
              as ticket
       from writes w
       join attempts a on a.workspace_id = w.workspace_id and a.write_id = w.id and a.n = 1
       join ticket_groups g on g.workspace_id = w.workspace_id and g.id = w.group_id
      cross join lateral (select coalesce(w.draft ->> 'ticketRef', a.receipt_ref) as ref) t
      where w.workspace_id = $1 and w.found_after_restore order by w.id limit ${mostListed}`,
    [workspaceId],
  );
  const [restore] = restores;
  return {
    restoredAt: restore?.restored_at,
    backupAt: restore?.backup_at ?? new Date(0),
    waiting: looking[0].waiting,
    writes,
  };
}
