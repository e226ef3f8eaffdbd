-- The mapping table and the ignored accounts of a connection have a revision of their own: who maps organizations is not in
-- the way of who changes a step, and the other way round.
alter table connections add column mappings_revision integer not null default 1;

-- Which organizations an account serves is asked for each account of a list.
create index mappings_by_account on mappings (workspace_id, connection_id, account_id);
