-- After a restore the PSA may have tickets and notes that this database does not know: it is asked before anything is
-- made (promise P20, docs/adr/0007).

-- Each restore of this database from a backup.
create table restores (
  workspace_id uuid not null references workspaces (id),
  -- Nothing that an earlier Herald sent can begin later than this.
  restored_at timestamptz not null default now(),
  -- What was made since is what the database lacks.
  backup_at timestamptz not null,
  -- Until then new groups are looked for too: senders may send again what was lost.
  looks_until timestamptz not null,
  -- Deliveries up to this one may have gone out after the backup.
  newest_delivery bigint not null,
  primary key (workspace_id, restored_at)
);
call fence('restores');

-- What must be asked before the group is written: 'ticket' whether the PSA has its next ticket, 'texts' what stands on
-- the ticket that it has. Null: nothing.
alter table ticket_groups add column look_first text check (look_first in ('ticket', 'texts'));

-- Not written by this database's Herald but found in the PSA after a restore.
alter table writes add column found_after_restore boolean not null default false;
create index writes_found on writes (workspace_id, connection_id) where found_after_restore;
