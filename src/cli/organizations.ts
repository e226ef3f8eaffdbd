/** `herald organizations`: the customers of the MSP, with their references and switches. */
import { Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { CommandError } from './errors.ts';
import { wholeNumber } from './numbers.ts';
import { addOrganizationImport } from './organizationImport.ts';
import { addOrganizationOutlook } from './organizationOutlook.ts';
import {
  idOfOrganization,
  type Organization,
  readReference,
  readSwitches,
  referenceOption,
  type SwitchOptions,
  switchOptions,
  writeReference,
} from './organizationText.ts';
import { readList, sayIfMore } from './pages.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';

const which = { '<organization>': 'its id or its whole name' };
const connection = () =>
  new Option('--connection <id>', 'the PSA connection that gets its tickets; "default" for the default one');

export const registerOrganizations: Register = (program, terminal) => {
  const group = program
    .command('organizations')
    .summary('list, make, change and import organizations')
    .description('The customers of the MSP: how senders name them, and what is delivered for them.');
  addApiCommand<ListOptions>(
    group,
    terminal,
    {
      name: 'list',
      summary: 'organizations by name',
      options: [
        new Option('--q <text>', 'only those whose name has this'),
        new Option('--connection <id>', 'only those of this connection'),
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
    { name: 'show', summary: 'one organization', args: which, json: true },
    show,
  );
  addApiCommand<ChangeOptions>(
    group,
    terminal,
    {
      name: 'create',
      isChange: true,
      summary: 'make an organization and print its id',
      args: { '<name>': 'its name' },
      options: [
        referenceOption(
          '--ref <reference>',
          'how senders name it: an id, domain:…, tenantId:… or name:…, with " @source" behind it for one source only',
        ),
        ...switchOptions(),
        connection(),
      ],
      json: true,
    },
    create,
  );
  addApiCommand<ChangeOptions>(
    group,
    terminal,
    {
      name: 'update',
      isChange: true,
      summary: 'change an organization; what is not named stays as it is',
      args: which,
      options: [
        new Option('--name <name>', 'its new name'),
        referenceOption('--ref <reference>', 'replaces all references'),
        referenceOption('--add-ref <reference>', 'one more reference'),
        referenceOption('--remove-ref <reference>', 'one reference less'),
        ...switchOptions(),
        connection(),
      ],
      json: true,
    },
    update,
  );
  addApiCommand(
    group,
    terminal,
    {
      name: 'remove',
      isChange: true,
      summary: 'remove an organization with its mappings; its alerts stay',
      args: which,
    },
    remove,
  );
  addOrganizationOutlook(group, terminal);
  addOrganizationImport(group, terminal);
};

interface ListOptions {
  q?: string;
  connection?: string;
  limit: number;
}

interface ChangeOptions extends SwitchOptions {
  name?: string;
  ref?: string[];
  addRef?: string[];
  removeRef?: string[];
  connection?: string;
}

async function list(call: Call<ListOptions & { json?: boolean }>): Promise<void> {
  const { q, connection, limit } = call.options;
  const listed = await readList<Organization>(call.client, '/organizations', limit, {
    q,
    connectionId: connection,
  });
  answer(call, listed.items, () => {
    if (listed.items.length === 0) return ['There is no such organization yet.'];
    const rows = listed.items.map((one) => [
      one.id,
      one.name,
      switchesInWords(one),
      targetInWords(one),
      one.externalRefs.map(writeReference).join(', '),
    ]);
    return table(['ORGANIZATION', 'NAME', 'DELIVERY', 'TICKETS GO TO', 'REFERENCES'], rows);
  });
  sayIfMore(listed, call.terminal);
}

async function show(call: Call<{ json?: boolean }>, text: string): Promise<void> {
  const id = await idOfOrganization(call.client, text);
  const one = await call.client.get<Organization>(`/organizations/${inPath(id)}`);
  answer(call, one, () => [
    `${one.name}  ${one.id}`,
    `Delivery    ${switchesInWords(one)}`,
    `Tickets     ${targetInWords(one)}`,
    `References  ${one.externalRefs.map(writeReference).join(', ') || 'none: alerts do not find it yet'}`,
    ...(one.hint === null ? [] : [one.hint]),
  ]);
}

async function create(call: Call<ChangeOptions & { json?: boolean }>, name: string): Promise<void> {
  const body = { name, ...changeOf(call.options) };
  const made = await call.client.post<Organization>('/organizations', body);
  answer(call, made, () => [made.id]);
  if (made.hint) call.terminal.err(made.hint);
}

async function update(call: Call<ChangeOptions & { json?: boolean }>, text: string): Promise<void> {
  const { client, options, terminal } = call;
  const path = `/organizations/${inPath(await idOfOrganization(client, text))}`;
  const body: Record<string, unknown> = changeOf(options);
  if (options.name !== undefined) body.name = options.name;
  if (options.addRef ?? options.removeRef) {
    const base = body.externalRefs ?? (await client.get<Organization>(path)).externalRefs;
    body.externalRefs = changedRefs(
      (base as Organization['externalRefs']).map(writeReference),
      options.addRef ?? [],
      options.removeRef ?? [],
    );
  }
  if (Object.keys(body).length === 0) {
    throw new CommandError('Nothing to change was named; --help shows what can be.');
  }
  const changed = await client.patch<Organization>(path, body);
  answer(call, changed, () => [`${changed.name}: ${switchesInWords(changed)}, ${targetInWords(changed)}`]);
  if (changed.hint) terminal.err(changed.hint);
}

async function remove({ client, terminal }: Call<object>, text: string): Promise<void> {
  await client.delete(`/organizations/${inPath(await idOfOrganization(client, text))}`);
  terminal.out(`${text} is removed; its alerts stay.`);
}

function changeOf({ ref, connection, ...rest }: ChangeOptions): Record<string, unknown> {
  const delivery = readSwitches(rest);
  return {
    ...(ref && { externalRefs: ref.map(readReference) }),
    ...(delivery && { delivery }),
    ...(connection !== undefined && { connectionId: connection === 'default' ? null : connection }),
  };
}

function changedRefs(before: string[], added: string[], removed: string[]) {
  const known = new Set(before);
  for (const text of added) known.add(writeReference(readReference(text)));
  for (const text of removed) {
    if (known.delete(writeReference(readReference(text)))) continue;
    throw new CommandError(`It has no reference "${text}"; it has: ${before.join(', ') || 'none'}.`);
  }
  return [...known].map(readReference);
}

function switchesInWords({ delivery: { enabled, tickets, email } }: Organization): string {
  if (!enabled) return 'off';
  const on = [tickets && 'tickets', email && 'e-mail'].filter(Boolean);
  return on.length === 0 ? 'on, but neither tickets nor e-mail' : on.join(' and ');
}

function targetInWords({ ticketTarget }: Organization): string {
  if (!ticketTarget) return 'no PSA connection';
  const { connectionName, accountName, accountId, isCatchAll } = ticketTarget;
  return `${connectionName}, account ${accountName ?? accountId}${isCatchAll ? ' (catch-all)' : ''}`;
}
