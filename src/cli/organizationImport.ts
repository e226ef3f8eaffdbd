/** `herald organizations import`: a table or a JSON array of organizations; those that are there by name are changed. */
import type { Command } from 'commander';
import { readImport } from '../organizations/importRows.ts';
import { addApiCommand, type Call, inPath } from './apiCommand.ts';
import { CommandError } from './errors.ts';
import { parseJson, readText } from './input.ts';
import type { Organization } from './organizationText.ts';
import { readAll } from './pages.ts';
import type { Terminal } from './terminal.ts';

export function addOrganizationImport(group: Command, terminal: Terminal): void {
  addApiCommand(
    group,
    terminal,
    {
      name: 'import',
      isChange: true,
      summary: 'make or change the organizations of a file',
      details:
        'Makes the organizations of a file, and changes those that are there by name. A .json file holds an array of objects as the API takes them. Any other file is a table with a heading; columns: name, refs (separated by |), enabled, tickets, email (on or off), connection. Empty cells change nothing.',
      args: { '<file>': 'the file; "-" is standard input, as a table' },
    },
    importFile,
  );
}

/** An organization as the API takes it. */
type Body = Record<string, unknown> & { name: string };

async function importFile({ client, terminal }: Call<object>, file: string): Promise<void> {
  const bodies = readOrganizations(await readText(file), file.endsWith('.json'));
  const idsOf = Map.groupBy(await readAll<Organization>(client, '/organizations'), ({ name }) => keyOf(name));
  const counts = { made: 0, changed: 0, refused: 0 };
  for (const [at, body] of bodies.entries()) {
    const [known, ...others] = idsOf.get(keyOf(body.name)) ?? [];
    try {
      if (others.length > 0) throw new CommandError('Several organizations have this name.');
      // Its name stays as it is written there.
      const { name: _name, ...change } = body;
      if (known) await client.patch(`/organizations/${inPath(known.id)}`, change);
      else idsOf.set(keyOf(body.name), [await client.post<Organization>('/organizations', body)]);
      counts[known ? 'changed' : 'made'] += 1;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      counts.refused += 1;
      terminal.err(`${at + 1}. ${body.name}: ${error.message}`);
    }
  }
  terminal.out(`${counts.made} made, ${counts.changed} changed, ${counts.refused} refused`);
  if (counts.refused > 0) throw new CommandError('Some were refused; the lines above say why.');
}

const keyOf = (name: string): string => name.trim().toLowerCase();

/** @throws CommandError that names the row which cannot be read; nothing has been sent then */
export function readOrganizations(text: string, isJson: boolean): Body[] {
  if (!isJson) return readTable(text);
  const value = parseJson(text, 'The file');
  if (!Array.isArray(value)) throw new CommandError('The file must hold an array of organizations.');
  return value.map((one, at) => {
    if (typeof one?.name === 'string') return one as Body;
    throw new CommandError(`Entry ${at + 1} has no name.`);
  });
}

function readTable(text: string): Body[] {
  const read = readImport(text);
  if (!read.ok) throw new CommandError(read.message);
  return read.rows.map((row) => {
    if (!row.ok) throw new CommandError(row.message);
    return { ...row.organization };
  });
}
