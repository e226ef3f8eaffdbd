/** The budget of a connection as people see it: who uses how much, and why no call is made now (promise P8). */
import { z } from 'zod';
import { allowedCalls } from '../deliver/budget.ts';
import type { WaitingFor } from '../deliver/flow.ts';

export const shareSchema = z.number().min(0.05).max(1);

export const budgetSchema = z.object({
  share: z.number().meta({ description: "The part of the PSA's calls that this connection may use." }),
  quota: z.int().meta({ description: 'Calls that the PSA allows in its window, all tools together.' }),
  windowMs: z.int(),
  used: z.int().meta({ description: 'Our calls in the window, those of people who set it up too.' }),
  allowed: z
    .int()
    .meta({ description: 'Our calls at most: our share, or what other tools have left of it.' }),
  others: z
    .int()
    .nullable()
    .meta({ description: 'Calls of other tools in the window; null where the PSA does not tell.' }),
  toldAt: z.string().nullable().meta({ description: 'When the PSA told so.' }),
  isSpread: z.boolean().meta({
    description: 'Little is left, or the PSA is about to slow down: calls are spread over the window.',
  }),
});

export const waitingSchema = z.object({
  for: z.enum(['asked', 'away', 'ownShare', 'otherTools', 'reserve', 'spread']),
  words: z.string().meta({ description: 'Why no call is made now, and when the next one is.' }),
  since: z.string(),
  until: z.string(),
});

/** Columns of {@link budgetColumns}; those of the figures are null until a process has served the connection. */
export interface BudgetRow {
  budget_share: number | null;
  quota: number | null;
  window_ms: number | null;
  others: number | null;
  told_at: Date | null;
  is_spread: boolean | null;
  waits_for: WaitingFor | null;
  waits_since: Date | null;
  waits_until: Date | null;
  used: number;
}

/** Of `b`, the connection's row in connection_budgets. A wait that is over is left out. */
export const budgetColumns = `
  b.quota, b.window_ms, b.others, b.told_at, b.is_spread,
  case when b.waits_until > now() then b.waits_for end as waits_for, b.waits_since, b.waits_until,
  (select coalesce(sum(calls), 0)::int from call_counts
    where workspace_id = b.workspace_id and connection_id = b.connection_id
      and span_start > now() - interval '1 millisecond' * (b.window_ms + b.window_ms / 60)) as used`;

export function toBudget(row: BudgetRow, usualShare: number): z.input<typeof budgetSchema> | null {
  if (row.quota === null || row.window_ms === null) return null;
  const share = row.budget_share ?? usualShare;
  const { quota, window_ms: windowMs, others } = row;
  return {
    share,
    quota,
    windowMs,
    used: row.used,
    allowed: allowedCalls({ calls: quota, windowMs, others: others ?? 0, share }),
    others,
    toldAt: row.told_at?.toISOString() ?? null,
    isSpread: row.is_spread ?? false,
  };
}

/** In words; `psa` is the vendor's name for people. */
export function toWaiting(row: BudgetRow, psa: string): z.input<typeof waitingSchema> | null {
  const { waits_for, waits_since, waits_until, window_ms } = row;
  if (!waits_for || !waits_since || !waits_until) return null;
  return {
    for: waits_for,
    words: waitingOf(waits_for, psa, window_ms ?? 0, waits_until),
    since: waits_since.toISOString(),
    until: waits_until.toISOString(),
  };
}

/** Why no call is made, and until when; `psa` is the vendor's name for people. */
export const waitingOf = (reason: WaitingFor, psa: string, windowMs: number, until: Date): string =>
  waitingWords(reason, psa, span(windowMs), clock(until));

function waitingWords(reason: WaitingFor, psa: string, window: string, at: string): string {
  switch (reason) {
    case 'asked':
      return `${psa} has asked for fewer calls; the next one is made at ${at}.`;
    case 'away':
      return `${psa} cannot be reached, or does not answer clearly; it is tried again at ${at}.`;
    case 'ownShare':
      return `Our share of the calls that ${psa} allows in ${window} is used up; the next one is made at ${at}.`;
    case 'otherTools':
      return `The calls that ${psa} allows in ${window} are used up by other tools; Herald asks again at ${at}.`;
    case 'spread':
      return `Little is left of the calls that ${psa} allows in ${window}, so they are spread out: the next one is made at ${at}. Critical alerts do not wait for it.`;
    case 'reserve':
      return `What is left of the calls that ${psa} allows in ${window} is kept for critical alerts; other alerts go on at ${at}.`;
  }
}

/** "14:05:30 UTC" */
const clock = (date: Date): string => `${date.toISOString().slice(11, 19)} UTC`;

const span = (ms: number): string =>
  ms === 3_600_000 ? 'an hour' : ms === 60_000 ? 'a minute' : `${Math.round(ms / 60_000)} minutes`;
