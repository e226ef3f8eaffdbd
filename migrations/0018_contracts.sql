-- Contracts of the PSA as they were last met, so that the mapping table knows their names without a call.
create table directory_contracts (
  workspace_id uuid not null,
  connection_id uuid not null,
  contract_id text not null,
  account_id text not null,
  name text not null,
  contract_number text,
  is_active boolean not null,
  takes_services boolean not null,
  ends_on date,
  met_at timestamptz not null default now(),
  primary key (workspace_id, connection_id, contract_id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);
call fence('directory_contracts');
