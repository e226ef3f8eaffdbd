-- The fence: every table with a workspace is readable only inside a transaction that has set its workspace.
-- The login owns the tables; the pool works as herald_app, which owns nothing and cannot bypass row-level security.

do $$
begin
  if not exists (select from pg_roles where rolname = 'herald_app') then
    create role herald_app nologin;
    execute format('grant herald_app to %I', current_user);
  end if;
end $$;

grant usage on schema public to herald_app;
-- The migration runner's own table: the service reads its version from it.
grant select on herald_migrations to herald_app;

create function current_workspace() returns uuid
language sql stable parallel safe
return nullif(current_setting('herald.workspace', true), '')::uuid;

-- Called once per table by the migrations that create it.
create procedure fence(table_name regclass, workspace_column name default 'workspace_id')
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format(
    'create policy own_workspace on %s using (%I = (select current_workspace())) with check (%I = (select current_workspace()))',
    table_name, workspace_column, workspace_column);
  execute format('grant select, insert, update, delete on %s to herald_app', table_name);
end $$;

create table workspaces (
  id uuid primary key,
  name text not null,
  time_zone text not null default 'UTC',
  new_enabled boolean not null default true,
  new_tickets boolean not null default true,
  new_email boolean not null default true,
  way_out_minutes integer not null default 10,
  retention_days integer not null default 400,
  -- Rises with every change of settings; each acceptance checks it, so a switch thrown takes effect at once.
  settings_version bigint not null default 1,
  -- The workspace's data key, wrapped by the master key.
  data_key text not null,
  created_at timestamptz not null default now()
);
call fence('workspaces', 'id');

-- Without a fence, ids and times only: which workspaces there are; the oldest is the default one.
create table workspace_index (
  workspace_id uuid primary key,
  created_at timestamptz not null default now()
);
grant select, insert on workspace_index to herald_app;

create table api_keys (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  prefix text not null,
  scopes text[] not null,
  -- Alerts sent with this key are of this source, whatever they say.
  source text,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (workspace_id, id)
);
call fence('api_keys');

-- Without a fence: a key's hash leads to its workspace before any workspace is known.
create table api_key_index (
  key_hash bytea primary key,
  workspace_id uuid not null,
  key_id uuid not null
);
grant select, insert, delete on api_key_index to herald_app;

create table organizations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  delivery_enabled boolean not null,
  delivery_tickets boolean not null,
  delivery_email boolean not null,
  connection_id uuid,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
call fence('organizations');

create table organization_references (
  workspace_id uuid not null,
  organization_id uuid not null,
  ordinal integer not null,
  kind text not null check (kind in ('id', 'domain', 'tenantId', 'name')),
  value text not null,
  source text,
  primary key (workspace_id, organization_id, ordinal),
  foreign key (workspace_id, organization_id) references organizations (workspace_id, id) on delete cascade
);
call fence('organization_references');

create table connections (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  name text not null,
  kind text not null,
  connection_state text not null default 'draft' check (connection_state in ('draft', 'active', 'paused')),
  is_default boolean not null default false,
  -- Why a person must act, and since when; null = ok.
  attention text,
  attention_since timestamptz,
  pause_reason text,
  -- What each step holds, by the adapter's declared keys; secret fields are in `sealed`, each as its own envelope.
  steps jsonb not null default '{}',
  sealed jsonb not null default '{}',
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create unique index connections_one_default on connections (workspace_id) where is_default;
call fence('connections');

create table mappings (
  workspace_id uuid not null,
  connection_id uuid not null,
  organization_id uuid not null,
  account_id text not null,
  contact_id text,
  contract_id text,
  service_id text,
  add_service boolean,
  unit_cost numeric(12, 4),
  unit_price numeric(12, 4),
  -- One organization, exactly one account per connection (decision 8).
  primary key (workspace_id, connection_id, organization_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade,
  foreign key (workspace_id, organization_id) references organizations (workspace_id, id) on delete cascade
);
call fence('mappings');

create table ignored_accounts (
  workspace_id uuid not null,
  connection_id uuid not null,
  account_id text not null,
  primary key (workspace_id, connection_id, account_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
call fence('ignored_accounts');

-- What the PSA's account list said when it was last loaded.
create table directory_accounts (
  workspace_id uuid not null,
  connection_id uuid not null,
  account_id text not null,
  name text not null,
  account_number text,
  web_address text,
  is_active boolean not null,
  filters jsonb not null default '{}',
  loaded_at timestamptz not null default now(),
  primary key (workspace_id, connection_id, account_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
create index directory_accounts_by_name on directory_accounts (workspace_id, connection_id, lower(name), account_id);
call fence('directory_accounts');

create table directory_loads (
  workspace_id uuid not null,
  connection_id uuid not null,
  load_state text not null check (load_state in ('loading', 'ready', 'failed')),
  loaded integer not null default 0,
  total integer,
  failure text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (workspace_id, connection_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
call fence('directory_loads');
