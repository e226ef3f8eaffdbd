/** SQL of the dashboard: the stored counts of blocks, and those that may have moved since counted now. */
import { countRows, noChannel } from '../blocks/index.ts';
import { type BudgetRow, budgetColumns } from '../connections/index.ts';
import type { Tx } from '../db/database.ts';

/** Open blocks, and blocks whose counts are due, that are counted at each question; older ones are as they were counted. */
const mostLive = 100;
/** Times to the ticket are taken from so many blocks at most, evenly spread. */
const mostTimed = 1_000;

/** Counts of a channel in a span of the series. */
export interface CountRow {
  /** Beginning of the span. */
  at: Date;
  /** Null: the alerts themselves. */
  channel_id: string | null;
  alerts: number;
  unaccounted: number;
  delivered: number;
  waiting: number;
  held: number;
  skipped: number;
  failed: number;
}

export interface Counts {
  rows: CountRow[];
  /** First deliveries that were delivered, and how long they took in milliseconds; null when there are none. */
  timed: { count: number; median_ms: number | null; p95_ms: number | null };
}

/** Where the spans up to `now` begin, oldest first, by the clock of the workspace: a day may have 23 or 25 hours. */
export async function readSpans(
  tx: Tx,
  workspaceId: string,
  { unit, spans, now }: { unit: 'hour' | 'day'; spans: number; now: Date },
): Promise<Date[]> {
  const { rows } = await tx.query<{ at: Date }>(
    `select case $2 when 'hour' then date_trunc('hour', $4::timestamptz, time_zone) - n * interval '1 hour'
                    else (date_trunc('day', $4 at time zone time_zone) - n * interval '1 day') at time zone time_zone
            end as at
       from workspaces, generate_series(0, $3::int - 1) n where id = $1 order by n desc`,
    [workspaceId, unit, spans, now],
  );
  return rows.map(({ at }) => at);
}

/** Counts by channel and span since the first of these beginnings. */
export async function readCounts(tx: Tx, workspaceId: string, beginnings: readonly Date[]): Promise<Counts> {
  const { rows } = await tx.query<{ rows: CountRow[] | null; timed: Counts['timed'] }>(countsText, [
    workspaceId,
    beginnings.map((at) => at.toISOString()),
  ]);
  const found = rows[0] as { rows: CountRow[] | null; timed: Counts['timed'] };
  return { rows: (found.rows ?? []).map((row) => ({ ...row, at: new Date(row.at) })), timed: found.timed };
}

const from = '($2::timestamptz[])[1]';

const countsText = `
  with live as materialized (
    (select block from alert_blocks where workspace_id = $1 and is_open and last_at >= ${from} order by block desc limit ${mostLive})
    union
    (select block from alert_blocks
      where workspace_id = $1 and counted_at = '-infinity' and last_at >= ${from} order by block desc limit ${mostLive})
    union
    select b.block from changed_alerts c
      join alert_blocks b on b.workspace_id = $1 and b.block = c.alert_id >> 6 where c.workspace_id = $1),
  counted as materialized (
    select c.at, c.channel_id, c.alerts, c.unaccounted, c.delivered, c.waiting, c.held, c.skipped, c.failed, c.took
      from block_counts c
     where c.workspace_id = $1 and c.at >= ${from} and c.block not in (select block from live)
    union all
    select c.at, c.channel_id, c.alerts, c.unaccounted, c.delivered, c.waiting, c.held, c.skipped, c.failed, c.took
      from (${countRows(`
        select block << 6 as from_id, (block + 1) << 6 as to_id from live
        union all
        select coalesce((select (max(block) + 1) << 6 from alert_blocks where workspace_id = $1), 0), 9223372036854775807`)}) c
     where c.at >= ${from}),
  spans as (
    select ($2::timestamptz[])[width_bucket(at, $2::timestamptz[])] as at, nullif(channel_id, '${noChannel}'::uuid) as channel_id, sum(alerts)::int as alerts,
           sum(unaccounted)::int as unaccounted, sum(delivered)::int as delivered, sum(waiting)::int as waiting,
           sum(held)::int as held, sum(skipped)::int as skipped, sum(failed)::int as failed
      from counted group by 1, 2),
  timed as (select took, row_number() over () as n, count(*) over () as blocks from counted where took <> '{}'),
  sample as (
    select ms from timed, unnest(took) u(ms) where n % greatest(blocks / ${mostTimed}, 1) = 0)
  select (select json_agg(s order by s.at) from spans s) as rows,
         (select json_build_object('count', (select coalesce(sum(cardinality(took)), 0) from counted),
                   'median_ms', percentile_cont(0.5) within group (order by ms),
                   'p95_ms', percentile_cont(0.95) within group (order by ms)) from sample) as timed`;

/** Deliveries that a person has to look at, by what they are; all there are, not only those of the range. */
export async function countForPerson(
  tx: Tx,
  workspaceId: string,
): Promise<{ held: number; failed: number; uncertain: number }> {
  const { rows } = await tx.query<{ held: number; failed: number; uncertain: number }>(
    `select (select count(*)::int from deliveries where workspace_id = $1 and standing = 1) as held,
            (select count(*)::int from deliveries where workspace_id = $1 and standing = 2) as failed,
            (select count(*)::int from deliveries where workspace_id = $1 and standing = 3) as uncertain`,
    [workspaceId],
  );
  return rows[0] as { held: number; failed: number; uncertain: number };
}

export interface ConnectionRow extends BudgetRow {
  id: string;
  name: string;
  kind: string;
  connection_state: 'draft' | 'active' | 'paused';
  attention: string | null;
  attention_since: Date | null;
  waiting: number;
  /** When the alert of the oldest delivery that waits was received. */
  oldest_waiting_at: Date | null;
}

export interface MailRow {
  attention: string | null;
  attention_since: Date | null;
  waiting: number;
  oldest_waiting_at: Date | null;
}

/** How the mail of the workspace stands. */
export async function readMail(tx: Tx, workspaceId: string): Promise<MailRow> {
  const { rows } = await tx.query<MailRow>(
    `select m.attention, m.attention_since, w.n as waiting, a.received_at as oldest_waiting_at
       from (select count(*)::int as n, min(id) as first
               from (select id from deliveries
                      where workspace_id = $1 and channel_id = $1 and place in (1, 2) limit ${mostWaiting}) d) w
       left join mail_settings m on m.workspace_id = $1
       left join deliveries d on d.workspace_id = $1 and d.id = w.first
       left join alerts a on a.workspace_id = $1 and a.id = d.alert_id`,
    [workspaceId],
  );
  return rows[0] as MailRow;
}

/** What waits is counted up to here; a longer line says no more. */
export const mostWaiting = 50_000;
const mostConnections = 500;

/** Oldest first. */
export async function listServed(tx: Tx, workspaceId: string): Promise<ConnectionRow[]> {
  const { rows } = await tx.query<ConnectionRow>(
    `with grouped as materialized (
       select channel_id, count(*)::int as n, min(id) as first
         from (select channel_id, id from deliveries where workspace_id = $1 and place = 2 limit ${mostWaiting}) d
        group by channel_id)
     select c.id, c.name, c.kind, c.connection_state, c.attention, c.attention_since, c.budget_share, ${budgetColumns},
            least(alone.n + coalesce(g.n, 0), ${mostWaiting}) as waiting, a.received_at as oldest_waiting_at
       from connections c
       left join connection_budgets b on b.workspace_id = c.workspace_id and b.connection_id = c.id
       left join grouped g on g.channel_id = c.id
      cross join lateral (
        select count(*)::int as n, min(id) as first
          from (select id from deliveries where workspace_id = $1 and channel_id = c.id and place = 1
                 order by id limit ${mostWaiting}) d) alone
       left join deliveries d on d.workspace_id = $1 and d.id = least(alone.first, g.first)
       left join alerts a on a.workspace_id = $1 and a.id = d.alert_id
      where c.workspace_id = $1 order by c.created_at, c.id limit ${mostConnections}`,
    [workspaceId],
  );
  return rows;
}
