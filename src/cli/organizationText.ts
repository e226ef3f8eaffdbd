/** Organizations between people and the API: references and switches as they are written on a command line. */
import { Option } from 'commander';
import { notReference, parseReference, type WrittenReference } from '../organizations/importRows.ts';
import type { Client } from './client.ts';
import { CommandError } from './errors.ts';
import { gather, readFlag } from './input.ts';
import { readAll } from './pages.ts';

export type Reference = WrittenReference;

export interface Organization {
  id: string;
  name: string;
  externalRefs: Reference[];
  delivery: { enabled: boolean; tickets: boolean; email: boolean };
  connectionId: string | null;
  ticketTarget: {
    connectionName: string;
    accountId: string;
    accountName: string | null;
    isCatchAll: boolean;
  } | null;
  hint: string | null;
}

const kinds = ['id', 'domain', 'tenantId', 'name'];

/** "org-17", "domain:northwind.example", and with " @source" behind it. @throws CommandError */
export function readReference(text: string): Reference {
  const reference = parseReference(text);
  if (!reference) throw new CommandError(notReference(text));
  return reference;
}

/** The other way round. */
export function writeReference({ kind, value, source }: Reference): string {
  // Without its kind, an id with a colon could be read as something else.
  const isPlain = kind === 'id' && !kinds.includes(value.slice(0, value.indexOf(':')));
  return `${isPlain ? value : `${kind}:${value}`}${source === undefined ? '' : ` @${source}`}`;
}

const switches = ['enabled', 'tickets', 'email'] as const;

export type SwitchOptions = Partial<Record<(typeof switches)[number], string>>;

export const switchOptions = (): Option[] => [
  new Option('--enabled <on|off>', 'PSA & email: whether anything is delivered for it'),
  new Option('--tickets <on|off>', 'whether its alerts become tickets'),
  new Option('--email <on|off>', 'whether its alerts are mailed'),
];

export const referenceOption = (flags: string, meaning: string): Option =>
  new Option(flags, `${meaning}; may be given several times`).argParser(gather);

/** The switches that were given; undefined when none was. */
export function readSwitches(given: Readonly<SwitchOptions>): Record<string, boolean> | undefined {
  const read = switches.flatMap((name): [string, boolean][] => {
    const text = given[name];
    return text === undefined || text === '' ? [] : [[name, readFlag(`--${name}`, text)]];
  });
  return read.length === 0 ? undefined : Object.fromEntries(read);
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of an organization that a person names by id or by its whole name. @throws CommandError */
export async function idOfOrganization(client: Client, text: string): Promise<string> {
  if (uuid.test(text)) return text;
  const named = (await readAll<Organization>(client, '/organizations', { q: text })).filter(
    ({ name }) => name.toLowerCase() === text.trim().toLowerCase(),
  );
  if (named.length === 1) return (named[0] as Organization).id;
  throw new CommandError(
    named.length === 0
      ? `There is no organization "${text}": "npx herald organizations" lists them.`
      : `Several organizations are named "${text}": give the id of the one that is meant.`,
  );
}
