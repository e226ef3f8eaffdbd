-- People: who they are, how they prove it, and what they may do where (docs/adr/0012).
-- They hold e-mail addresses and are needed before a workspace is known, so no fence can guard them. A role of its own
-- does: herald_people alone may touch these tables, and nothing else; herald_app may not read them.

do $$
begin
  if not exists (select from pg_roles where rolname = 'herald_people') then
    create role herald_people nologin;
    execute format('grant herald_people to %I', current_user);
  end if;
end $$;

grant usage on schema public to herald_people;

create table users (
  id text primary key,
  name text not null,
  -- In lower case.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  two_factor_enabled boolean not null default false,
  last_sign_in_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Ways to prove who one is by a secret: one row `credential` with the hash of the password.
create table accounts (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index accounts_by_user on accounts (user_id);

create table sessions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  -- When the person last proved who they are, and when by a second factor.
  proven_at timestamptz not null default now(),
  second_factor_at timestamptz,
  used_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sessions_by_user on sessions (user_id);

-- Challenges under way.
create table verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index verifications_by_identifier on verifications (identifier);

create table two_factors (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  -- Both encrypted.
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);
create index two_factors_by_user on two_factors (user_id);

-- Each code of an authenticator counts once.
create table used_codes (
  user_id text not null references users (id) on delete cascade,
  code_hash text not null,
  used_at timestamptz not null default now(),
  primary key (user_id, code_hash)
);

create table passkeys (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  name text,
  public_key text not null,
  credential_id text not null unique,
  counter bigint not null,
  device_type text not null,
  backed_up boolean not null,
  transports text,
  aaguid text,
  created_at timestamptz default now()
);
create index passkeys_by_user on passkeys (user_id);

create table memberships (
  user_id text not null references users (id) on delete cascade,
  workspace_id uuid not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index memberships_by_user on memberships (user_id);

create table invitations (
  workspace_id uuid not null,
  id uuid not null,
  token_hash text not null unique,
  email text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  invited_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, id)
);

create table first_administrator_links (
  token_hash text primary key,
  expires_at timestamptz not null
);

create table sign_on_providers (
  workspace_id uuid not null,
  id uuid not null unique,
  name text not null,
  issuer text not null,
  client_id text not null,
  -- Sealed with the data key of the workspace.
  client_secret text not null,
  newcomer_role text check (newcomer_role in ('viewer', 'operator', 'admin')),
  -- Of newcomers; empty = any.
  domains text[] not null default '{}',
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);

-- Who somebody is at an issuer. Never by address alone.
create table sign_on_identities (
  issuer text not null,
  subject text not null,
  user_id text not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index sign_on_identities_by_user on sign_on_identities (user_id);

create table sign_on_attempts (
  state_hash text primary key,
  provider_id uuid not null references sign_on_providers (id) on delete cascade,
  nonce text not null,
  code_verifier text not null,
  invitation_hash text,
  expires_at timestamptz not null
);

-- Guesses of passwords and codes, by account and by address; across all processes.
create table guesses (
  key text primary key,
  times timestamptz[] not null,
  last_at timestamptz not null
);

do $$
declare
  one text;
begin
  foreach one in array array['users', 'accounts', 'sessions', 'verifications', 'two_factors', 'used_codes', 'passkeys',
    'memberships', 'invitations', 'first_administrator_links', 'sign_on_providers', 'sign_on_identities',
    'sign_on_attempts', 'guesses']
  loop
    execute format('grant select, insert, update, delete on %I to herald_people', one);
  end loop;
end $$;

-- Whether people of the workspace must prove themselves by a second factor.
alter table workspaces add column second_factor boolean not null default true;
