/** `herald deliveries`: what is owed and what became of it; retry and discard. */
import { type Command, Option } from 'commander';
import { deliveryStates } from '../receipts/answer.ts';
import { type AddressOptions, addAddressOptions, createClient, readAddress } from './client.ts';
import { wholeNumber } from './numbers.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

interface Delivery {
  id: string;
  alertId: string;
  connectionName: string | null;
  /** Of a mail. */
  address: string | null;
  state: string;
  words: string;
  next: { words: string } | null;
  ticket: { id: string; number: string | null; link: string | null } | null;
}

interface Page {
  items: Delivery[];
  nextCursor: string | null;
}

const mostPerPage = 200;

export const registerDeliveries: Register = (program, terminal) => {
  const command = program
    .command('deliveries')
    .summary('list deliveries, retry or discard one')
    .description('Lists deliveries, newest first: what is owed and what became of it.')
    .addOption(new Option('--state <state>', 'only those in this state').choices([...deliveryStates]))
    .option('--limit <n>', 'how many', wholeNumber(1), 50);
  addAddressOptions(command).action((options) => list(options, terminal));
  registerDecision(command, terminal, 'retry', 'put a failed or skipped delivery back in line');
  registerDecision(command, terminal, 'discard', 'give a delivery up, with a reason');
};

function registerDecision(
  parent: Command,
  terminal: Terminal,
  verb: 'retry' | 'discard',
  summary: string,
): void {
  const command = parent
    .command(verb)
    .summary(summary)
    .description(summary)
    .argument('<id>', 'id of the delivery');
  if (verb === 'discard') command.requiredOption('--reason <text>', 'why, for those who read the log later');
  else command.option('--reason <text>', 'why, for those who read the log later');
  addAddressOptions(command).action(async (id: string, _own: unknown, self: Command) => {
    // The parent has the same address options and takes them wherever they stand.
    const options = self.optsWithGlobals<AddressOptions & { reason?: string }>();
    const client = createClient(readAddress(options, terminal));
    const body = options.reason === undefined ? {} : { reason: options.reason };
    const delivery = await client.post<Delivery>(`/deliveries/${encodeURIComponent(id)}/${verb}`, body);
    terminal.out(`Delivery ${delivery.id}: ${delivery.words}`);
  });
}

async function list(
  options: AddressOptions & { state?: string; limit: number },
  terminal: Terminal,
): Promise<void> {
  const client = createClient(readAddress(options, terminal));
  const items: Delivery[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(options.limit - items.length, mostPerPage)) });
    if (options.state) query.set('state', options.state);
    if (cursor) query.set('cursor', cursor);
    const page: Page = await client.get<Page>(`/deliveries?${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < options.limit);
  for (const line of toLines(items, options.state)) terminal.out(line);
  if (cursor !== null) terminal.err(`There are more than these ${items.length}; --limit shows more.`);
}

function toLines(items: readonly Delivery[], state: string | undefined): string[] {
  if (items.length === 0) return [state ? `No delivery is ${state}.` : 'There are no deliveries yet.'];
  const rows = items.map(({ id, alertId, connectionName, address, state, words, next, ticket }) => [
    id,
    alertId,
    state,
    address === null ? (connectionName ?? '–') : address || 'e-mail',
    ticket?.number ?? ticket?.id ?? '–',
    next ? `${words} ${next.words}` : words,
  ]);
  return table(['DELIVERY', 'ALERT', 'STATE', 'WHERE', 'TICKET', 'WHAT HAPPENED'], rows);
}
