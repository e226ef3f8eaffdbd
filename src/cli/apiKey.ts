/** `herald api-key create`: by the API when a key for it is given, else directly in the database. */
import { randomUUID } from 'node:crypto';
import { InvalidArgumentError } from 'commander';
import { readConfig } from '../config.ts';
import { type KeyScope, scopes } from '../http/scopes.ts';
import { type AddressOptions, addAddressOptions, createClient, readUrl } from './client.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

interface NewKey {
  name: string;
  scopes: KeyScope[];
  source?: string;
}

type Options = AddressOptions & NewKey;

export const registerApiKey: Register = (program, terminal) => {
  const parent = program.command('api-key').summary('make API keys').description('Makes API keys.');
  const command = parent
    .command('create')
    .summary('make an API key and show it once')
    .description(
      'Makes an API key and shows it once. With HERALD_API_KEY or --key it asks the running Herald; without, it works on the database, which proves the right to do so.',
    )
    .option('--name <name>', 'what it is for, for people', readName, 'command line')
    .option('--scopes <list>', `what it may do: ${scopes.join(', ')}`, readScopes, ['admin'])
    .option('--source <source>', 'alerts sent with this key are of this source, whatever they say', readName);
  addAddressOptions(command).action((options: Options) => create(options, terminal));
};

function readName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= 200) return name;
  throw new InvalidArgumentError('It takes 1 to 200 characters.');
}

function readScopes(text: string): KeyScope[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !(scopes as readonly string[]).includes(name));
  if (unknown === undefined) return names as KeyScope[];
  throw new InvalidArgumentError(`It takes ${scopes.join(', ')}, separated by commas.`);
}

async function create(options: Options, terminal: Terminal): Promise<void> {
  const wanted: NewKey = { name: options.name, scopes: options.scopes };
  if (options.source !== undefined) wanted.source = options.source;
  const key = options.key || terminal.env.HERALD_API_KEY;
  const made = key
    ? (
        await createClient({ url: readUrl(options.url, terminal.env), key }).post<{ key: string }>(
          '/api-keys',
          wanted,
        )
      ).key
    : await createInDatabase(wanted, terminal.env);
  terminal.err(
    `The key "${wanted.name}" (${wanted.scopes.join(', ')}) is shown this once; Herald keeps only its hash:`,
  );
  terminal.out(made);
}

/** The key belongs to the default workspace, which is made if this is the first thing that ever happens here. */
async function createInDatabase(wanted: NewKey, env: Terminal['env']): Promise<string> {
  const config = readConfig(env);
  const [{ withDatabase }, { makeKey }, { recordKey }, { insertKey }, { bySystem }, { openWorkspace }] =
    await Promise.all([
      import('./database.ts'),
      import('../access/keys.ts'),
      import('../access/record.ts'),
      import('../access/store.ts'),
      import('../audit/index.ts'),
      import('./workspace.ts'),
    ]);
  return withDatabase(config, (reached) =>
    openWorkspace(config, reached, async (db, workspaceId) => {
      const { key, prefix, hash } = makeKey();
      const row = { ...wanted, id: randomUUID(), prefix, hash };
      await db.inWorkspace(workspaceId, async (tx) => {
        const inserted = await insertKey(tx, workspaceId, row);
        await recordKey(tx, workspaceId, bySystem('commandLine', 'Command line'), 'apiKey.create', inserted);
      });
      return key;
    }),
  );
}
