/** `herald connections preview|test-ticket`: what would happen, and one ticket the whole real way (decision 21). */
import { type Command, Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { CommandError } from './errors.ts';
import { readObject } from './input.ts';
import type { Terminal } from './terminal.ts';

const which = { '<id>': 'id of the connection' };

interface Preview {
  words: string[];
  ticket: { title: string; description: string };
}

interface Tested {
  outcome: 'done' | 'failed' | 'uncertain' | 'pending';
  alertId: string;
  text?: string;
  ticket?: { ref: string; number?: string; link?: string };
}

interface PreviewOptions {
  json?: boolean;
  file?: string;
  alert?: string;
}

interface TestOptions {
  json?: boolean;
  account: string;
  contact?: string;
}

export function addConnectionTrials(group: Command, terminal: Terminal): void {
  addApiCommand<PreviewOptions>(
    group,
    terminal,
    {
      name: 'preview',
      summary: 'what would happen to an alert now, and how its ticket would look; writes nothing',
      args: which,
      options: [
        new Option('--file <file>', 'an alert in the native form; "-" is standard input').conflicts('alert'),
        new Option('--alert <id>', 'an alert that is stored'),
      ],
      json: true,
    },
    preview,
  );
  addApiCommand<TestOptions>(
    group,
    terminal,
    {
      name: 'test-ticket',
      summary: 'create a marked test ticket in the PSA, the whole real way',
      args: which,
      options: [
        new Option('--account <id>', 'the account that gets it').makeOptionMandatory(),
        new Option('--contact <id>', 'a contact of the account'),
      ],
      json: true,
    },
    testTicket,
  );
}

async function preview(call: Call<PreviewOptions>, id: string): Promise<void> {
  const { file, alert } = call.options;
  if (file === undefined && alert === undefined) {
    throw new CommandError('Say which alert: --file alert.json, or --alert with the id of one.');
  }
  const body = file === undefined ? { alertId: alert } : { alert: await readObject(file) };
  const seen = await call.client.post<Preview>(`/psa/connections/${inPath(id)}/preview`, body);
  answer(call, seen, () => [
    ...seen.words,
    '',
    seen.ticket.title,
    '',
    ...seen.ticket.description.split('\n').map((line) => `  ${line}`.trimEnd()),
  ]);
}

async function testTicket(call: Call<TestOptions>, id: string): Promise<void> {
  const { account, contact } = call.options;
  const body = { accountId: account, ...(contact && { contactId: contact }) };
  const tested = await call.client.post<Tested>(`/psa/connections/${inPath(id)}/test-ticket`, body);
  const { outcome, alertId, text, ticket } = tested;
  answer(call, tested, () =>
    ticket
      ? [`Ticket ${ticket.number ?? ticket.ref}${ticket.link ? `  ${ticket.link}` : ''}`]
      : [text ?? 'It is on its way.'],
  );
  const more = `"npx herald alerts show ${alertId}" shows every step.`;
  if (outcome === 'failed') throw new CommandError(`The test ticket was not created: ${more}`);
  call.terminal.err(outcome === 'done' ? `The way of the test alert: ${more}` : more);
}
