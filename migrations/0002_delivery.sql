-- Alerts, what is owed for them, and the attempt journal. Hot tables leave room on their pages for updates in place.

create sequence alert_ids as bigint;
create sequence delivery_ids as bigint;
create sequence group_ids as bigint;
create sequence write_ids as bigint;
grant usage on sequence alert_ids, delivery_ids, group_ids, write_ids to herald_app;

create table alerts (
  workspace_id uuid not null,
  -- In the order of acceptance.
  id bigint not null,
  -- SHA-256 over source and external id: the same alert again has the same key.
  dedup_key bytea not null,
  revision integer not null default 1,
  body_hash bytea not null,
  source text not null,
  external_id text not null,
  organization_id uuid,
  -- The sender's reference, for an alert whose organization is unknown (decision 22).
  unassigned_reference text,
  severity smallint not null,
  alert_status text,
  title text not null,
  received_at timestamptz not null default now(),
  -- The normalized alert without `raw`; json, not jsonb: text stays as it came.
  body json not null,
  -- Members that we do not know, as they came; numbers keep their spelling.
  raw json,
  trace json not null,
  primary key (workspace_id, id)
) with (fillfactor = 90);
create unique index alerts_once on alerts (workspace_id, dedup_key);
create index alerts_unassigned on alerts (workspace_id, unassigned_reference, id)
  where organization_id is null and unassigned_reference is not null;
create index alerts_of_organization on alerts (workspace_id, organization_id, id);
call fence('alerts');

-- What an alert was before it changed; revision n of an alert is here or, if it is the newest, in alerts.
create table alert_revisions (
  workspace_id uuid not null,
  alert_id bigint not null,
  revision integer not null,
  severity smallint not null,
  alert_status text,
  received_at timestamptz not null,
  body json not null,
  raw json,
  primary key (workspace_id, alert_id, revision),
  foreign key (workspace_id, alert_id) references alerts (workspace_id, id) on delete cascade
);
call fence('alert_revisions');

create table deliveries (
  workspace_id uuid not null,
  -- The accept sequence: notes of one ticket go out in this order.
  id bigint not null,
  alert_id bigint not null,
  revision integer not null,
  channel_id uuid not null,
  -- The address, for mail; empty for a connection.
  target text not null default '',
  delivery_state text not null check
    (delivery_state in ('pending', 'sending', 'uncertain', 'delivered', 'held', 'skipped', 'failed')),
  reason text,
  severity smallint not null,
  settings_version bigint not null,
  -- For a later state of an alert: a note on its ticket, or its first ticket (decision 23).
  update_purpose text check (update_purpose in ('note', 'firstTicket')),
  trace json not null,
  -- Where a test ticket goes, whatever the mapping says: {accountId, contactId?} (decision 21).
  directed json,
  group_id bigint,
  write_id bigint,
  tries integer not null default 0,
  -- Optional inputs that the PSA refused; left out of the next try.
  without text[] not null default '{}',
  problem text,
  settled_at timestamptz,
  -- Which index finds it: 1 waits for a group, 2 waits in its group, 3 held, failed or uncertain. Indexes name this
  -- column and never delivery_state, so that most changes of state touch no index.
  place smallint generated always as (
    case
      when delivery_state = 'pending' and group_id is null then 1
      when delivery_state = 'pending' then 2
      when delivery_state in ('held', 'failed', 'uncertain') then 3
    end) stored,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create unique index deliveries_once on deliveries (workspace_id, alert_id, revision, channel_id, target);
create index deliveries_unassigned on deliveries (workspace_id, channel_id, id)
  where place = 1;
create index deliveries_waiting on deliveries (workspace_id, group_id, id)
  where place = 2;
create index deliveries_attention on deliveries (workspace_id, channel_id, id) where place = 3;
call fence('deliveries');

create table ticket_groups (
  workspace_id uuid not null,
  id bigint not null,
  connection_id uuid not null,
  account_id text not null,
  -- The organization's id, or the sender's reference for an unassigned alert.
  organization_key text not null,
  key_hash bytea not null,
  words text not null,
  generation integer not null default 1,
  -- Our key on this generation's ticket (promises §2.1).
  marker text not null,
  next_seq integer not null default 1,
  ticket_state text not null default 'none' check (ticket_state in ('none', 'open', 'closed', 'gone')),
  ticket_ref text,
  ticket_number text,
  ticket_link text,
  ticket_checked_at timestamptz,
  -- The ticket of the generation before, named by the next one.
  previous_number text,
  -- The one write that is under way or uncertain; nothing else of the group is sent meanwhile.
  busy_write_id bigint,
  blocked_until timestamptz,
  -- The best lane among the deliveries that wait here (2 critical, 1 high, 0 the rest); null = none wait.
  waiting_lane smallint,
  waiting_since bigint,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create unique index ticket_groups_once
  on ticket_groups (workspace_id, connection_id, account_id, organization_key, key_hash);
create unique index ticket_groups_marker on ticket_groups (workspace_id, connection_id, marker);
create index ticket_groups_ready on ticket_groups (workspace_id, connection_id, waiting_lane desc, waiting_since)
  where waiting_lane is not null;
call fence('ticket_groups');

-- One thing sent. Its content and its deliveries are frozen in the transaction that commits the first attempt.
create table writes (
  workspace_id uuid not null,
  id bigint not null,
  connection_id uuid not null,
  group_id bigint not null,
  generation integer not null,
  seq integer not null,
  write_kind text not null check (write_kind in ('ticket', 'note', 'digest')),
  write_key text not null,
  delivery_ids bigint[] not null,
  -- The ticket or note as it is sent, every time it is sent.
  draft json not null,
  -- Where it goes and why, in words.
  trace json not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index writes_once on writes (workspace_id, group_id, generation, seq);
call fence('writes');

create table attempts (
  workspace_id uuid not null,
  write_id bigint not null,
  n integer not null,
  connection_id uuid not null,
  epoch bigint not null,
  attempt_state text not null check (attempt_state in ('sending', 'confirmed', 'refused', 'uncertain')),
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  evidence text,
  receipt_ref text,
  receipt_number text,
  receipt_link text,
  -- Found by look-up, not answered by the PSA.
  adopted boolean not null default false,
  looks integer not null default 0,
  failed_looks integer not null default 0,
  misses integer not null default 0,
  last_miss_at timestamptz,
  next_look_at timestamptz,
  -- A ticket with an uncertain history is looked up again later, for a second one that came late.
  recheck_at timestamptz,
  rechecks integer not null default 0,
  primary key (workspace_id, write_id, n)
) with (fillfactor = 70);
create index attempts_open on attempts (workspace_id, connection_id, next_look_at)
  where attempt_state in ('sending', 'uncertain');
create index attempts_rechecks on attempts (workspace_id, connection_id, recheck_at) where recheck_at is not null;
call fence('attempts');

-- More than one record with our key was found: shown until a person has looked.
create table surplus_records (
  workspace_id uuid not null,
  connection_id uuid not null,
  write_id bigint not null,
  receipt_ref text not null,
  receipt_link text,
  found_at timestamptz not null default now(),
  primary key (workspace_id, connection_id, receipt_ref)
);
call fence('surplus_records');

-- Calls made to a PSA, by minute: the rolling window survives a restart (promise P8).
create table call_counts (
  workspace_id uuid not null,
  connection_id uuid not null,
  minute timestamptz not null,
  calls integer not null,
  primary key (workspace_id, connection_id, minute)
);
call fence('call_counts');

-- Without a fence, ids and times only: who serves a channel. Database time decides.
create table leases (
  workspace_id uuid not null,
  channel_id uuid not null,
  epoch bigint not null default 0,
  holder uuid,
  expires_at timestamptz not null default '-infinity',
  primary key (workspace_id, channel_id)
);
grant select, insert, update, delete on leases to herald_app;

-- The answer to an Idempotency-Key, kept for 24 hours (promise P2).
create table idempotency_keys (
  workspace_id uuid not null,
  key_hash bytea not null,
  request_hash bytea not null,
  -- Null until the request was answered.
  answer json,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key_hash)
);
call fence('idempotency_keys');
