/** `herald organizations outlook`: what would happen to an alert of an organization right now. */
import type { Command } from 'commander';
import { addApiCommand, answer, type Call, inPath } from './apiCommand.ts';
import { idOfOrganization } from './organizationText.ts';
import type { Terminal } from './terminal.ts';

interface Outlook {
  severities: { severity: string; ticket: { words: string }; mail: { words: string } }[];
}

export function addOrganizationOutlook(group: Command, terminal: Terminal): void {
  addApiCommand(
    group,
    terminal,
    {
      name: 'outlook',
      summary: 'what would happen to an alert of it right now, for each severity',
      args: { '<organization>': 'its id or its whole name' },
      json: true,
    },
    show,
  );
}

async function show(call: Call<{ json?: boolean }>, text: string): Promise<void> {
  const id = await idOfOrganization(call.client, text);
  const outlook = await call.client.get<Outlook>(`/organizations/${inPath(id)}/outlook`);
  answer(call, outlook, () =>
    outlook.severities.flatMap(({ severity, ticket, mail }) => [
      severity,
      `  ${ticket.words}`,
      `  ${mail.words}`,
    ]),
  );
}
