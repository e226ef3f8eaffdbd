-- Blocks are counted anew only where something moved, and what cannot be described no longer stops the rest.

-- When it was stored, or what is counted of it last changed: that it waits, is held, delivered, skipped or failed. Set here,
-- so that no way of changing a delivery can forget it.
alter table deliveries add column moved_at timestamptz not null default now();
create function note_move() returns trigger language plpgsql as $$
begin
  new.moved_at := clock_timestamp();
  return new;
end $$;
create trigger deliveries_move before update of delivery_state on deliveries for each row
  when (case when old.delivery_state in ('pending', 'sending', 'uncertain') then 'waiting' else old.delivery_state end
        is distinct from
        case when new.delivery_state in ('pending', 'sending', 'uncertain') then 'waiting' else new.delivery_state end)
  execute function note_move();
-- A summary per 32 pages: an update that changes nothing else still touches no index (docs/adr/0004).
create index deliveries_moved on deliveries using brin (moved_at) with (pages_per_range = 32, autosummarize = on);

-- Not all could be said of it since then: its alerts are read whatever one looks for, and it is tried again.
alter table alert_blocks add column plain_since timestamptz;
create index alert_blocks_plain on alert_blocks (workspace_id, plain_since) where plain_since is not null;
-- '-infinity': its counts are due. `at` of block_counts is the quarter of an hour in which alerts were received, because
-- days and hours of some time zones begin at one.
create index alert_blocks_due on alert_blocks (workspace_id, block) where counted_at = '-infinity';

-- Until when it is known which blocks something moved in. All are due at the first look.
create table block_looks (
  workspace_id uuid primary key,
  looked_at timestamptz not null
);
call fence('block_looks');
