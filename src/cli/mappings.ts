/** `herald mappings`: which account of a PSA gets the tickets of which organization. */
import { Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import type { Client } from './client.ts';
import { CommandError } from './errors.ts';
import { readText } from './input.ts';
import { type MappingRow, readMappingRows } from './mappingFile.ts';
import { changeSet, type MappingSet, pathOf, toNew } from './mappingSet.ts';
import { idOfOrganization, type Organization } from './organizationText.ts';
import { readAll } from './pages.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';

type NewMapping = Omit<MappingRow, 'organization' | 'account'> & {
  /** The organization as the person wrote it. */
  name: string;
  organizationId: string;
  accountId: string;
};

interface SetOptions {
  account: string;
  contact?: string;
  contract?: string;
  service?: string;
}

const connection = { '<connection>': 'id of the connection' };
const organization = { '<organization>': 'id or whole name of the organization' };

export const registerMappings: Register = (program, terminal) => {
  const group = program
    .command('mappings')
    .summary('which account of a PSA gets the tickets of which organization')
    .description(
      'Which account of a PSA gets the tickets of which organization. An organization without a mapping goes to the catch-all account.',
    );
  addApiCommand(
    group,
    terminal,
    { name: 'list', summary: 'the mappings of a connection', args: connection, json: true },
    list,
  );
  addApiCommand<SetOptions>(
    group,
    terminal,
    {
      name: 'set',
      isChange: true,
      summary: 'map an organization; an earlier mapping of it is replaced',
      args: { ...connection, ...organization },
      options: [
        new Option('--account <account>', 'id or whole name of the account').makeOptionMandatory(),
        new Option('--contact <id>', 'attached to its tickets when no address matches'),
        new Option('--contract <id>', 'put on its tickets'),
        new Option('--service <id>', 'the service of the contract'),
      ],
    },
    set,
  );
  addApiCommand(
    group,
    terminal,
    {
      name: 'remove',
      isChange: true,
      summary: 'take a mapping away: the tickets go to the catch-all account',
      args: { ...connection, ...organization },
    },
    remove,
  );
  for (const verb of ['ignore', 'unignore'] as const) {
    const summary =
      verb === 'ignore' ? 'offer an account for mapping no more' : 'offer an ignored account again';
    const args = { ...connection, '<account>': 'id or whole name of the account' };
    const declaration = { name: verb, summary, args, isChange: true };
    addApiCommand(group, terminal, declaration, async ({ client }, id, account = '') => {
      const { ignoredAccountIds } = await ignore(client, id, account, verb === 'ignore');
      terminal.out(`Ignored accounts: ${ignoredAccountIds.length}.`);
    });
  }
  addApiCommand<{ replace?: boolean }>(
    group,
    terminal,
    {
      name: 'import',
      isChange: true,
      summary: 'map the organizations of a file',
      details:
        'Maps the organizations of a file. A table has a heading with the columns organization and account (each an id or a whole name), and optionally contact, contract and service (ids); a .json file holds an array of objects with these members. All rows are stored, or none.',
      args: { ...connection, '<file>': 'the file; "-" is standard input, as a table' },
      options: [new Option('--replace', 'take all other mappings away')],
    },
    importFile,
  );
};

/** Ignored accounts are not offered for mapping (req 65). */
async function ignore(client: Client, id: string, account: string, isIgnored: boolean) {
  const accountId = await idOfAccount(client, id, account, !isIgnored);
  const body = isIgnored ? { add: [accountId] } : { remove: [accountId] };
  return client.patch<MappingSet>(`/psa/connections/${inPath(id)}/accounts/ignored`, body);
}

async function list(call: Call<{ json?: boolean }>, id: string): Promise<void> {
  const found = await call.client.get<MappingSet>(pathOf(id));
  answer(call, found, () => {
    const rows = found.mappings.map((one) => [
      one.organizationName,
      one.accountId,
      `${one.accountName ?? 'unknown'}${one.accountIsActive === false ? ' (inactive)' : ''}`,
      one.contactId ?? '',
      one.contractId ?? '',
    ]);
    const { unmappedOrganizations: unmapped, ignoredAccountIds: ignored } = found;
    return [
      ...(rows.length === 0 ? [] : table(['ORGANIZATION', 'ACCOUNT', 'NAME', 'CONTACT', 'CONTRACT'], rows)),
      `${rows.length} mapped, ${unmapped} not mapped (their tickets go to the catch-all account), ${ignored.length} accounts ignored`,
    ];
  });
}

async function set({ client, options, terminal }: Call<SetOptions>, id: string, name: string): Promise<void> {
  const { account, contact, contract, service } = options;
  const row: NewMapping = {
    name,
    organizationId: await idOfOrganization(client, name),
    accountId: await idOfAccount(client, id, account),
    ...(contact && { contactId: contact }),
    ...(contract && { contractId: contract }),
    ...(service && { serviceId: service }),
  };
  const stored = await store(client, id, [row]);
  const now = stored.mappings.find((one) => one.organizationId === row.organizationId);
  terminal.out(`${now?.organizationName ?? name} is mapped to ${now?.accountName ?? account}.`);
}

async function remove({ client, terminal }: Call<object>, id: string, name: string): Promise<void> {
  const organizationId = await idOfOrganization(client, name);
  await changeSet(client, id, (mappings) => {
    const rest = mappings.filter((one) => one.organizationId !== organizationId);
    if (rest.length === mappings.length) throw new CommandError(`${name} is not mapped.`);
    return rest.map(toNew);
  });
  terminal.out(`${name} is not mapped any more: its tickets go to the catch-all account.`);
}

async function importFile(
  { client, options, terminal }: Call<{ replace?: boolean }>,
  id: string,
  file: string,
): Promise<void> {
  const rows = readMappingRows(await readText(file), file.endsWith('.json'));
  const [organizations, accounts] = await Promise.all([
    readAll<Organization>(client, '/organizations'),
    readAll<{ id: string; name: string }>(client, `/psa/connections/${inPath(id)}/accounts`),
  ]);
  const mapped = rows.map(({ organization, account, ...rest }, at) => ({
    name: organization,
    organizationId: pick(organizations, organization, `Mapping ${at + 1}: organization`),
    // An id that is not loaded yet is for the PSA to judge.
    accountId: isPsaId(account) ? account : pick(accounts, account, `Mapping ${at + 1}: account`),
    ...rest,
  }));
  const stored = await store(client, id, mapped, options.replace);
  const { mappings, unmappedOrganizations: unmapped } = stored;
  terminal.out(`${rows.length} read; ${mappings.length} mapped now, ${unmapped} not mapped.`);
}

/** Puts rows beside those that are stored, or in place of them; the API takes the whole set. */
async function store(
  client: Client,
  id: string,
  rows: readonly NewMapping[],
  isWhole = false,
): Promise<MappingSet> {
  const ids = new Set(rows.map(({ organizationId }) => organizationId));
  const fresh = rows.map(({ name: _name, ...row }) => row);
  let names: string[] = [];
  try {
    return await changeSet(client, id, (mappings) => {
      const kept = isWhole ? [] : mappings.filter(({ organizationId }) => !ids.has(organizationId));
      names = [...kept.map(({ organizationName }) => organizationName), ...rows.map(({ name }) => name)];
      return [...kept.map(toNew), ...fresh];
    });
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(withNames(error.message, names)) : error;
  }
}

/** The API counts the rows of the set; people know their organizations. */
const withNames = (text: string, names: readonly string[]): string =>
  text.replace(/mappings\[(\d+)\]\.(\w+?)(?:Id)?\b/g, (_all, at, member) => `${names[at]}, ${member}`);

const isPsaId = (text: string): boolean => /^\d+$/.test(text);

async function idOfAccount(client: Client, id: string, text: string, isIgnored = false): Promise<string> {
  if (isPsaId(text)) return text;
  const path = `/psa/connections/${inPath(id)}/accounts`;
  const query = { q: text, ...(isIgnored && { ignored: 'true' }) };
  const found = await readAll<{ id: string; name: string }>(client, path, query);
  return pick(found, text, 'Account');
}

/** Id of the one that has this id or this whole name. @throws CommandError */
function pick(all: readonly { id: string; name: string }[], text: string, what: string): string {
  const word = text.trim().toLowerCase();
  const byId = all.find(({ id }) => id.toLowerCase() === word);
  if (byId) return byId.id;
  const [one, another] = all.filter(({ name }) => name.toLowerCase() === word);
  if (one && !another) return one.id;
  throw new CommandError(
    `${what} "${text}" ${one ? 'is the name of several: give the id' : 'is not known'}.`,
  );
}
