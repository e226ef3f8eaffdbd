-- Who changed what: written in the transaction of the change, kept for good, one chain of hashes per workspace.
create table audit_entries (
  workspace_id uuid not null references workspaces (id),
  -- From 1 without a gap.
  n bigint not null check (n > 0),
  -- As it goes into the hash.
  at timestamptz not null check (at = at::timestamptz(3)),
  actor_kind text not null check (actor_kind in ('user', 'apiKey', 'system')),
  actor_id text not null,
  actor_name text not null,
  -- Where the request came from; null for what Herald did by itself.
  address text,
  action text not null,
  target_kind text not null,
  target_id text not null,
  target_name text not null,
  -- The members that differ; as text, so that they stay as they were hashed.
  before json not null,
  after json not null,
  reason text,
  previous_hash text not null,
  hash text not null,
  primary key (workspace_id, n)
);
create index audit_entries_by_target on audit_entries (workspace_id, target_kind, target_id, n);
create index audit_entries_by_actor on audit_entries (workspace_id, actor_id, n);
call fence('audit_entries');
-- Entries are added and read, nothing else.
revoke update, delete on audit_entries from herald_app;

-- The end of each chain: locked by whoever adds to it.
create table audit_heads (
  workspace_id uuid primary key references workspaces (id),
  n bigint not null default 0,
  hash text not null default ''
);
call fence('audit_heads');
revoke delete on audit_heads from herald_app;
