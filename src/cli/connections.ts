/** `herald connections`: the configured PSAs; pause, resume and verify one. */
import { type Command, Option } from 'commander';
import { reasonOption } from './apiCommand.ts';
import {
  type AddressOptions,
  addAddressOptions,
  type Client,
  createClient,
  readAddress,
  refusalOf,
} from './client.ts';
import { registerBudget } from './connectionBudget.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Connection {
  id: string;
  name: string;
  kind: string;
  status: string;
  isDefault: boolean;
  health: { state: string; reason?: string };
  counts: { waiting: number; held: number; failed: number };
}

interface Check {
  label: string;
  ok: boolean;
  text: string;
}

type Act = (
  client: Client,
  path: string,
  options: Record<string, string>,
  terminal: Terminal,
) => Promise<void>;

export const registerConnections: Register = (program, terminal) => {
  const command = program
    .command('connections')
    .summary('list PSA connections, connect a PSA; pause, resume, verify')
    .description('Lists the PSA connections with their state and what waits for them.');
  addAddressOptions(command).action((options) => list(options, terminal));
  registerAct(command, terminal, 'pause', 'send nothing to the PSA until it is resumed', pause).option(
    '--reason <text>',
    'why, for those who read it later',
  );
  registerAct(command, terminal, 'resume', 'send again', resume)
    .addOption(
      new Option('--held <what>', 'what becomes of the alerts that were held').choices(['leave', 'deliver']),
    )
    .addOption(reasonOption());
  registerAct(command, terminal, 'verify', 'check the credentials and rights', verify);
  registerBudget(command, terminal);
};

function registerAct(parent: Command, terminal: Terminal, verb: string, summary: string, act: Act): Command {
  const command = parent
    .command(verb)
    .summary(summary)
    .description(summary)
    .argument('<id>', 'id of the connection');
  return addAddressOptions(command).action(async (id: string, _own: unknown, self: Command) => {
    const options = self.optsWithGlobals<AddressOptions & Record<string, string>>();
    const client = createClient({ ...readAddress(options, terminal), reason: options.reason });
    await act(client, `/psa/connections/${encodeURIComponent(id)}/${verb}`, options, terminal);
  });
}

async function list(options: AddressOptions, terminal: Terminal): Promise<void> {
  const client = createClient(readAddress(options, terminal));
  const { items } = await client.get<{ items: Connection[] }>('/psa/connections?limit=200');
  if (items.length === 0) return terminal.out('No PSA is connected yet.');
  const rows = items.map(({ id, name, status, isDefault, counts, health }) => [
    id,
    isDefault ? `${name} (default)` : name,
    status,
    `${counts.waiting}`,
    `${counts.held}`,
    `${counts.failed}`,
    health.state === 'ok' ? 'ok' : `needs a person: ${health.reason ?? 'no reason is known'}`,
  ]);
  for (const line of table(['CONNECTION', 'NAME', 'STATUS', 'WAITING', 'HELD', 'FAILED', 'HEALTH'], rows))
    terminal.out(line);
}

const pause: Act = async (client, path, { reason }, terminal) => {
  const { name } = await client.post<Connection>(path, reason === undefined ? {} : { reason });
  terminal.out(`${name} is paused: alerts are held until it is resumed.`);
};

/**
 * Decision 5: what was held is neither sent nor given up silently. The API says when something is held; then a person at
 * the terminal is asked, and a script is told which option to give.
 */
const resume: Act = async (client, path, { held }, terminal) => {
  const given = held === undefined ? {} : { held };
  let reply = await client.send('POST', path, JSON.stringify(given));
  if (reply.status === 409 && (reply.body as { code?: string }).code === 'heldDeliveries') {
    const answer = await askAboutHeld((reply.body as { detail: string }).detail, terminal);
    reply = await client.send('POST', path, JSON.stringify({ held: answer }));
  }
  if (reply.status !== 200) throw new CommandError(refusalOf(reply, client.url));
  const { name, counts } = reply.body as Connection;
  terminal.out(`${name} is active; ${counts.waiting} deliveries are waiting.`);
};

async function askAboutHeld(detail: string, { ask, err }: Terminal): Promise<'leave' | 'deliver'> {
  if (!ask) throw new CommandError(`${detail} Give --held deliver or --held leave.`);
  err(detail);
  for (;;) {
    const answer = (await ask('deliver or leave? ')).toLowerCase();
    if (answer === 'deliver' || answer === 'leave') return answer;
    if (answer === '') throw new CommandError('Nothing was changed: the connection is still paused.');
    err('Answer with "deliver" or "leave"; an empty answer changes nothing.');
  }
}

const verify: Act = async (client, path, _options, terminal) => {
  const { ok, checks } = await client.post<{ ok: boolean; checks: Check[] }>(path, {});
  for (const check of checks) terminal.out(`${check.ok ? 'ok  ' : 'FAIL'}  ${check.label}: ${check.text}`);
  if (!ok) throw new CommandError('The connection cannot be used as it is.');
};
