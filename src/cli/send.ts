/** `herald send <file>`: alerts from a file to the API, with what became of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { type FormatName, formatNames } from '../intake/index.ts';
import {
  type AddressOptions,
  addAddressOptions,
  type Client,
  createClient,
  type Reply,
  readAddress,
  refusalOf,
} from './client.ts';
import { CommandError } from './errors.ts';
import { readText } from './input.ts';
import { positiveNumber } from './numbers.ts';
import { type Batch, readRecords, toBatches } from './readAlerts.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

type Options = AddressOptions & { format: FormatName; rate?: number };

interface Result {
  externalId?: string;
  status: 'accepted' | 'duplicate' | 'updated' | 'rejected';
  error?: { message: string };
}

export type Counts = Record<Result['status'], number>;

export const registerSend: Register = (program, terminal) => {
  const command = program
    .command('send')
    .summary('send alerts from a file')
    .description(
      'Sends alerts from a file: one object, an array, or one object per line. "-" reads standard input.',
    )
    .argument('<file>', 'the file')
    .addOption(
      new Option('--format <name>', 'whose form the alerts have')
        .choices(['native', ...formatNames])
        .default('native'),
    )
    .option('--rate <n>', 'at most so many alerts per second', positiveNumber);
  addAddressOptions(command).action((file: string, options: Options) => send(file, options, terminal));
};

async function send(file: string, options: Options, terminal: Terminal): Promise<void> {
  const client = createClient(readAddress(options, terminal));
  const records = readRecords(await readText(file));
  const batches = toBatches(
    records,
    options.format,
    options.rate === undefined ? undefined : Math.max(1, Math.floor(options.rate)),
  );
  const counts = await sendBatches(batches, { client, terminal, ...options });
  terminal.out(inWords(counts));
  if (counts.rejected > 0) throw new CommandError('Some alerts were rejected; the lines above say why.');
}

interface Sending {
  client: Client;
  terminal: Terminal;
  format: FormatName;
  rate?: number | undefined;
}

/** Batches one after another, so that the order of the file is kept. */
export async function sendBatches(
  batches: readonly Batch[],
  { client, terminal, format, rate }: Sending,
): Promise<Counts> {
  const counts: Counts = { accepted: 0, duplicate: 0, updated: 0, rejected: 0 };
  const path = format === 'native' ? '/alerts' : `/intake/${format}`;
  const begun = performance.now();
  let sent = 0;
  for (const batch of batches) {
    if (rate !== undefined) await sleep(begun + (sent / rate) * 1_000 - performance.now());
    for (const result of await sendOne(client, path, batch, inWords(counts))) {
      counts[result.status] += 1;
      if (result.status === 'rejected') terminal.out(rejectionInWords(result));
    }
    sent += batch.records;
  }
  return counts;
}

/** Answers that ask to come again; an alert that is sent again is known by its id, so nothing is stored twice. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const mostTries = 6;
const longestWaitSeconds = 30;

async function sendOne(
  client: Client,
  path: string,
  { text, records }: Batch,
  before: string,
): Promise<Result[]> {
  for (let tries = 1; ; tries++) {
    const reply = await client.send('POST', path, text);
    const results = resultsOf(reply, records, client.url);
    if (results) return results;
    if (!passing.has(reply.status) || tries === mostTries) {
      throw new CommandError(`${refusalOf(reply, client.url)} Until then: ${before}.`);
    }
    await sleep(Math.min(reply.retryAfterSeconds ?? 2 ** (tries - 1), longestWaitSeconds) * 1_000);
  }
}

/** Undefined when the request was refused as a whole. */
function resultsOf(reply: Reply, records: number, url: string): Result[] | undefined {
  const { results } = (reply.body ?? {}) as { results?: Result[] };
  if (reply.status === 202 && Array.isArray(results)) return results;
  if (reply.status !== 422 || records !== 1) return undefined;
  return [{ status: 'rejected', error: { message: refusalOf(reply, url) } }];
}

function rejectionInWords({ externalId, error }: Result): string {
  return `rejected  ${externalId ?? '(no id)'}  ${error?.message ?? 'no reason was given'}`;
}

/** The counts as a line: "40 accepted, 2 duplicate, 1 updated, 0 rejected". */
export function inWords(counts: Counts): string {
  return Object.entries(counts)
    .map(([status, count]) => `${count} ${status}`)
    .join(', ');
}
