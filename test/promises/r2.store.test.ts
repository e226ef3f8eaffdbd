import { expect, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { type Change, changes } from './changes.ts';
import { countOf, mostTestMs } from './counts.ts';
import { openProduct, type Product } from './product.ts';

const reason = 'R2 – why not?';

it(
  'R2: every change by the API has one entry with who, from where and what; without it nothing changes',
  async () => {
    const product = await openProduct();
    const routes = await changingRoutes(product);
    const known = new Set(Object.keys(changes));
    const other = [
      ...routes.filter((route) => !known.has(route)).map((route) => `${route} has no row in changes.ts`),
      ...[...known].filter((route) => !routes.includes(route)).map((route) => `${route} is no more`),
    ];
    for (let run = 0; run < countOf('R2'); run += 1) {
      for (const route of routes.filter((one) => known.has(one))) {
        const change = await changes[route]!(product);
        const method = route.split(' ')[0] as string;
        other.push(...(await unrecorded(product, method, change)).map((words) => `${route}: ${words}`));
        other.push(...(await recorded(product, method, change)).map((words) => `${route}: ${words}`));
      }
    }
    expect(await product.api('GET', '/audit/verify')).toMatchObject({ state: 'whole' });
    conclude('R2', {}, { other });
  },
  mostTestMs,
);

/** From the description of the API: all that is not only reading, but what senders of alerts use. */
async function changingRoutes({ url, apiKey }: Product): Promise<string[]> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const { paths } = (await (await fetch(`${url}/api/openapi.json`, { headers })).json()) as {
    paths: Record<string, Record<string, { 'x-scope'?: string }>>;
  };
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(
          ([method, { 'x-scope': scope }]) => method !== 'get' && scope !== 'read' && scope !== 'intake',
        )
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    )
    .sort();
}

interface Answer {
  status: number;
  text: string;
}

async function call({ url, apiKey }: Product, method: string, { path, body }: Change): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      'herald-reason': encodeURIComponent(reason),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** With an audit that takes no entry: what is wrong. */
async function unrecorded(product: Product, method: string, change: Change): Promise<string[]> {
  const before = await settingsOf(product);
  await product.admin.query('revoke insert on audit_entries from herald_app');
  const { status } = await call(product, method, change);
  await product.admin.query('grant insert on audit_entries to herald_app');
  const problems = status >= 500 ? [] : [`was answered with ${status} without an entry`];
  const after = await settingsOf(product);
  const changed = Object.keys(before).filter((table) => before[table] !== after[table]);
  if (changed.length > 0) problems.push(`changed ${changed.join(', ')} without an entry`);
  return problems;
}

/** With one that does: what is wrong with the entry. */
async function recorded(product: Product, method: string, change: Change): Promise<string[]> {
  const last = (await entriesAfter(product, 0)).length;
  const { status, text } = await call(product, method, change);
  if (status >= 300) return [`was answered with ${status}: ${text}`];
  const [entry, ...more] = await entriesAfter(product, last);
  if (!entry || more.length > 0) return [`${more.length + (entry ? 1 : 0)} entries`];
  const made = method === 'POST' ? (JSON.parse(text) as { key?: string }).key : undefined;
  const secrets = [...(change.secrets ?? []), ...(made ? [made] : [])];
  try {
    expect(entry).toMatchObject({
      actor_kind: 'apiKey',
      actor_id: 'environment',
      actor_name: 'HERALD_API_KEY',
      address: '127.0.0.1',
      before: change.before ?? {},
      after: change.after ?? {},
      reason: (change.body as { reason?: string } | undefined)?.reason ?? reason,
    });
    expect(entry.target_name).not.toBe('');
  } catch (error) {
    return [(error as Error).message, JSON.stringify(entry)];
  }
  return secrets
    .filter((secret) => JSON.stringify(entry).includes(secret))
    .map(() => 'a secret in its entry');
}

async function entriesAfter({ admin }: Product, n: number) {
  return (await admin.query('select * from audit_entries where n > $1 order by n', [n])).rows;
}

const whole = [
  'workspaces',
  'api_keys',
  'api_key_index',
  'organizations',
  'organization_references',
  'connections',
  'mappings',
  'ignored_accounts',
  'mail_settings',
  'recipients',
  'directory_loads',
  'users',
  'memberships',
  'invitations',
  'sign_on_providers',
  'audit_entries',
  'audit_heads',
];
const tables = {
  // How far the worker is in following an earlier change is no setting.
  ...Object.fromEntries(
    whole.map((name) => [name, `select to_jsonb(r) - 'settings_version' - 'backlog' from ${name} r`]),
  ),
  alerts: 'select count(*) from alerts',
  deliveries: `select id from deliveries where delivery_state = 'failed'`,
};

/** Everything that people set, and what waits for their decision, by table; once no accounts are being loaded. */
async function settingsOf({ admin }: Product): Promise<Record<string, string>> {
  await expect
    .poll(
      async () => (await admin.query(`select from directory_loads where load_state = 'loading'`)).rowCount,
      {
        timeout: 10_000,
      },
    )
    .toBe(0);
  const { rows } = await admin.query(
    Object.entries(tables)
      .map(
        ([name, of]) =>
          `select '${name}' as name, coalesce(json_agg(t order by t::text)::text, '') as text from (${of}) t`,
      )
      .join(' union all '),
  );
  return Object.fromEntries(rows.map(({ name, text }) => [name, text]));
}
