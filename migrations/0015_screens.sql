-- What the screens read: alerts found by what they say and where they stand, and counts that need not be made anew.

-- Alerts are described in blocks of 64 ids that follow each other (id >> 6), behind intake and never in its transaction.
-- A condition that the terms of a block do not meet rules out all of its alerts; the others are read and judged one by one.
create table alert_blocks (
  workspace_id uuid not null,
  block bigint not null,
  -- Of `received_at`.
  first_at timestamptz not null,
  last_at timestamptz not null,
  -- Something of it may still change: its counts are of `counted_at`, and are made anew.
  is_open boolean not null default true,
  counted_at timestamptz not null default '-infinity',
  primary key (workspace_id, block)
) with (fillfactor = 70);
create index alert_blocks_open on alert_blocks (workspace_id, block) where is_open;
call fence('alert_blocks');

-- Words that its alerts have, in lower case, and what they can be filtered by, which begins with a colon.
create table alert_terms (
  workspace_id uuid not null,
  -- "C": a word is found by its beginning.
  term text collate "C" not null,
  block bigint not null,
  primary key (workspace_id, term, block)
);
-- Blocks come in order, so that a few bytes per page find those that go.
create index alert_terms_by_block on alert_terms using brin (block);
call fence('alert_terms');

-- Alerts that changed after they were stored: what their block says of them may be out of date. Nothing is unique here,
-- so that no writer waits for another one.
create table changed_alerts (
  workspace_id uuid not null,
  alert_id bigint not null
);
create index changed_alerts_of on changed_alerts (workspace_id, alert_id);
call fence('changed_alerts');

-- Counts of a block by hour and channel; what is counted of the alerts themselves stands in a row with no channel.
create table block_counts (
  workspace_id uuid not null,
  block bigint not null,
  -- The hour in which the alerts were received.
  at timestamptz not null,
  -- All zeros: the alerts themselves.
  channel_id uuid not null,
  alerts integer not null default 0,
  unaccounted integer not null default 0,
  delivered integer not null default 0,
  waiting integer not null default 0,
  held integer not null default 0,
  skipped integer not null default 0,
  failed integer not null default 0,
  -- Milliseconds from acknowledgement to the ticket, one per first delivery that was delivered.
  took integer[] not null default '{}',
  primary key (workspace_id, block, at, channel_id)
) with (fillfactor = 80);
call fence('block_counts');

-- What an alert is searched by, as it stands there.
create function alert_text(title text, external_id text, body json) returns text
language sql immutable parallel safe cost 200
return title || ' ' || external_id || ' ' || concat_ws(' ',
  body #>> '{user,email}', body #>> '{user,name}', body #>> '{device,name}', body #>> '{device,ip}');

-- Words between single blanks: in lower case, without punctuation.
create function fold_words(words text) returns text
language sql immutable parallel safe cost 50
return ' ' || lower(translate(words, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\r\n', repeat(' ', 35)));

-- Where a delivery stands: 1 held, 2 failed, 3 uncertain, 4 skipped. As `place` it changes only when other indexes change
-- too, so that what is delivered touches no index.
alter table deliveries add column standing smallint generated always as (
  case delivery_state when 'held' then 1 when 'failed' then 2 when 'uncertain' then 3 when 'skipped' then 4 end) stored;
create index deliveries_standing on deliveries (workspace_id, standing, alert_id) where standing is not null;
