/** Where secrets must never be found (promise P16): in no row of the database and no answer of the API, in any spelling. */
import type { HarnessDatabase } from './database.ts';
import type { Instance } from './service.ts';

/** The same secret as a log, a dump or an address may carry it. */
export const spellingsOf = (secret: string): string[] => [
  ...new Set([
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]),
];

/** Rows of any table that hold one of these, as sentences that do not repeat it. */
export async function leaksInRows(
  { rows }: Pick<HarnessDatabase, 'rows'>,
  secrets: readonly string[],
): Promise<string[]> {
  const tables = await rows<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg_toast%'`,
  );
  const patterns = secrets.flatMap(spellingsOf).map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`);
  const found: string[] = [];
  for (const { name } of tables) {
    const [hit] = await rows<{ n: number }>(
      `select count(*)::int as n from ${name} t where t::text like any($1)`,
      [patterns],
    );
    if (hit && hit.n > 0) found.push(`${hit.n} rows of ${name} hold a secret`);
  }
  return found;
}

/** What the API shows of alerts, deliveries and connections; an instance that only works has none. */
export async function leaksInAnswers(
  instances: readonly Pick<Instance, 'url'>[],
  apiKey: string,
  secrets: readonly string[],
): Promise<string[]> {
  const url = instances.find((instance) => instance.url !== undefined)?.url;
  if (url === undefined) return [];
  const spellings = secrets.flatMap(spellingsOf);
  const found: string[] = [];
  for (const path of [
    '/api/v1/psa/connections',
    '/api/v1/deliveries?limit=200',
    '/api/v1/alerts?limit=200',
    '/metrics',
  ]) {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
    const text = await answer.text();
    if (spellings.some((spelling) => text.includes(spelling))) found.push(`${path} shows a secret`);
  }
  return found;
}
