/** `herald email recipients`: who gets mail, globally and of organizations. */
import { type Command, Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import type { Client } from './client.ts';
import { type Recipient, recipientHeadings, recipientRow } from './emailText.ts';
import { CommandError } from './errors.ts';
import { readText } from './input.ts';
import { wholeNumber } from './numbers.ts';
import { idOfOrganization } from './organizationText.ts';
import { readAll, readList, sayIfMore } from './pages.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface ListOptions {
  json?: boolean;
  q?: string;
  organization?: string;
  global?: boolean;
  severity?: string;
  stopped?: boolean;
  reviewDue?: boolean;
  limit: number;
}

interface ValueOptions {
  json?: boolean;
  organization?: string;
  address?: string;
  severities?: string;
  note?: string;
  owner?: string;
  reviewOn?: string;
}

const organization = () =>
  new Option('--organization <organization>', 'of this organization, by its id or whole name; else global');

const values = () => [
  new Option('--severities <list>', 'only alerts of these, such as high,critical; "all" for every one'),
  new Option('--note <text>', 'why it exists'),
  new Option('--owner <name>', 'who answers for it'),
  new Option('--review-on <day>', 'when somebody looks at it again, such as 2027-01-31; "never"'),
];

const which = { '<recipient>': 'its id or its address' };

export function addRecipients(email: Command, terminal: Terminal): void {
  const group = email
    .command('recipients')
    .summary('list, add, change, remove, import and export recipients')
    .description('Who gets mail: global recipients of all alerts, and additional ones of organizations.');
  addApiCommand<ListOptions>(
    group,
    terminal,
    {
      name: 'list',
      summary: 'all recipients by address',
      options: [
        new Option('--q <text>', 'only those whose address, note, owner or organization has this'),
        new Option('--organization <organization>', 'only those of this organization'),
        new Option('--global', 'only global ones'),
        new Option('--severity <severity>', 'only those who get alerts of it'),
        new Option('--stopped', 'only those whose address was refused too often'),
        new Option('--review-due', 'only those whose review date has come'),
        new Option('--limit <n>', 'how many').argParser(wholeNumber(1)).default(50),
      ],
      json: true,
      isDefault: true,
    },
    list,
  );
  addApiCommand<ValueOptions>(
    group,
    terminal,
    {
      name: 'add',
      isChange: true,
      summary: 'add an address and print its id',
      details:
        'Adds an address and prints its id. That it was saved says neither that it can be reached nor that mail was sent: "herald email test" tries it.',
      args: { '<address>': 'the address' },
      options: [organization(), ...values()],
      json: true,
    },
    add,
  );
  addApiCommand<ValueOptions>(
    group,
    terminal,
    {
      name: 'update',
      isChange: true,
      summary: 'change a recipient; what is not named stays as it is',
      args: which,
      options: [organization(), new Option('--address <address>', 'its new address'), ...values()],
      json: true,
    },
    update,
  );
  addApiCommand<ValueOptions>(
    group,
    terminal,
    {
      name: 'remove',
      isChange: true,
      summary: 'remove a recipient; what waits for it is not sent',
      args: which,
      options: [organization()],
    },
    remove,
  );
  addApiCommand<ValueOptions>(
    group,
    terminal,
    {
      name: 'allow',
      isChange: true,
      summary: 'send mail again to an address that was refused again and again',
      args: which,
      options: [organization()],
    },
    allow,
  );
  addTable(group, terminal);
}

function addTable(group: Command, terminal: Terminal): void {
  addApiCommand<{ dryRun?: boolean }>(
    group,
    terminal,
    {
      name: 'import',
      isChange: true,
      summary: 'add or change the recipients of a table',
      details:
        'Adds the recipients of a table with a heading, and changes those that are in their list already. Columns: address, organization (its name; empty for global), severities (separated by |, or all), note, owner, review on (a day, or never). Empty cells change nothing.',
      args: { '<file>': 'the table; "-" is standard input' },
      options: [new Option('--dry-run', 'only say what would happen')],
    },
    importFile,
  );
  addApiCommand(
    group,
    terminal,
    { name: 'export', summary: 'print all recipients as a table that can be imported' },
    exportAll,
  );
}

async function list(call: Call<ListOptions>): Promise<void> {
  const { client, options } = call;
  const { q, severity, limit } = options;
  const listed = await readList<Recipient>(client, '/recipients', limit, {
    q,
    severity,
    ...(options.organization !== undefined && {
      organizationId: await idOfOrganization(client, options.organization),
    }),
    ...(options.global && { list: 'global' }),
    ...(options.stopped && { stopped: 'true' }),
    ...(options.reviewDue && { reviewDue: 'true' }),
  });
  answer(call, listed.items, () =>
    listed.items.length === 0
      ? ['There is no such recipient.']
      : table(recipientHeadings, listed.items.map(recipientRow)),
  );
  sayIfMore(listed, call.terminal);
}

async function add(call: Call<ValueOptions>, address: string): Promise<void> {
  const path = await listPath(call);
  const made = await call.client.post<Recipient>(path, { address, ...valuesOf(call.options) });
  answer(call, made, () => [made.id]);
}

async function update(call: Call<ValueOptions>, text: string): Promise<void> {
  const { address } = call.options;
  const body = { ...(address !== undefined && { address }), ...valuesOf(call.options) };
  if (Object.keys(body).length === 0) {
    throw new CommandError('Nothing to change was named; --help shows what can be.');
  }
  const changed = await call.client.patch<Recipient>(await onePath(call, text), body);
  answer(call, changed, () => table(recipientHeadings, [recipientRow(changed)]));
}

async function remove(call: Call<ValueOptions>, text: string): Promise<void> {
  await call.client.delete(await onePath(call, text));
  call.terminal.out(`${text} is removed.`);
}

async function allow(call: Call<ValueOptions>, text: string): Promise<void> {
  const one = await call.client.post<Recipient>(`${await onePath(call, text)}/allow`, {});
  call.terminal.out(
    `Mail goes to ${one.address} again. What failed meanwhile: "npx herald deliveries --state failed".`,
  );
}

interface Imported {
  counts: { make: number; change: number; refuse: number };
  lines: { row: number; address: string; outcome: string; message: string | null }[];
}

async function importFile(call: Call<{ dryRun?: boolean }>, file: string): Promise<void> {
  const { client, options, terminal } = call;
  const body = { csv: await readText(file), apply: !options.dryRun };
  const { counts, lines } = await client.post<Imported>('/recipients/import', body);
  for (const { row, address, message } of lines) {
    if (message !== null) terminal.err(`Row ${row}, ${address || 'no address'}: ${message}`);
  }
  const would = options.dryRun ? 'would be ' : '';
  terminal.out(`${counts.make} ${would}added, ${counts.change} ${would}changed, ${counts.refuse} refused`);
  if (counts.refuse > 0) throw new CommandError('Some were refused; the lines above say why.');
}

async function exportAll({ client, terminal }: Call<object>): Promise<void> {
  terminal.out((await client.text('/recipients/export')).trimEnd());
}

function valuesOf({ severities, note, owner, reviewOn }: ValueOptions): Record<string, unknown> {
  return {
    ...(severities !== undefined && {
      severities: severities === 'all' ? null : severities.split(/[,|]/).map((word) => word.trim()),
    }),
    ...(note !== undefined && { note }),
    ...(owner !== undefined && { owner }),
    ...(reviewOn !== undefined && { reviewOn: reviewOn === 'never' ? null : reviewOn }),
  };
}

async function listPath({ client, options }: Call<ValueOptions>): Promise<string> {
  if (options.organization === undefined) return '/email/recipients';
  return `/organizations/${inPath(await idOfOrganization(client, options.organization))}/recipients`;
}

/** An address is looked for in the list that the options name, an id anywhere. */
async function onePath(call: Call<ValueOptions>, text: string): Promise<string> {
  const path = await listPath(call);
  if (text.includes('@')) return `${path}/${inPath((await findByAddress(call.client, path, text)).id)}`;
  const one = (await readAll<Recipient>(call.client, '/recipients')).find(({ id }) => id === text);
  if (!one)
    throw new CommandError(`There is no recipient ${text}: "npx herald email recipients" lists them.`);
  const list =
    one.organizationId === null ? '/email/recipients' : `/organizations/${one.organizationId}/recipients`;
  return `${list}/${inPath(one.id)}`;
}

async function findByAddress(client: Client, path: string, address: string): Promise<Recipient> {
  const found = (await readAll<Recipient>(client, path, { q: address })).find(
    (one) => one.address.toLowerCase() === address.toLowerCase(),
  );
  if (found) return found;
  throw new CommandError(
    `${address} is not in this list: "npx herald email recipients" lists all; --organization names another list.`,
  );
}
