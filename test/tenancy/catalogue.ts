/** What the database's own catalogue says about tables and their fences: the tests are generated from it. */
import type pg from 'pg';

export interface Table {
  name: string;
  /** The column that names the workspace; undefined if it has none. */
  workspaceColumn: string | undefined;
  isFenced: boolean;
  columns: Column[];
}

export interface Column {
  name: string;
  type: string;
  /** Must be given: not null, without a default. */
  isRequired: boolean;
  isGenerated: boolean;
  /** Of a check: the first value that it allows. */
  allowed: string | null;
}

/** Every table of the product, generated columns and checks included. */
export async function readTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<{
    name: string;
    is_fenced: boolean;
    columns: { name: string; type: string; required: boolean; generated: boolean; allowed: string | null }[];
  }>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_fenced,
            json_agg(json_build_object(
              'name', a.attname, 'type', format_type(a.atttypid, null),
              'required', a.attnotnull and not a.atthasdef, 'generated', a.attgenerated <> '',
              'allowed', (select substring(pg_get_constraintdef(k.oid) from '''([^'']*)''::text') from pg_constraint k
                           where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum])
            ) order by a.attnum) as columns
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      group by c.oid, c.relname order by c.relname`,
  );
  return rows.map((row) => ({
    name: row.name,
    isFenced: row.is_fenced,
    workspaceColumn: row.columns.some(({ name }) => name === 'workspace_id')
      ? 'workspace_id'
      : row.name === 'workspaces'
        ? 'id'
        : undefined,
    columns: row.columns.map(({ name, type, required, generated, allowed }) => ({
      name,
      type,
      isRequired: required,
      isGenerated: generated,
      allowed,
    })),
  }));
}

/** An INSERT of a row of this workspace, with something of the right type in every column that must be given. */
export function insertOf(table: Table, workspaceId: string): { text: string; values: unknown[] } {
  const given = table.columns.filter(
    ({ name, isRequired, isGenerated }) => !isGenerated && (isRequired || name === table.workspaceColumn),
  );
  const names = given.map(({ name }) => `"${name}"`);
  const places = given.map((_, n) => `$${n + 1}`);
  return {
    text: `insert into "${table.name}" (${names.join(', ')}) values (${places.join(', ')})`,
    values: given.map((column) => (column.name === table.workspaceColumn ? workspaceId : sampleOf(column))),
  };
}

const samples: Record<string, unknown> = {
  uuid: '0190a5c0-0000-7000-8000-00000000abcd',
  text: 'text',
  bigint: 1,
  integer: 1,
  smallint: 1,
  boolean: true,
  bytea: Buffer.from('bytes'),
  json: '{}',
  jsonb: '{}',
  'text[]': ['text'],
  'bigint[]': [1],
  'timestamp with time zone': '2026-11-20T00:00:00Z',
  date: '2026-11-20',
  numeric: 1,
};

function sampleOf({ name, type, allowed }: Column): unknown {
  if (allowed !== null) return allowed;
  if (!(type in samples)) throw new Error(`no sample value for ${name} of type ${type}: add one`);
  return samples[type];
}
