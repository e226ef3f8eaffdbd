-- A way out for critical alerts that a PSA does not take, and notes that were refused for good.

-- From when a delivery counts as not taken, if later than its alert: a resume or a person's retry begins anew.
alter table deliveries add column owed_since timestamptz;

-- Critical deliveries that are still owed. As the other indexes it names the place, so changes of state cost no more.
create index deliveries_critical on deliveries (workspace_id, id) where severity = 4 and place is not null;

-- Decided once per alert and connection. Whoever tells people takes up those that nobody was told of.
create table way_outs (
  workspace_id uuid not null,
  alert_id bigint not null,
  connection_id uuid not null,
  delivery_id bigint not null,
  -- The setting of the workspace when it was decided.
  after_minutes integer not null,
  -- What stood in the way, as a sentence.
  words text not null,
  decided_at timestamptz not null default now(),
  told_at timestamptz,
  primary key (workspace_id, alert_id, connection_id),
  foreign key (workspace_id, alert_id) references alerts (workspace_id, id) on delete cascade
);
create index way_outs_untold on way_outs (workspace_id, decided_at) where told_at is null;
call fence('way_outs');

-- Without a fence, ids and times only: when a workspace was last looked over, so that one process does it.
create table way_out_checks (
  workspace_id uuid primary key,
  checked_at timestamptz not null
);
grant select, insert, update, delete on way_out_checks to herald_app;

-- A note that was refused for good leaves a gap on its ticket: the notes behind it wait so long for a person, and the
-- next one names what is missing (promises P5 and test C2).
alter table ticket_groups add column gap_until timestamptz;
alter table ticket_groups add column gap_delivery_ids bigint[] not null default '{}';
