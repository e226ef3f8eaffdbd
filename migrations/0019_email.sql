-- E-mail: who gets it, what it looks like, by which servers it leaves; and what the rounds of the mail channel remember
-- (docs/adr/0016). The mail of a workspace is one channel, whose id is that of the workspace.

create table mail_settings (
  workspace_id uuid primary key references workspaces (id),
  -- In the order in which they are tried: {host, port, security, user?}; empty = those of the installation.
  servers jsonb not null default '[]',
  -- Their passwords by "host:port", each as its own envelope.
  sealed jsonb not null default '{}',
  from_address text,
  reply_to text,
  -- Mails in a minute, to all addresses together.
  rate_per_minute integer not null default 60,
  global_subject text not null,
  organization_subject text not null,
  respond_event_detail boolean not null default true,
  ioc_event_detail boolean not null default true,
  -- Why a person must act, and since when; null = ok.
  attention text,
  attention_since timestamptz,
  revision integer not null default 1
);
call fence('mail_settings');

-- Without an organization: global. An address once per list, whatever its letter case.
create table recipients (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  organization_id uuid,
  address text not null,
  -- Null = all.
  severities text[],
  -- Why it exists, and who answers for it (req 119).
  note text not null default '',
  owner text not null default '',
  review_on date,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, organization_id) references organizations (workspace_id, id) on delete cascade
);
create unique index recipients_once on recipients (workspace_id, organization_id, lower(address)) nulls not distinct;
create index recipients_by_review on recipients (workspace_id, review_on) where review_on is not null;
call fence('recipients');

-- The same of mappings: why an organization goes to this account, and when somebody looks at it again (req 119, 120).
alter table mappings
  add column note text not null default '',
  add column review_on date;

-- Every address that was ever owed mail. Ids are of the sequence group_ids: deliveries and writes name a mailbox where
-- they otherwise name a ticket group.
create table mailboxes (
  workspace_id uuid not null,
  id bigint not null,
  -- In lower case.
  address text not null,
  next_seq integer not null default 1,
  -- Mails that may go out at once, as of credit_at; it grows with time up to its most.
  credit real not null default 5,
  credit_at timestamptz,
  blocked_until timestamptz,
  -- Final refusals of the address without a mail that was taken in between, and what the last one said.
  refusals integer not null default 0,
  refusal text,
  -- Set when there were too many: no mail goes out until a person says so.
  stopped_at timestamptz,
  -- The best lane among the deliveries that wait here (2 critical, 1 high, 0 the rest); null = none wait.
  waiting_lane smallint,
  waiting_since bigint,
  primary key (workspace_id, id)
) with (fillfactor = 70);
create unique index mailboxes_once on mailboxes (workspace_id, address);
create index mailboxes_ready on mailboxes (workspace_id, waiting_lane desc, waiting_since) where waiting_lane is not null;
call fence('mailboxes');

-- Mails that were not taken, or of which nobody knows: the same mail is sent again when it is due.
create table mail_retries (
  workspace_id uuid not null,
  write_id bigint not null,
  due_at timestamptz not null,
  -- Of the first attempt that counted: after 72 hours nobody tries any more.
  first_at timestamptz not null,
  -- Attempts that ended without an answer after the last byte.
  unclear integer not null default 0,
  -- Those that counted: when no server could be asked, nobody refused the mail.
  tries integer not null default 0,
  -- Cut, because the server takes no mail of its size.
  is_short boolean not null default false,
  primary key (workspace_id, write_id)
);
create index mail_retries_due on mail_retries (workspace_id, due_at);
call fence('mail_retries');

-- A delivery of revision 0 is owed to what became of an alert, not to a state of it: the way out (promises P4).
alter table deliveries drop constraint deliveries_update_purpose_check;
alter table deliveries add constraint deliveries_update_purpose_check
  check (update_purpose in ('note', 'firstTicket', 'wayOut')) not valid;
alter table deliveries validate constraint deliveries_update_purpose_check;
alter table writes drop constraint writes_write_kind_check;
alter table writes add constraint writes_write_kind_check
  check (write_kind in ('ticket', 'note', 'digest', 'mail', 'mailDigest')) not valid;
alter table writes validate constraint writes_write_kind_check;
