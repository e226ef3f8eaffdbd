/**
 * The reconciler (promises §2.2): a PSA may commit even later than its settle window. Every ticket that was confirmed or
 * refused after an uncertain answer is looked up again later; one with our key that nobody knows of is recorded and shown,
 * never silent.
 */
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Finding, Receipt, Refusal } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import { holdLeases, recordSurplus } from './journal.ts';
import type { Held } from './round.ts';
import { nextRecheck } from './timing.ts';

interface DueRecheck {
  writeId: string;
  n: number;
  channelId: string;
  key: string;
  rechecks: number;
}

const mostAtOnce = 20;

export interface Reconciling {
  /** So many further tickets were found that nobody knew of. */
  onSurplus(count: number): void;
  onRefused(channel: Channel, refusal: Pick<Refusal, 'reason' | 'text' | 'retryAfterMs'>): Promise<void>;
}

/** Looks up what is due, one ticket after the other, and plans the next look. */
export async function reconcile(
  db: Database,
  workspaceId: string,
  held: Held,
  { onSurplus, onRefused }: Reconciling,
): Promise<void> {
  const due = await db.inWorkspace(workspaceId, (tx) => loadDue(tx, workspaceId, held));
  for (const recheck of due) {
    const channel = held.channels.get(recheck.channelId);
    if (channel?.flow.mayRead(held.now))
      await recheckOne(db, workspaceId, channel, recheck, { onSurplus, onRefused });
  }
}

async function recheckOne(
  db: Database,
  workspaceId: string,
  channel: Channel,
  recheck: DueRecheck,
  { onSurplus, onRefused }: Reconciling,
): Promise<void> {
  crashPoint('before-recheck');
  const finding = await channel.session.findTicket(recheck.key);
  crashPoint('after-recheck');
  if (finding.kind === 'failed') {
    await db.inWorkspace(workspaceId, (tx) => putOff(tx, workspaceId, recheck, finding.text));
    await onRefused(channel, finding);
    return;
  }
  const waitMs = nextRecheck(recheck.rechecks + 1, channel.timing);
  const added = await db.inWorkspace(workspaceId, async (tx) => {
    const { channelId, writeId } = recheck;
    if (!(await holdLeases(tx, { workspaceId, channels: [channel] })).channels.has(channelId)) return 0;
    const { known, isBusy } = await loadKnown(tx, workspaceId, writeId);
    // What the finding shows may be of a write that is under way: the sweep comes back to it.
    if (isBusy) return 0;
    const count = await recordSurplus(
      tx,
      workspaceId,
      surplusOf(finding, known).map(({ ref, link }) => ({ channelId, writeId, ref, link })),
    );
    await tx.query(
      `update attempts set rechecks = rechecks + 1, recheck_at = now() + make_interval(secs => $4::float8 / 1000)
        where workspace_id = $1 and write_id = $2 and n = $3`,
      [workspaceId, writeId, recheck.n, waitMs ?? null],
    );
    crashPoint('before-recheck-commit');
    return count;
  });
  crashPoint('after-recheck-commit');
  onSurplus(added);
}

/**
 * A look that failed says nothing and is made again, each time after half of the time that has passed since the attempt;
 * after three days it is given up, and its attempt shows why.
 */
async function putOff(
  tx: Tx,
  workspaceId: string,
  { writeId, n }: DueRecheck,
  problem: string,
): Promise<void> {
  await tx.query(
    `update attempts
        set look_problem = $4,
            recheck_at = case when started_at > now() - interval '3 days'
                              then now() + greatest(interval '1 minute', (now() - started_at) / 2) end
      where workspace_id = $1 and write_id = $2 and n = $3`,
    [workspaceId, writeId, n, problem],
  );
}

/** Of the tickets that carry a key, those that no write has come to. */
export const surplusOf = (
  finding: Exclude<Finding, { kind: 'failed' }>,
  known: ReadonlySet<string>,
): Receipt[] =>
  finding.kind === 'none' ? [] : [finding.receipt, ...finding.surplus].filter(({ ref }) => !known.has(ref));

/** Tickets of the group's generation that a write has come to, all of which carry the same key. */
async function loadKnown(tx: Tx, workspaceId: string, writeId: string) {
  const { rows } = await tx.query<{ known: (string | null)[]; is_busy: boolean }>(
    `select g.busy_write_id is not null as is_busy,
            array(select a.receipt_ref from writes same
                    join attempts a on a.workspace_id = same.workspace_id and a.write_id = same.id
                   where same.workspace_id = $1 and same.group_id = w.group_id and same.generation = w.generation
                     and same.write_kind = 'ticket' and a.receipt_ref is not null) || g.ticket_ref as known
       from writes w join ticket_groups g on g.workspace_id = w.workspace_id and g.id = w.group_id
      where w.workspace_id = $1 and w.id = $2`,
    [workspaceId, writeId],
  );
  const [row] = rows;
  return {
    known: new Set((row?.known ?? []).filter((ref) => ref !== null)),
    isBusy: row?.is_busy ?? false,
  };
}

async function loadDue(tx: Tx, workspaceId: string, held: Held): Promise<DueRecheck[]> {
  const { rows } = await tx.query(
    `select a.write_id, a.n, a.connection_id, a.rechecks, w.write_key
       from attempts a
       join writes w on w.workspace_id = a.workspace_id and w.id = a.write_id
       join ticket_groups g on g.workspace_id = w.workspace_id and g.id = w.group_id
      where a.workspace_id = $1 and a.connection_id = any($2) and a.recheck_at <= clock_timestamp()
        and g.busy_write_id is null
      order by a.recheck_at limit $3`,
    [workspaceId, [...held.channels.keys()], mostAtOnce],
  );
  return rows.map((row) => ({
    writeId: row.write_id,
    n: row.n,
    channelId: row.connection_id,
    key: row.write_key,
    rechecks: row.rechecks,
  }));
}
