-- When each connection is looked over next for what has changed at its PSA (promises J-12). Without a fence: ids and times
-- only, so that one process finds whose turn it is. It goes with the lease, which every finished connection has.
create table contract_checks (
  workspace_id uuid not null,
  connection_id uuid not null,
  due_at timestamptz not null,
  primary key (workspace_id, connection_id),
  foreign key (workspace_id, connection_id) references leases (workspace_id, channel_id) on delete cascade
);
create index contract_checks_due on contract_checks (due_at);
grant select, insert, update, delete on contract_checks to herald_app;
