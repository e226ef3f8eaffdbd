/** `herald health`: is the service ready, and does a connection need a person? For people and for monitoring. */
import { type AddressOptions, createClient, readUrl } from './client.ts';
import { CommandError } from './errors.ts';
import { readAll } from './pages.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

interface Connection {
  name: string;
  health: { state: string; reason?: string };
}

type Options = AddressOptions & { json?: boolean };

const timeoutMs = 10_000;

export const registerHealth: Register = (program, terminal) => {
  program
    .command('health')
    .summary('whether Herald is ready, and which connection needs a person')
    .description(
      'Asks whether Herald is ready; with an API key also whether a connection needs a person. Exit code 1 if not all is well.',
    )
    .option('--url <address>', 'where Herald answers (HERALD_BASE_URL, else http://127.0.0.1:8080)')
    .option('--key <key>', 'API key (HERALD_API_KEY)')
    .option('--json', 'answer as JSON')
    .action((options: Options) => health(options, terminal));
};

async function health(options: Options, terminal: Terminal): Promise<void> {
  const url = readUrl(options.url, terminal.env);
  const notReady = await whyNotReady(url);
  const key = options.key || terminal.env.HERALD_API_KEY;
  const connections =
    key && notReady === undefined
      ? await readAll<Connection>(createClient({ url, key }), '/psa/connections')
      : [];
  const needy = connections.filter((one) => one.health.state !== 'ok');
  if (options.json) {
    const attention = needy.map(({ name, health }) => ({ name, reason: health.reason ?? null }));
    terminal.out(
      JSON.stringify({ ready: notReady === undefined, reason: notReady ?? null, attention }, null, 2),
    );
  } else if (notReady === undefined) {
    terminal.out(`Herald at ${url} is ready.`);
    for (const { name, health } of needy)
      terminal.out(`${name} needs a person: ${health.reason ?? ''}`.trim());
  }
  if (notReady !== undefined) throw new CommandError(`Herald at ${url} is not ready: ${notReady}`);
  if (needy.length > 0) throw new CommandError('Not all is well.');
}

/** Undefined when it is. @throws CommandError when nobody answers */
async function whyNotReady(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
    if (answer.status === 200) return undefined;
    const body = (await answer.json().catch(() => undefined)) as { detail?: string } | undefined;
    return body?.detail ?? `it answers with status ${answer.status}.`;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    throw new CommandError(`No Herald answers at ${url} (${cause?.code ?? message}).`);
  }
}
