/**
 * Promise N2: no row of one workspace is read or written from another, whatever the statement forgets. Generated from
 * the catalogue: a new table is fenced, or it fails here.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../freshDatabase.ts';
import { insertOf, readTables, type Table } from './catalogue.ts';

/** Tables without a fence hold only what says nothing about anybody: ids, hashes, times and epochs. */
const unfenced: Record<string, Record<string, string>> = {
  api_key_index: { key_hash: 'bytea', workspace_id: 'uuid', key_id: 'uuid' },
  herald_migrations: {
    version: 'integer',
    name: 'text',
    sha256: 'text',
    applied_at: 'timestamp with time zone',
  },
  contract_checks: { workspace_id: 'uuid', connection_id: 'uuid', due_at: 'timestamp with time zone' },
  leases: {
    workspace_id: 'uuid',
    channel_id: 'uuid',
    epoch: 'bigint',
    holder: 'uuid',
    expires_at: 'timestamp with time zone',
  },
  retention_turns: { workspace_id: 'uuid', taken_at: 'timestamp with time zone' },
  review_turns: { workspace_id: 'uuid', taken_at: 'timestamp with time zone' },
  way_out_checks: { workspace_id: 'uuid', checked_at: 'timestamp with time zone' },
  workspace_index: { workspace_id: 'uuid', created_at: 'timestamp with time zone' },
};

/** Of people: needed before a workspace is known, for a role of its own alone (docs/adr/0012). */
const ofPeople = [
  'accounts',
  'first_administrator_links',
  'guesses',
  'invitations',
  'memberships',
  'passkeys',
  'sessions',
  'sign_on_attempts',
  'sign_on_identities',
  'sign_on_providers',
  'two_factors',
  'used_codes',
  'users',
  'verifications',
];

const [ours, theirs, nobodys] = [randomUUID(), randomUUID(), randomUUID()];
let fresh: FreshDatabase;
/** Sees and writes everything. */
let admin: pg.Client;
/** As the product's pool works. */
let app: pg.Client;
/** The login, which owns the tables. */
let owner: pg.Client;
let tables: Table[];
let fenced: Table[];

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

beforeAll(async () => {
  fresh = await freshDatabase();
  admin = await connect(fresh.adminUrl);
  app = await connect(fresh.url);
  await app.query('set role herald_app');
  owner = await connect(fresh.url);
  tables = await readTables(admin);
  fenced = tables.filter(({ isFenced }) => isFenced);
  // Foreign keys are of no interest here, and would dictate an order.
  await admin.query(`set session_replication_role = 'replica'`);
  for (const table of fenced) {
    for (const workspace of [ours, theirs]) {
      const { text, values } = insertOf(table, workspace);
      await admin.query(text, values);
    }
  }
});
afterAll(async () => {
  await Promise.all([admin, app, owner].map((client) => client.end()));
  await fresh.drop();
});

/** Runs in a transaction of this workspace, or of none, that never stays. */
async function within<T>(
  client: pg.Client,
  workspace: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await client.query('begin');
  try {
    if (workspace) await client.query(`select set_config('herald.workspace', $1, true)`, [workspace]);
    return await work();
  } finally {
    await client.query('rollback');
  }
}

const idsIn = async (client: pg.Client, { name, workspaceColumn }: Table): Promise<string[]> =>
  (await client.query(`select "${workspaceColumn}" as id from "${name}"`)).rows.map(({ id }) => id);

/** The code of the error that a statement fails with; undefined if it does not. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

/** Runs one check on every fenced table and names those that fail it. */
async function failing(check: (table: Table) => Promise<boolean>): Promise<string[]> {
  const names: string[] = [];
  for (const table of fenced) if (!(await check(table))) names.push(table.name);
  return names;
}

const refused = '42501';

describe('which tables have a fence', () => {
  it('all but those on the list, and every table with a workspace among them', () => {
    const without = tables.filter(({ isFenced }) => !isFenced).map(({ name }) => name);
    expect(without).toEqual([...Object.keys(unfenced), ...ofPeople].sort());
    expect(fenced.filter(({ workspaceColumn }) => workspaceColumn === undefined)).toEqual([]);
    expect(fenced.length).toBeGreaterThanOrEqual(18);
  });

  it.each(Object.keys(unfenced))('%s holds ids, hashes, times and epochs only', (name) => {
    const columns = tables.find((table) => table.name === name)?.columns ?? [];
    expect(Object.fromEntries(columns.map((column) => [column.name, column.type]))).toEqual(unfenced[name]);
  });

  it('a table that somebody adds without one is noticed', async () => {
    await admin.query('begin');
    await admin.query('create table forgotten (workspace_id uuid not null, secret text)');
    await admin.query('create table half_fenced (workspace_id uuid not null)');
    await admin.query('alter table half_fenced enable row level security');
    const found = (await readTables(admin)).filter(({ isFenced }) => !isFenced).map(({ name }) => name);
    await admin.query('rollback');
    expect(found).toEqual(expect.arrayContaining(['forgotten', 'half_fenced']));
  });

  it('a fence is one policy for everybody and every command, for reading and for writing', async () => {
    const { rows } = await admin.query(
      `select tablename, cmd, roles::text, permissive, qual, with_check from pg_policies order by tablename`,
    );
    expect(rows.map(({ tablename }) => tablename)).toEqual(fenced.map(({ name }) => name).sort());
    for (const row of rows) {
      expect(row).toMatchObject({ cmd: 'ALL', roles: '{public}', permissive: 'PERMISSIVE' });
      expect(row.qual).toBe(row.with_check);
      expect(row.qual).toMatch(/^\((workspace_id|id) = \( ?SELECT current_workspace\(\)/);
    }
  });
});

describe('reading', () => {
  it('without a workspace shows nothing, to the application and to the owner', async () => {
    for (const client of [app, owner]) {
      expect(
        await failing(
          async (table) => (await within(client, undefined, () => idsIn(client, table))).length === 0,
        ),
      ).toEqual([]);
    }
  });

  it('an empty setting is none', async () => {
    const check = async (table: Table) => {
      await app.query('begin');
      await app.query(`select set_config('herald.workspace', '', true)`);
      const ids = await idsIn(app, table);
      await app.query('rollback');
      return ids.length === 0;
    };
    expect(await failing(check)).toEqual([]);
  });

  it('in another workspace shows nothing', async () => {
    const check = async (table: Table) => (await within(app, nobodys, () => idsIn(app, table))).length === 0;
    expect(await failing(check)).toEqual([]);
  });

  it('in our workspace shows our row and not theirs', async () => {
    const check = async (table: Table) => {
      const ids = await within(app, ours, () => idsIn(app, table));
      return ids.length === 1 && ids[0] === ours;
    };
    expect(await failing(check)).toEqual([]);
  });
});

describe('writing', () => {
  const insert = (table: Table, workspace: string) => {
    const { text, values } = insertOf(table, workspace);
    return app.query(text, values);
  };

  it('into another workspace is an error', async () => {
    expect(
      await failing(async (table) => {
        const code = await within(app, ours, () => codeOf(insert(table, theirs)));
        return code === refused;
      }),
    ).toEqual([]);
  });

  it('without a workspace is an error', async () => {
    expect(
      await failing(async (table) => {
        const code = await within(app, undefined, () => codeOf(insert(table, ours)));
        return code === refused;
      }),
    ).toEqual([]);
  });

  it('our row cannot be moved to another workspace', async () => {
    expect(
      await failing(async ({ name, workspaceColumn }) => {
        const move = () => codeOf(app.query(`update "${name}" set "${workspaceColumn}" = $1`, [theirs]));
        return (await within(app, ours, move)) === refused;
      }),
    ).toEqual([]);
  });

  it('their rows are neither changed nor removed', async () => {
    expect(
      await failing(async ({ name, workspaceColumn }) => {
        const condition = `where "${workspaceColumn}" = '${theirs}'`;
        const changes = [
          `update "${name}" set "${workspaceColumn}" = "${workspaceColumn}" ${condition}`,
          `delete from "${name}" ${condition}`,
        ];
        for (const change of changes) {
          // What is only ever added to has no right to either.
          const count = await within(app, ours, () =>
            app.query(change).then(
              ({ rowCount }) => rowCount,
              (error: { code?: string }) => (error.code === refused ? 0 : Promise.reject(error)),
            ),
          );
          if (count !== 0) return false;
        }
        return true;
      }),
    ).toEqual([]);
  });

  it('a whole table cannot be emptied, which no fence would stop', async () => {
    const { rows } = await admin.query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p')
          and has_table_privilege('herald_app', c.oid, 'truncate, references, trigger')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('the role of the application', () => {
  it('has no rights beyond, cannot log in, and is in no other role', async () => {
    const { rows } = await admin.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin,
              (select count(*)::int from pg_auth_members where member = r.oid) as memberships
         from pg_roles r where rolname = 'herald_app'`,
    );
    expect(rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolcanlogin: false,
        memberships: 0,
      },
    ]);
  });

  it('owns nothing and can create nothing', async () => {
    const { rows } = await admin.query(
      `select (select count(*)::int from pg_shdepend
                where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid = r.oid) as owned,
              has_schema_privilege(r.oid, 'public', 'create') as creates,
              has_database_privilege(r.oid, current_database(), 'create') as schemas
         from pg_roles r where rolname = 'herald_app'`,
    );
    expect(rows).toEqual([{ owned: 0, creates: false, schemas: false }]);
    expect(await codeOf(app.query('create table public.mine (a int)'))).toBe(refused);
  });

  it('the login that owns the tables cannot bypass either', async () => {
    const { rows } = await admin.query(
      `select rolsuper, rolbypassrls from pg_roles where rolname in
         (select tableowner from pg_tables where schemaname = 'public')`,
    );
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });
});

describe('the tables of people', () => {
  it.each(ofPeople)('%s is nothing to the application: it may not even read', async (name) => {
    for (const statement of [
      `select * from "${name}"`,
      `select count(*) from "${name}"`,
      `delete from "${name}"`,
      `insert into "${name}" default values`,
    ]) {
      expect([statement, await codeOf(app.query(statement))]).toEqual([statement, refused]);
    }
  });

  it('are all that the role of people may touch, and it may not own, create or bypass', async () => {
    const { rows } = await admin.query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p', 'v')
          and has_table_privilege('herald_people', c.oid, 'select, insert, update, delete') order by 1`,
    );
    expect(rows.map(({ relname }) => relname)).toEqual(ofPeople);
    const { rows: roles } = await admin.query(
      `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolcanlogin as beyond,
              (select count(*)::int from pg_auth_members where member = r.oid) as memberships,
              (select count(*)::int from pg_shdepend
                where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid = r.oid) as owned,
              has_schema_privilege(r.oid, 'public', 'create') as creates
         from pg_roles r where rolname = 'herald_people'`,
    );
    expect(roles).toEqual([{ beyond: false, memberships: 0, owned: 0, creates: false }]);
  });
});

describe('ways around a fence', () => {
  it('views look with the eyes of the caller; materialized ones do not exist', async () => {
    const { rows } = await admin.query(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public'
          and (c.relkind = 'm' or c.relkind = 'v' and not coalesce('security_invoker=true' = any(c.reloptions), false))`,
    );
    expect(rows).toEqual([]);
  });

  it('functions with the rights of their owner have a pinned search path', async () => {
    const { rows } = await admin.query(
      `select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public' and p.prosecdef
          and not exists (select from unnest(p.proconfig) setting where setting like 'search_path=%')`,
    );
    expect(rows).toEqual([]);
  });
});
