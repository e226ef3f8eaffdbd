-- Reviews (req 120): once a month administrators are mailed which recipients and mappings are to be looked at again.

-- Without a fence, ids and times only: when a workspace was last looked over, so that one process does it.
create table review_turns (
  workspace_id uuid primary key,
  taken_at timestamptz not null
);
grant select, insert, update, delete on review_turns to herald_app;

-- What a month has come to: a row says that it was decided, even if nothing was due.
create table review_months (
  workspace_id uuid not null,
  -- Its first day.
  month date not null,
  decided_at timestamptz not null default now(),
  primary key (workspace_id, month)
);
call fence('review_months');

-- One mail to each administrator. The same mail is tried again until 72 hours are over.
create table review_mails (
  workspace_id uuid not null,
  month date not null,
  -- In lower case.
  address text not null,
  message_id text not null,
  -- As it was written: {subject, model}.
  content jsonb not null,
  mail_state text not null default 'waiting' check (mail_state in ('waiting', 'sending', 'sent', 'failed')),
  due_at timestamptz not null default now(),
  first_at timestamptz not null default now(),
  tries integer not null default 0,
  -- Tries that ended without an answer after the last byte.
  unclear integer not null default 0,
  -- What the mail server said, or what is in the way.
  outcome text,
  tried_at timestamptz,
  primary key (workspace_id, month, address)
);
create index review_mails_due on review_mails (workspace_id, due_at) where mail_state in ('waiting', 'sending');
call fence('review_mails');

-- The one thing of people that whoever sends mail may know: where the administrators of this workspace read their mail.
-- Tables of people stay closed to herald_app (docs/adr/0012).
create function administrator_addresses() returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select u.email from public.memberships m join public.users u on u.id = m.user_id
   where m.workspace_id = public.current_workspace() and m.role = 'admin' order by u.email
$$;
revoke all on function administrator_addresses() from public;
grant execute on function administrator_addresses() to herald_app;
