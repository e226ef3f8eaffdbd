/** `herald alerts`: what came in, and what became of it. */
import { Option } from 'commander';
import { deliveryStates } from '../receipts/answer.ts';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { wholeNumber } from './numbers.ts';
import { idOfOrganization } from './organizationText.ts';
import { readList, sayIfMore } from './pages.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';

interface Delivery {
  id: string;
  state: string;
  words: string;
  next: { words: string } | null;
  connectionName: string | null;
  /** Of a mail. */
  address: string | null;
  /** 0 for a way out. */
  revision: number;
  wayOut: { words: string } | null;
  ticket: { id: string; number: string | null; link: string | null } | null;
}

interface Alert {
  id: string;
  source: string;
  externalId: string;
  title: string;
  severity: string;
  organization: { name: string } | null;
  unassignedReference: string | null;
  firstReceivedAt: string;
  deliveries: Delivery[];
  trace?: string[];
}

interface Filters {
  json?: boolean;
  q?: string;
  organization?: string;
  severity?: string;
  source?: string;
  state?: string;
  from?: string;
  to?: string;
  limit: number;
}

const severities = ['informational', 'low', 'medium', 'high', 'critical'];

export const registerAlerts: Register = (program, terminal) => {
  const group = program
    .command('alerts')
    .summary('list alerts; show what became of one and why')
    .description('Alerts as they came in, and what became of each.');
  addApiCommand<Filters>(
    group,
    terminal,
    {
      name: 'list',
      summary: 'alerts, newest first',
      options: [
        new Option('--q <text>', 'only those that have this in title or id'),
        new Option('--organization <organization>', 'only those of this one, by id or name'),
        new Option('--severity <severity>', 'only those').choices(severities),
        new Option('--source <source>', 'only those of this source'),
        new Option('--state <state>', 'only those with a delivery in this state').choices([
          ...deliveryStates,
        ]),
        new Option('--from <time>', 'received at or after, as 2026-11-22T09:00:00Z'),
        new Option('--to <time>', 'received before'),
        new Option('--limit <n>', 'how many').argParser(wholeNumber(1)).default(50),
      ],
      json: true,
      isDefault: true,
    },
    list,
  );
  addApiCommand(
    group,
    terminal,
    {
      name: 'show',
      summary: 'one alert: how it was planned, what was sent, what comes next',
      args: { '<id>': 'id of the alert' },
      json: true,
    },
    show,
  );
};

async function list(call: Call<Filters>): Promise<void> {
  const { organization, limit, json: _json, ...rest } = call.options;
  const organizationId = organization && (await idOfOrganization(call.client, organization));
  const { q, severity, source, state, from, to } = rest;
  const query = { q, severity, source, state, from, to, organizationId };
  const listed = await readList<Alert>(call.client, '/alerts', limit, query);
  answer(call, listed.items, () => {
    if (listed.items.length === 0) return ['There are no such alerts.'];
    const rows = listed.items.map((one) => [
      one.id,
      one.firstReceivedAt.slice(0, 19),
      one.source,
      one.severity,
      organizationOf(one),
      one.deliveries.map(({ state, ticket }) => ticket?.number ?? state).join(', ') || 'nothing owed',
      one.title,
    ]);
    return table(['ALERT', 'RECEIVED', 'SOURCE', 'SEVERITY', 'ORGANIZATION', 'DELIVERY', 'TITLE'], rows);
  });
  sayIfMore(listed, call.terminal);
}

async function show(call: Call<{ json?: boolean }>, id: string): Promise<void> {
  const alert = await call.client.get<Alert>(`/alerts/${inPath(id)}`);
  answer(call, alert, () => [
    alert.title,
    `${alert.severity}, from ${alert.source} (${alert.externalId}), ${organizationOf(alert)}, received ${alert.firstReceivedAt}`,
    ...(alert.trace ?? []).map((line) => `  ${line}`),
    ...alert.deliveries.flatMap(deliveryInLines),
    ...(alert.deliveries.length === 0 ? ['Nothing is owed for it.'] : []),
  ]);
}

function deliveryInLines(delivery: Delivery): string[] {
  const { id, state, words, next, connectionName, address, revision, ticket, wayOut } = delivery;
  const mail = `e-mail${address === '' ? '' : ` to ${address}`}${revision === 0 ? ' (the way out)' : ''}`;
  const where = address === null ? (connectionName ?? 'a connection that is gone') : mail;
  return [
    `Delivery ${id}, ${where}: ${state}`,
    `  ${words}`,
    ...(wayOut ? [`  ${wayOut.words}`] : []),
    ...(next ? [`  ${next.words}`] : []),
    ...(ticket?.link ? [`  ${ticket.link}`] : []),
  ];
}

function organizationOf({ organization, unassignedReference }: Alert): string {
  if (organization) return organization.name;
  return unassignedReference === null ? 'no organization named' : 'unassigned';
}
