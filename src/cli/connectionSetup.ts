/** `herald connections …`: connecting a PSA, from the draft to the first test ticket; another client of the wizard's API. */
import { Option } from 'commander';
import { addApiCommand, answer, type Call, findGroup, inPath } from './apiCommand.ts';
import { refusalOf } from './client.ts';
import { addConnectionLists } from './connectionLists.ts';
import { addConnectionStep } from './connectionStep.ts';
import { type Connection, connectionInLines, type Kind } from './connectionText.ts';
import { addConnectionTrials } from './connectionTrials.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';

const which = { '<id>': 'id of the connection' };
const pathOf = (id: string, more = '') => `/psa/connections/${inPath(id)}${more}`;

type Json = { json?: boolean };

export const registerConnectionSetup: Register = (program, terminal) => {
  const group = findGroup(program, 'connections');
  addApiCommand(group, terminal, { name: 'kinds', summary: 'PSAs that can be connected', json: true }, kinds);
  addApiCommand<{ name?: string }>(
    group,
    terminal,
    {
      name: 'create',
      isChange: true,
      summary: 'begin a connection, as a draft, and print its id',
      args: { '<kind>': 'which PSA; "herald connections kinds" lists them' },
      options: [new Option('--name <name>', "its name; left out, the PSA's")],
      json: true,
    },
    create,
  );
  addApiCommand(
    group,
    terminal,
    { name: 'show', summary: 'one connection with its settings', args: which, json: true },
    show,
  );
  addConnectionStep(group, terminal);
  addConnectionLists(group, terminal);
  addApiCommand<{ confirmUnmapped?: boolean }>(
    group,
    terminal,
    {
      name: 'finish',
      isChange: true,
      summary: 'activate a complete connection',
      args: which,
      options: [
        new Option(
          '--confirm-unmapped',
          'although there are organizations without a mapping: their tickets go to the catch-all account',
        ),
      ],
      json: true,
    },
    finish,
  );
  addConnectionTrials(group, terminal);
  addApiCommand(
    group,
    terminal,
    {
      name: 'rename',
      isChange: true,
      summary: 'give it another name',
      args: { ...which, '<name>': 'the new one' },
    },
    (call, id, name) => patch(call, id, { name }, 'is its name now'),
  );
  addApiCommand(
    group,
    terminal,
    {
      name: 'default',
      isChange: true,
      summary: 'make it the one for organizations that name none',
      args: which,
    },
    (call, id) => patch(call, id, { isDefault: true }, 'is the default connection'),
  );
  addApiCommand<{ force?: boolean }>(
    group,
    terminal,
    {
      name: 'remove',
      isChange: true,
      summary: 'remove a connection',
      args: which,
      options: [new Option('--force', 'also while deliveries wait for it; they are given up')],
    },
    remove,
  );
};

async function kinds(call: Call<Json>): Promise<void> {
  const { items } = await call.client.get<{ items: Kind[] }>('/psa/kinds');
  answer(call, items, () =>
    items.flatMap(({ kind, label, setup }) => [
      `${kind}  ${label}`,
      ...setup.prerequisites.map((line) => `  needs  ${line}`),
      ...setup.steps.map((line, at) => `  ${at + 1}. ${line}`),
      ...setup.warnings.map((line) => `  note   ${line}`),
    ]),
  );
}

async function create(call: Call<Json & { name?: string }>, kind: string): Promise<void> {
  const { name } = call.options;
  const made = await call.client.post<Connection>('/psa/connections', { kind, ...(name && { name }) });
  answer(call, made, () => [made.id]);
  call.terminal.err(`${made.name} is a draft. Next: npx herald connections step ${made.id} credentials`);
}

async function show(call: Call<Json>, id: string): Promise<void> {
  const found = await call.client.get<Connection>(pathOf(id));
  answer(call, found, () => connectionInLines(found));
}

async function finish(call: Call<Json & { confirmUnmapped?: boolean }>, id: string): Promise<void> {
  const { client, options } = call;
  const body = JSON.stringify(options.confirmUnmapped ? { confirmUnmapped: true } : {});
  const reply = await client.send('POST', pathOf(id, '/finish'), body);
  if (reply.status !== 200) {
    const isUnmapped = (reply.body as { code?: string } | undefined)?.code === 'unmappedOrganizations';
    const how = isUnmapped ? ' To confirm it, give --confirm-unmapped.' : '';
    throw new CommandError(`${refusalOf(reply, client.url)}${how}`);
  }
  const done = reply.body as Connection;
  answer(call, done, () => [
    `${done.name} is ${done.status}${done.isDefault ? ' and the default connection' : ''}: alerts become tickets from now on.`,
  ]);
}

async function patch(
  { client, terminal }: Call<object>,
  id: string,
  change: object,
  words: string,
): Promise<void> {
  const { name } = await client.patch<Connection>(pathOf(id), change);
  terminal.out(`${name} ${words}.`);
}

async function remove({ client, options, terminal }: Call<{ force?: boolean }>, id: string): Promise<void> {
  await client.delete(pathOf(id, options.force ? '?force=true' : ''));
  terminal.out('The connection is removed.');
}
