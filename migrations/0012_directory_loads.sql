-- A load of accounts that gives way to the deliveries says why, and that its process is still there.
alter table directory_loads
  add column waiting text,
  add column seen_at timestamptz not null default now();
