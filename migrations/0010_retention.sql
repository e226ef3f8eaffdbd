-- Without a fence, ids and times only: when a workspace was last cleared of what is too old, so that one process does it.
create table retention_turns (
  workspace_id uuid primary key,
  taken_at timestamptz not null
);
grant select, insert, update, delete on retention_turns to herald_app;
