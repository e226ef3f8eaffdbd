/**
 * Whether calls beside the deliveries, which nobody waits for, are made now. The process that serves a connection stores
 * what its gate (deliver/flow.ts) waits for; loads of accounts and daily checks keep to it, and to the share (promise P8).
 */
import type { Tx } from '../db/database.ts';
import { allowedInLane } from '../deliver/budget.ts';
import type { Adapter } from '../psa/contract.ts';
import { type BudgetRow, toWaiting, waitingOf } from './budget.ts';

export type Gate =
  | { kind: 'open' }
  /** No call before so many milliseconds have passed; `words` say why. */
  | { kind: 'waits'; waitMs: number; words: string };

interface GateRow extends BudgetRow {
  /** When calls begin to leave the window. */
  relief_at: Date | null;
  /** The PSA told others' use within the window; what it said before says nothing. */
  is_told: boolean;
  asked_at: Date;
}

/** How soon it is asked again where nobody knows when there will be room, in milliseconds. */
const unknownMs = 60_000;

/** For so many calls of no urgency; open for a connection that is gone, of which whoever calls hears anyway. */
export async function readGate(
  tx: Tx,
  { workspaceId, connectionId }: { workspaceId: string; connectionId: string },
  { label, limits }: Pick<Adapter, 'label' | 'limits'>,
  calls: number,
): Promise<Gate> {
  const { rows } = await tx.query<GateRow>(
    `select c.budget_share, b.quota, b.window_ms, b.others, b.told_at, b.is_spread, b.waits_since, b.waits_until,
            case when b.waits_until > now() then b.waits_for end as waits_for, now() as asked_at,
            coalesce(b.told_at > now() - w.lasts, false) as is_told,
            coalesce(w.used, 0)::int as used, w.first_at + w.lasts as relief_at
       from connections c
       left join connection_budgets b on b.workspace_id = c.workspace_id and b.connection_id = c.id
      cross join lateral (
        select sum(n.calls) as used, min(n.span_start) as first_at, l.lasts
          from (select interval '1 millisecond' * (coalesce(b.window_ms, $3) * 61 / 60) as lasts) l
          left join call_counts n on n.workspace_id = c.workspace_id and n.connection_id = c.id
                                 and n.span_start > now() - l.lasts
         group by l.lasts) w
      where c.workspace_id = $1 and c.id = $2`,
    [workspaceId, connectionId, limits.window.perMs],
  );
  const row = rows[0];
  if (!row) return { kind: 'open' };
  const { asked_at, waits_until } = row;
  const stored = toWaiting(row, label);
  if (stored && waits_until) return { kind: 'waits', waitMs: msUntil(waits_until, row), words: stored.words };
  const quota = {
    calls: row.quota ?? limits.window.calls,
    windowMs: row.window_ms ?? limits.window.perMs,
    others: row.is_told ? (row.others ?? 0) : 0,
    share: row.budget_share ?? limits.share,
  };
  const allowed = allowedInLane(0, quota);
  // Where the whole window has less room than is wanted, a window without other calls of ours has to do.
  if (allowed > 0 && allowed - row.used >= Math.min(calls, allowed)) return { kind: 'open' };
  const at = row.relief_at ?? new Date(asked_at.getTime() + unknownMs);
  const reason = row.used > 0 ? 'ownShare' : 'otherTools';
  return { kind: 'waits', waitMs: msUntil(at, row), words: waitingOf(reason, label, quota.windowMs, at) };
}

const msUntil = (at: Date, { asked_at }: GateRow): number => Math.max(0, at.getTime() - asked_at.getTime());
