-- What befalls tickets after they were made (promise P13, decision 14), and what the operator of a connection is told.

-- shut: it is there and takes no notes (locked).
alter table ticket_groups drop constraint ticket_groups_ticket_state_check;
alter table ticket_groups add constraint ticket_groups_ticket_state_check
  check (ticket_state in ('none', 'open', 'closed', 'gone', 'shut'));

alter table ticket_groups
  -- Since when the ticket is closed, as the PSA says; when that was noticed where it does not say.
  add column ticket_closed_at timestamptz,
  -- When a new ticket was opened, or the old one reopened, because the one before took no notes any more: at most one
  -- such turn in an hour.
  add column turned_at timestamptz,
  -- The last thing that befell the ticket, in words.
  add column life_words text;

-- What the PSA no longer takes and was done without (promises J-13, J-14): one row per matter, however often it happens.
create table connection_notices (
  workspace_id uuid not null,
  connection_id uuid not null,
  matter text not null,
  words text not null,
  times integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  -- Moves at most once an hour: when it was last worth telling somebody.
  told_at timestamptz not null default now(),
  primary key (workspace_id, connection_id, matter),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
call fence('connection_notices');
