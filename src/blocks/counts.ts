/** SQL that counts what became of the alerts of some blocks; the turn stores it, the dashboard also asks it live. */

/** In place of a channel: the row counts the alerts themselves. */
export const noChannel = '00000000-0000-0000-0000-000000000000';

/**
 * Of an alert `a`: nothing is owed for it, and acceptance has not stored why (decision 24). `offset 0`: one alert at a time;
 * the database would rather read all deliveries first.
 */
export const isUnaccounted = `(
  a.nothing_owed is null
  and not exists (select from deliveries d where d.workspace_id = a.workspace_id and d.alert_id = a.id offset 0))`;

/**
 * Rows as block_counts has them, by the quarter of an hour, because days begin at one in every time zone. `these` is SQL that
 * answers ranges of ids as `from_id` (in) and `to_id` (out); `$1` is the workspace. Times to the ticket are of first
 * deliveries of alerts that never changed: a change moves `received_at`.
 *
 * Of a range whose ends it does not know, the database expects a 200th of the table, not 64 rows. `offset 0` keeps it from
 * joining such a crowd to all deliveries there are: they are looked up alert by alert.
 */
export const countRows = (these: string): string => `
  with these as materialized (${these}),
  a as materialized (
    select a.id, a.id >> 6 as block, date_bin('15 minutes', a.received_at, 'epoch') as at, a.received_at, a.revision,
           ${isUnaccounted} as is_unaccounted
      from these cross join lateral (
        select * from alerts a where a.workspace_id = $1 and a.id >= these.from_id and a.id < these.to_id offset 0) a)
  select a.block, a.at, d.channel_id, 0 as alerts, 0 as unaccounted,
         count(*) filter (where d.delivery_state = 'delivered')::int as delivered,
         count(*) filter (where d.delivery_state in ('pending', 'sending', 'uncertain'))::int as waiting,
         count(*) filter (where d.delivery_state = 'held')::int as held,
         count(*) filter (where d.delivery_state = 'skipped')::int as skipped,
         count(*) filter (where d.delivery_state = 'failed')::int as failed,
         coalesce(array_agg(least(greatest(extract(epoch from d.settled_at - a.received_at) * 1000, 0), 2e9)::int)
           filter (where d.delivery_state = 'delivered' and d.channel_id <> d.workspace_id and d.revision = 1 and a.revision = 1
                     and d.settled_at is not null), '{}') as took
    from a cross join lateral (
      select * from deliveries d where d.workspace_id = $1 and d.alert_id = a.id offset 0) d
   group by a.block, a.at, d.channel_id
  union all
  select a.block, a.at, '${noChannel}'::uuid, count(*)::int, count(*) filter (where a.is_unaccounted)::int,
         0, 0, 0, 0, 0, '{}'
    from a group by a.block, a.at`;
