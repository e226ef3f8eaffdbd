-- The budget of a connection (promise P8): its share, what its PSA tells of the quota, and why it makes no calls now.

-- The part of the PSA's calls that this connection may use; null = as its kind declares.
alter table connections add column budget_share double precision check (budget_share between 0.05 and 1);

-- Calls are counted by a sixtieth of the window: by minutes for an hour, by seconds for a minute.
alter table call_counts rename column minute to span_start;

-- As the process that serves the connection last saw it, for those that only show it.
create table connection_budgets (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- Calls that the PSA allows in its window, all tools together.
  quota integer not null,
  window_ms integer not null,
  -- Calls of other tools in the window, and when the PSA told; null where it does not tell.
  others integer,
  told_at timestamptz,
  -- Calls are spread out, so that what is left lasts.
  is_spread boolean not null,
  -- Why no call is made, until when; null = calls are made.
  waits_for text check (waits_for in ('asked', 'away', 'ownShare', 'otherTools', 'reserve', 'spread')),
  waits_since timestamptz,
  waits_until timestamptz,
  primary key (workspace_id, connection_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
) with (fillfactor = 70);
call fence('connection_budgets');
