/** `herald connections accounts|contacts|choices|refresh`: what the PSA has to choose from. */
import { type Command, Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { type Connection, directoryInWords } from './connectionText.ts';
import { gather, splitPair } from './input.ts';
import { wholeNumber } from './numbers.ts';
import { readAll, readList, sayIfMore } from './pages.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const which = { '<id>': 'id of the connection' };
const pathOf = (id: string, more: string) => `/psa/connections/${inPath(id)}/${more}`;

interface Account {
  id: string;
  name: string;
  number: string | null;
  isIgnored: boolean;
  organizationIds: string[];
}

interface AccountOptions {
  json?: boolean;
  q?: string;
  filter?: string[];
  ignored?: boolean;
  limit: number;
}

interface Contact {
  id: string;
  name: string;
  emails: string[];
  isPrimary: boolean;
}

interface Choice {
  id: string;
  label: string;
  isActive: boolean;
  isDefault: boolean;
  parentId?: string;
}

export function addConnectionLists(group: Command, terminal: Terminal): void {
  addApiCommand<AccountOptions>(
    group,
    terminal,
    {
      name: 'accounts',
      summary: 'accounts of the PSA, as last loaded',
      args: which,
      options: [
        new Option('--q <text>', 'only those whose name has this'),
        new Option(
          '--filter <key=value,…>',
          'only those with one of these values, by a filter of the PSA; may be given several times',
        ).argParser(gather),
        new Option('--ignored', 'the ignored ones instead'),
        new Option('--limit <n>', 'how many').argParser(wholeNumber(1)).default(50),
      ],
      json: true,
    },
    accounts,
  );
  addApiCommand<{ account: string }>(
    group,
    terminal,
    {
      name: 'contacts',
      summary: 'contacts of an account, asked of the PSA',
      args: which,
      options: [new Option('--account <id>', 'id of the account').makeOptionMandatory()],
      json: true,
    },
    contacts,
  );
  addApiCommand<{ parent?: string }>(
    group,
    terminal,
    {
      name: 'choices',
      summary: 'the values that the PSA has for a setting or an account filter',
      args: { ...which, '<field>': 'for example ticketQueue, priorities or issueType' },
      options: [new Option('--parent <id>', 'only those below this one, as sub-issues of an issue type')],
      json: true,
    },
    choices,
  );
  addApiCommand(
    group,
    terminal,
    { name: 'refresh', summary: 'load the accounts of the PSA anew, in the background', args: which },
    refresh,
  );
}

async function accounts(call: Call<AccountOptions>, id: string): Promise<void> {
  const { q, filter = [], ignored, limit } = call.options;
  const filters = Object.fromEntries(filter.map(splitPair));
  const query = { ...filters, q, ...(ignored && { ignored: 'true' }) };
  const listed = await readList<Account>(call.client, pathOf(id, 'accounts'), limit, query);
  answer(call, listed.items, () => {
    const rows = listed.items.map(({ id, name, number, organizationIds }) => [
      id,
      name,
      number ?? '',
      organizationIds.length === 0 ? '' : `${organizationIds.length}`,
    ]);
    return rows.length === 0
      ? ['No account is loaded that fits.']
      : table(['ACCOUNT', 'NAME', 'NUMBER', 'ORGANIZATIONS'], rows);
  });
  sayIfMore(listed, call.terminal);
}

async function contacts(call: Call<{ json?: boolean; account: string }>, id: string): Promise<void> {
  const items = await readAll<Contact>(call.client, pathOf(id, 'contacts'), {
    accountId: call.options.account,
  });
  answer(call, items, () => {
    const rows = items.map(({ id, name, emails, isPrimary }) => [
      id,
      isPrimary ? `${name} (primary)` : name,
      emails.join(', '),
    ]);
    return rows.length === 0 ? ['The account has no contact.'] : table(['CONTACT', 'NAME', 'E-MAIL'], rows);
  });
}

async function choices(
  call: Call<{ json?: boolean; parent?: string }>,
  id: string,
  field: string,
): Promise<void> {
  const query = new URLSearchParams({ field, ...(call.options.parent && { parent: call.options.parent }) });
  const { items } = await call.client.get<{ items: Choice[] }>(`${pathOf(id, 'choices')}?${query}`);
  answer(call, items, () => {
    const rows = items.map(({ id, label, isActive, isDefault, parentId }) => [
      id,
      `${label}${isDefault ? ' (default)' : ''}${isActive ? '' : ' (cannot be used)'}`,
      parentId ?? '',
    ]);
    if (rows.length === 0) return ['The PSA has no such values.'];
    const hasParents = items.some(({ parentId }) => parentId !== undefined);
    return table(['VALUE', 'LABEL', ...(hasParents ? ['BELOW'] : [])], rows);
  });
}

async function refresh({ client, terminal }: Call<object>, id: string): Promise<void> {
  const { name, directory } = await client.post<Connection>(pathOf(id, 'refresh'), {});
  terminal.out(
    `${name}: ${directoryInWords(directory)}. "npx herald connections show ${id}" tells when it is done.`,
  );
}
