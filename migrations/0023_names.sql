-- What the PSA calls the values and contacts that were chosen, as they were last met, so that people read names.
create table directory_names (
  workspace_id uuid not null,
  connection_id uuid not null,
  -- A list of choices as the adapter names it; `contact` for contacts.
  list text not null,
  id text not null,
  name text not null,
  primary key (workspace_id, connection_id, list, id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
call fence('directory_names');

-- Of each severity that is set to no ticket: since when (`at`), who set it (`by`) and why (`reason`, may be null). What
-- was set before this was kept has no entry.
alter table connections add column no_ticket jsonb not null default '{}';
