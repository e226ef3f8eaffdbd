/** A workspace as it is after a busy year: a million alerts with what became of them, written by SQL behind Herald's back. */
import pg from 'pg';
import { pino } from 'pino';
import { createBlocks } from '../src/blocks/index.ts';
import { findRunning } from '../src/cli/database.ts';
import { openDatabase } from '../src/db/database.ts';
import { pause } from './processes.ts';

const alerts = 1_000_000;
export const organizations = 1_000;
const accounts = 20_000;
const atOnce = 100_000;

/** Words that only one alert has; that a tenth have, all of them old; that most have. */
export const words = { rare: 'zugspitze', retired: 'legacyavx', frequent: 'approved' } as const;

export interface Filled {
  organizationId: string;
  connectionId: string;
}

/** An id as ours are, made of a number. */
const idOfOrganization = (n: string): string =>
  `overlay(overlay(md5('organization ' || ${n}) placing '4' from 13) placing '8' from 17)::uuid`;

/** Fills the data directory of a Herald that runs, and describes the alerts as its worker would in time. */
export function fill(dataDir: string): Promise<Filled> {
  return inDatabase(dataDir, async (client, workspaceId, url) => {
    const filled = await fillSettings(client, workspaceId);
    for (let from = 0; from < alerts; from += atOnce) await client.query(alertsText(workspaceId, from));
    await client.query(deliveriesText(workspaceId, filled.connectionId));
    await client.query(writesText);
    await client.query(
      `select setval('alert_ids', ${alerts}), setval('delivery_ids', ${alerts}), setval('write_ids', ${alerts})`,
    );
    await client.query('analyze');
    await describe(client, url);
    await client.query('vacuum (analyze)');
    return filled;
  });
}

/** Organizations and accounts alone, without alerts; so many of the organizations are mapped. */
export function fillDirectory(dataDir: string, mapped: number): Promise<Filled> {
  return inDatabase(dataDir, async (client, workspaceId) => {
    const filled = await fillSettings(client, workspaceId);
    await client.query(
      `insert into mappings (workspace_id, connection_id, organization_id, account_id)
       select '${workspaceId}', '${filled.connectionId}', ${idOfOrganization('n')}, (20 * n)::text
         from generate_series(0, ${mapped - 1}) n`,
    );
    await client.query('analyze');
    return filled;
  });
}

/** So many organizations, the alerts of each of which are mailed to one address of its own. */
export function fillRecipients(dataDir: string, count: number): Promise<void> {
  return inDatabase(dataDir, async (client, workspaceId) => {
    await client.query(
      `insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
       select '${workspaceId}', ${idOfOrganization('n')}, 'Organization ' || n, true, true, true
         from generate_series(0, ${count - 1}) n`,
    );
    await client.query(
      `insert into organization_references (workspace_id, organization_id, ordinal, kind, value)
       select '${workspaceId}', ${idOfOrganization('n')}, 0, 'id', 'org-' || n from generate_series(0, ${count - 1}) n`,
    );
    await client.query(
      `insert into recipients (workspace_id, id, organization_id, address)
       select '${workspaceId}', gen_random_uuid(), ${idOfOrganization('n')}, 'soc@org' || n || '.example'
         from generate_series(0, ${count - 1}) n`,
    );
    await client.query('update workspaces set settings_version = settings_version + 1');
    await client.query('analyze');
  });
}

async function inDatabase<T>(
  dataDir: string,
  work: (client: pg.Client, workspaceId: string, url: string) => Promise<T>,
): Promise<T> {
  const url = await findRunning(dataDir);
  if (!url) throw new Error('the database of the benchmark does not run');
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query('select workspace_id from workspace_index');
    const workspaceId: string = rows[0].workspace_id;
    await client.query(`select set_config('herald.workspace', $1, false)`, [workspaceId]);
    return await work(client, workspaceId, url);
  } finally {
    await client.end();
  }
}

async function fillSettings(client: pg.Client, workspaceId: string): Promise<Filled> {
  const { rows } = await client.query(
    `with made as (
       insert into connections (workspace_id, id, name, kind, connection_state, is_default)
       values ('${workspaceId}', gen_random_uuid(), 'PSA', 'autotask', 'paused', true) returning id),
     organizations as (
       insert into organizations (workspace_id, id, name, delivery_enabled, delivery_tickets, delivery_email)
       select '${workspaceId}', ${idOfOrganization('n')}, 'Customer ' || md5(n::text) || ' ' || n || ' Ltd.', true, true, true
         from generate_series(0, ${organizations - 1}) n)
     select id from made`,
  );
  const connectionId: string = rows[0].id;
  await client.query(
    `insert into directory_accounts (workspace_id, connection_id, account_id, filters, name, is_active)
     select '${workspaceId}', '${connectionId}', n::text,
            jsonb_build_object('accountType', (n % 7 + 1)::text, 'classification', (n % 11)::text,
                               'marketSegment', (n % 23)::text),
            case when n % 20 = 0 then 'CUSTOMER ' || md5((n / 20)::text) || ' ' || n / 20 || ' limited'
                 else 'Company ' || md5('c' || n) || ' Inc' end, true
       from generate_series(0, ${accounts - 1}) n`,
  );
  return { connectionId, organizationId: await idOf(client, idOfOrganization('7')) };
}

async function idOf(client: pg.Client, expression: string): Promise<string> {
  const { rows } = await client.query(`select ${expression} as id`);
  return rows[0].id;
}

/** Over 30 days; a tenth is of a source that was retired long ago. */
const alertsText = (workspaceId: string, from: number): string => `
  insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, organization_id, unassigned_reference,
                      severity, title, received_at, body, trace)
  select '${workspaceId}', n, sha256(n::text::bytea), '\\x00', source, 'evt-' || md5(n::text),
         case when n % 50 > 0 then ${idOfOrganization(`n % ${organizations}`)} end,
         case when n % 50 = 0 then 'id|stranger-' || n % 1000 end,
         case when n % 20 = 0 then 4 when n % 5 = 0 then 3 when n % 3 = 0 then 1 else 2 end, title,
         now() - interval '30 days' * (${alerts} - n) / ${alerts},
         json_build_object('source', source, 'externalId', 'evt-' || md5(n::text), 'title', title, 'severity', 'medium',
           'originalSeverity', 'medium', 'flags', '[]'::json, 'eventType', 'iam.outside_location',
           'description', 'A sign-in from a country that is not on the list of approved locations was seen and not blocked.',
           'user', json_build_object('email', 'user' || n % 20000 || '@org' || n % ${organizations} || '.example', 'name', 'User ' || n % 20000),
           'device', json_build_object('name', 'host-' || n % 20000, 'ip', '198.51.100.7')),
         '["Planned."]'
    from (select n, case when n < 100000 then 'retired' when n % 4 = 0 then 'cloud' else 'edr' end as source,
                 case when n = 4321 then 'Odd sign-in on ${words.rare}' when n < 100000 then 'Blocked by ${words.retired}'
                      when n % 7 = 0 then 'Mailbox rule forwards mail' else 'Sign-in from outside the ${words.frequent} location' end as title
            from generate_series(${from + 1}, ${from + atOnce}) n) g`;

const deliveriesText = (workspaceId: string, connectionId: string): string => `
  insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, reason, severity, settings_version,
                          trace, write_id, problem, settled_at)
  select '${workspaceId}', n, n, 1, '${connectionId}', state, case state when 'skipped' then 'severity' when 'failed' then 'invalid' end,
         2, 1, '["Planned."]', case state when 'delivered' then n end,
         case state when 'failed' then 'Queue Tier 2 (' || n || ') no longer exists.' end,
         case when state in ('delivered', 'skipped') then
           now() - interval '30 days' * (${alerts} - n) / ${alerts} + interval '1 second' * (n % 17) end
    from (select n, case when n % 1000 = 13 and n < 200000 then 'failed' when n % 2000 = 14 then 'held'
                         when n % 90 = 15 then 'skipped' else 'delivered' end as state
            from generate_series(1, ${alerts}) n) g`;

const writesText = `
  insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key, delivery_ids, draft, trace)
  select workspace_id, id, channel_id, id, 1, 1, 'ticket', 'A-' || id, array[id], '{}', '[]' from deliveries
   where delivery_state = 'delivered'`;

/** All of them, without the rests that leave room for others. A turn ends where Herald's own is at it, so there are several. */
async function describe(client: pg.Client, url: string): Promise<void> {
  const db = openDatabase({ url, poolSize: 2 });
  const blocks = createBlocks({ db, log: pino({ level: 'warn' }), rest: async () => undefined });
  const startedAt = performance.now();
  while (!(await isDescribed(client))) {
    await blocks.turn();
    await pause(20);
  }
  console.log(`described in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await db.close();
}

/** The last two blocks have alerts of the last minute: they are described later. */
async function isDescribed(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select coalesce(max(block), -1) >= ${(alerts >> 6) - 2} and not bool_or(counted_at = '-infinity') as is from alert_blocks`,
  );
  return rows[0].is;
}
