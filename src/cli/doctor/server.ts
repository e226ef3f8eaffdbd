/** The database server: settings that acknowledged alerts depend on, the fence, the clock, the version. */
import { readdir } from 'node:fs/promises';
import type { Database } from '../../db/database.ts';
import { migrationsDir } from '../../db/migrate.ts';
import { attention, type Finding, many, ok, problem } from './finding.ts';

/**
 * With these off, the server forgets what it has acknowledged (promises M1). The third one, synchronous_commit, is set by
 * each of our own sessions.
 */
const mustBeOn = ['fsync', 'full_page_writes'];
const oldestVersion = 150_000;

export async function checkSettings(db: Database): Promise<Finding[]> {
  const check = 'database';
  const { rows } = await db.unfenced((tx) =>
    tx.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [['server_version_num', 'server_version', ...mustBeOn]],
    ),
  );
  const settings = new Map(rows.map((row) => [row.name, row.setting]));
  const version = settings.get('server_version') ?? 'of an unknown version';
  if (Number(settings.get('server_version_num')) < oldestVersion) {
    return [problem(check, `PostgreSQL ${version} is too old: use version 15 or later.`)];
  }
  const off = mustBeOn.filter((name) => settings.get(name) === 'off');
  if (off.length > 0) {
    const words = `PostgreSQL runs with ${off.join(', ')} off: acknowledged alerts can be lost in a crash. Set ${off.length === 1 ? 'it' : 'them'} to on.`;
    return [problem(check, words)];
  }
  return [ok(check, `PostgreSQL ${version}; ${mustBeOn.join(', ')} are on.`)];
}

/** Row-level security fences only roles that cannot step over it, and only tables that force it. */
export async function checkFence(db: Database): Promise<Finding[]> {
  const check = 'fence';
  const { rows } = await db.unfenced((tx) =>
    tx.query<{ role: string; bypasses: boolean; unfenced: string[] | null }>(
      `select current_user as role, r.rolsuper or r.rolbypassrls as bypasses,
              (select array_agg(c.relname::text order by c.relname)
                 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname = 'public' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
                  and exists (select from pg_attribute a join pg_policy p on p.polrelid = c.oid
                               where a.attrelid = c.oid and a.attname = 'workspace_id')) as unfenced
         from pg_roles r where r.rolname = current_user`,
    ),
  );
  const { role, bypasses, unfenced } = rows[0] ?? { role: 'nobody', bypasses: true, unfenced: null };
  if (role !== 'herald_app') {
    return [
      problem(check, `The service works as the role ${role}, not as herald_app: run "npx herald migrate".`),
    ];
  }
  if (bypasses) {
    const words = `The role ${role} may step over row-level security. Run "alter role ${role} nosuperuser nobypassrls".`;
    return [problem(check, words)];
  }
  if (unfenced) {
    const words = `Row-level security is switched off on ${unfenced.join(', ')}: switch it on and force it.`;
    return [problem(check, words)];
  }
  return [ok(check, `The service works as ${role}, which cannot step over row-level security.`)];
}

/** Leases go by the database's time alone; what tells people and PSAs the time goes by ours. */
const worthSayingMs = 2_000;
const dangerousMs = 60_000;

/** `now` is this machine's time in milliseconds. */
export async function checkTime(db: Database, now: () => number = Date.now): Promise<Finding[]> {
  const ask = () =>
    db.unfenced((tx) =>
      tx.query<{ ms: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as ms'),
    );
  // The first one may have to connect.
  await ask();
  const before = now();
  const { rows } = await ask();
  const skewMs = (rows[0]?.ms ?? 0) - (before + now()) / 2;
  const seconds = (Math.abs(skewMs) / 1_000).toFixed(1);
  const words = `The database's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's`;
  const mend = 'Set both by NTP.';
  if (Math.abs(skewMs) >= dangerousMs) return [problem('time', `${words}. ${mend}`)];
  if (Math.abs(skewMs) >= worthSayingMs) return [attention('time', `${words}. ${mend}`)];
  return [ok('time', `${words}.`)];
}

export async function checkVersion(db: Database): Promise<Finding[]> {
  const check = 'version';
  const { rows } = await db.unfenced((tx) =>
    tx.query<{ version: number | null }>('select max(version)::int as version from herald_migrations'),
  );
  const found = rows[0]?.version ?? 0;
  const known = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).length;
  if (found > known) {
    const words = `The database is at version ${found}, newer than this Herald (${known}): use the newer Herald.`;
    return [problem(check, words)];
  }
  if (found < known) {
    const words = `The database is ${many(known - found, 'version')} behind this Herald: run "npx herald migrate", or start it.`;
    return [attention(check, words)];
  }
  return [ok(check, `The database is at version ${found}, as this Herald needs it.`)];
}
