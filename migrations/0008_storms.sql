-- Storms (promise P7): notes of a ticket are rationed, and new tickets of an organization have a brake.

alter table ticket_groups
  -- Notes that may go out at once, as of note_credit_at; it grows with time up to its most.
  add column note_credit real not null default 10,
  add column note_credit_at timestamptz,
  -- Takes the alerts of its organization that the brake kept from opening tickets of their own.
  add column gathers boolean not null default false;

-- Tickets that an organization opened on a connection, by minute: what the brake counts.
create table opened_tickets (
  workspace_id uuid not null,
  connection_id uuid not null,
  organization_key text not null,
  minute timestamptz not null,
  tickets integer not null,
  primary key (workspace_id, connection_id, organization_key, minute)
) with (fillfactor = 70);
call fence('opened_tickets');
