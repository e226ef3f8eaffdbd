/** `herald unassigned`: references of senders that lead to no organization yet (decision 22). */
import { Option } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import type { Client } from './client.ts';
import { CommandError } from './errors.ts';
import { wholeNumber } from './numbers.ts';
import { idOfOrganization, type Organization } from './organizationText.ts';
import { readAll, readList, sayIfMore } from './pages.ts';
import type { Register } from './register.ts';
import { table } from './table.ts';

interface Unassigned {
  reference: string;
  kind: string;
  value: string;
  source: string;
  alerts: number;
  lastSeenAt: string;
}

export const registerUnassigned: Register = (program, terminal) => {
  const group = program
    .command('unassigned')
    .summary('references that lead to no organization yet; assign them')
    .description(
      'How senders name organizations that Herald does not know yet. Tickets of their alerts go to the catch-all account.',
    );
  addApiCommand<{ limit: number }>(
    group,
    terminal,
    {
      name: 'list',
      summary: 'those seen last first',
      options: [new Option('--limit <n>', 'how many').argParser(wholeNumber(1)).default(50)],
      json: true,
      isDefault: true,
    },
    list,
  );
  addApiCommand(
    group,
    terminal,
    {
      name: 'assign',
      isChange: true,
      summary: 'let a reference mean an organization from now on',
      details:
        'Lets a reference mean an organization from now on, for alerts of the same source. Alerts that came before stay as they are.',
      args: {
        '<reference>': 'a reference or its value, as "herald unassigned" lists it',
        '<organization>': 'id or whole name of the organization',
      },
    },
    assign,
  );
};

async function list(call: Call<{ json?: boolean; limit: number }>): Promise<void> {
  const listed = await readList<Unassigned>(call.client, '/organizations/unassigned', call.options.limit);
  answer(call, listed.items, () => {
    if (listed.items.length === 0) return ['Every reference leads to an organization.'];
    const rows = listed.items.map(({ reference, kind, value, source, alerts, lastSeenAt }) => [
      reference,
      `${kind} ${value}`,
      source,
      `${alerts}`,
      lastSeenAt.slice(0, 19),
    ]);
    return table(['REFERENCE', 'MEANS', 'SOURCE', 'ALERTS', 'LAST SEEN'], rows);
  });
  sayIfMore(listed, call.terminal);
}

async function assign({ client, terminal }: Call<object>, given: string, text: string): Promise<void> {
  const id = await idOfOrganization(client, text);
  const reference = await findReference(client, given);
  const { name } = await client.post<Organization>(`/organizations/${inPath(id)}/assign`, { reference });
  terminal.out(`${given} means ${name} from now on.`);
}

async function findReference(client: Client, given: string): Promise<string> {
  const all = await readAll<Unassigned>(client, '/organizations/unassigned');
  if (all.some(({ reference }) => reference === given)) return given;
  const [one, another] = all.filter(({ value }) => value === given);
  if (one && !another) return one.reference;
  throw new CommandError(
    one
      ? `Several sources name something "${given}": give the reference, as "npx herald unassigned" lists it.`
      : `No unassigned alert has the reference "${given}": "npx herald unassigned" lists those that there are.`,
  );
}
