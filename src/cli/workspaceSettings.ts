/** `herald workspace`: the settings of the MSP itself. */
import { Option } from 'commander';
import { addApiCommand, answer, type Call } from './apiCommand.ts';
import { CommandError } from './errors.ts';
import { readFlag } from './input.ts';
import { wholeNumber } from './numbers.ts';
import type { Register } from './register.ts';

interface Workspace {
  id: string;
  name: string;
  timeZone: string;
  newOrganizations: { enabled: boolean; tickets: boolean; email: boolean };
  wayOutMinutes: number;
  retentionDays: number;
}

interface SetOptions {
  json?: boolean;
  name?: string;
  timeZone?: string;
  newEnabled?: string;
  newTickets?: string;
  newEmail?: string;
  wayOutMinutes?: number;
  retentionDays?: number;
}

export const registerWorkspace: Register = (program, terminal) => {
  const group = program
    .command('workspace')
    .summary('show and change the settings of the workspace')
    .description('The workspace of the API key: its name, time zone, and what new organizations start with.');
  addApiCommand(
    group,
    terminal,
    { name: 'show', summary: 'its settings', json: true, isDefault: true },
    async (call) => {
      const found = await call.client.get<Workspace>('/workspaces/current');
      answer(call, found, () => inLines(found));
    },
  );
  addApiCommand<SetOptions>(
    group,
    terminal,
    {
      name: 'set',
      isChange: true,
      summary: 'change settings; what is not named stays as it is',
      options: [
        new Option('--name <name>', 'its name'),
        new Option('--time-zone <zone>', 'such as Europe/Lisbon'),
        new Option('--new-enabled <on|off>', 'PSA & email of a new organization'),
        new Option('--new-tickets <on|off>', 'tickets of a new organization'),
        new Option('--new-email <on|off>', 'e-mail of a new organization'),
        new Option(
          '--way-out-minutes <n>',
          'after how many minutes a critical alert that its PSA has not taken is mailed to the global recipients',
        ).argParser(wholeNumber(1)),
        new Option('--retention-days <n>', 'how many days alerts are kept once they are settled').argParser(
          wholeNumber(1),
        ),
      ],
      json: true,
    },
    change,
  );
};

async function change(call: Call<SetOptions>): Promise<void> {
  const body = bodyOf(call.options);
  if (Object.keys(body).length === 0) {
    throw new CommandError('Nothing to change was named; --help shows what can be.');
  }
  const changed = await call.client.patch<Workspace>('/workspaces/current', body);
  answer(call, changed, () => inLines(changed));
}

function bodyOf({ newEnabled, newTickets, newEmail, ...rest }: SetOptions): Record<string, unknown> {
  const { name, timeZone, wayOutMinutes, retentionDays } = rest;
  const fresh = {
    ...(newEnabled !== undefined && { enabled: readFlag('--new-enabled', newEnabled) }),
    ...(newTickets !== undefined && { tickets: readFlag('--new-tickets', newTickets) }),
    ...(newEmail !== undefined && { email: readFlag('--new-email', newEmail) }),
  };
  return {
    ...(name !== undefined && { name }),
    ...(timeZone !== undefined && { timeZone }),
    ...(wayOutMinutes !== undefined && { wayOutMinutes }),
    ...(retentionDays !== undefined && { retentionDays }),
    ...(Object.keys(fresh).length > 0 && { newOrganizations: fresh }),
  };
}

function inLines({ id, name, timeZone, newOrganizations, ...rest }: Workspace): string[] {
  const { enabled, tickets, email } = newOrganizations;
  const word = (flag: boolean) => (flag ? 'on' : 'off');
  return [
    `${name}  ${id}`,
    `Time zone          ${timeZone}`,
    `New organizations  PSA & email ${word(enabled)}, tickets ${word(tickets)}, e-mail ${word(email)}`,
    `Way out            a critical alert is mailed when its PSA has not taken it for ${minutesInWords(rest.wayOutMinutes)}`,
    `Retention          ${rest.retentionDays} days`,
  ];
}

const minutesInWords = (minutes: number): string => (minutes === 1 ? '1 minute' : `${minutes} minutes`);
