/**
 * The reconciler (promises §2.2): a PSA may commit even later than its settle window. Every ticket that was confirmed
 * after an uncertain answer is looked up again later; a second one with our key is recorded and shown, never silent.
 */
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
  /** A person ended it without knowing: any record with its key is one too many. */
  isGivenUp: boolean;
}

type Found = Extract<Finding, { kind: 'found' }>;

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
  const finding = await channel.session.findTicket(recheck.key);
  // A look that failed says nothing: the sweep comes back to it.
  if (finding.kind === 'failed') {
    await onRefused(channel, finding);
    return;
  }
  const surplus = finding.kind === 'found' ? surplusOf(finding, recheck) : [];
  const waitMs = nextRecheck(recheck.rechecks + 1, channel.timing);
  const added = await db.inWorkspace(workspaceId, async (tx) => {
    const { channelId, writeId } = recheck;
    if (!(await holdLeases(tx, { workspaceId, channels: [channel] })).channels.has(channelId)) return 0;
    const count = await recordSurplus(
      tx,
      workspaceId,
      surplus.map(({ ref, link }) => ({ channelId, writeId, ref, link })),
    );
    await tx.query(
      `update attempts set rechecks = rechecks + 1, recheck_at = now() + make_interval(secs => $4::float8 / 1000)
        where workspace_id = $1 and write_id = $2 and n = $3`,
      [workspaceId, writeId, recheck.n, waitMs ?? null],
    );
    return count;
  });
  onSurplus(added);
}

const surplusOf = ({ receipt, surplus }: Found, { isGivenUp }: DueRecheck): Receipt[] =>
  isGivenUp ? [receipt, ...surplus] : surplus;

async function loadDue(tx: Tx, workspaceId: string, held: Held): Promise<DueRecheck[]> {
  const { rows } = await tx.query(
    `select a.write_id, a.n, a.connection_id, a.rechecks, w.write_key, a.attempt_state
       from attempts a join writes w on w.workspace_id = a.workspace_id and w.id = a.write_id
      where a.workspace_id = $1 and a.connection_id = any($2) and a.recheck_at <= clock_timestamp()
      order by a.recheck_at limit $3`,
    [workspaceId, [...held.channels.keys()], mostAtOnce],
  );
  return rows.map((row) => ({
    writeId: row.write_id,
    n: row.n,
    channelId: row.connection_id,
    key: row.write_key,
    rechecks: row.rechecks,
    isGivenUp: row.attempt_state === 'givenUp',
  }));
}
