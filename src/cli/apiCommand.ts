/** A command that is a client of the API: its declaration as data, and what it gets when it runs. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AddressOptions, addAddressOptions, type Client, createClient, readAddress } from './client.ts';
import type { Terminal } from './terminal.ts';

export interface Call<O> {
  client: Client;
  options: O;
  terminal: Terminal;
}

export interface Declaration {
  name: string;
  summary: string;
  /** What it does, when the summary does not say it all. */
  details?: string;
  /** Its arguments in order, as commander writes them, each with its meaning. */
  args?: Readonly<Record<string, string>>;
  options?: readonly Option[];
  /** Whether the answer can be had as JSON. */
  json?: boolean;
  /** It changes something, so that one may say why. */
  isChange?: boolean;
  /** Runs when its group is named alone. */
  isDefault?: boolean;
}

/** Adds a command to a group; `act` gets its arguments in order, undefined where an optional one was left out. */
export function addApiCommand<O = Record<string, never>>(
  parent: Command,
  terminal: Terminal,
  declaration: Declaration,
  act: (call: Call<O & { json?: boolean }>, ...given: string[]) => Promise<void>,
): void {
  const { name, summary, details = summary, args = {}, options = [] } = declaration;
  const { json = false, isChange = false, isDefault = false } = declaration;
  const command = parent
    .command(name, { isDefault })
    .summary(summary)
    .description(`${sentence(details)}`);
  for (const [argument, meaning] of Object.entries(args)) command.argument(argument, meaning);
  for (const option of options) command.addOption(option);
  if (isChange) command.addOption(reasonOption());
  if (json) command.option('--json', 'answer as JSON');
  addAddressOptions(command).action(async (...all: unknown[]) => {
    const self = all.at(-1) as Command;
    // The group may have the same address options and takes them wherever they stand.
    const given = self.optsWithGlobals<AddressOptions & O & { json?: boolean; reason?: string }>();
    const client = createClient({ ...readAddress(given, terminal), reason: given.reason });
    await act({ client, options: given, terminal }, ...(all.slice(0, -2) as string[]));
  });
}

/** Why something is changed, as the audit keeps it. */
export const reasonOption = (): Option =>
  new Option('--reason <text>', 'why, for the audit').argParser(readReason);

const mostReason = 500;

function readReason(text: string): string {
  if (text.length <= mostReason) return text;
  throw new InvalidArgumentError(`It takes at most ${mostReason} characters.`);
}

/** A group of commands, found again by later files that add to it. */
export function findGroup(program: Command, name: string): Command {
  const group = program.commands.find((command) => command.name() === name);
  if (!group) throw new Error(`There is no group "${name}".`);
  return group;
}

/** The answer as JSON when that was asked for, else as lines for people. */
export function answer(
  { options, terminal }: Pick<Call<{ json?: boolean }>, 'options' | 'terminal'>,
  value: unknown,
  toLines: () => readonly string[],
): void {
  const lines = options.json ? [JSON.stringify(value, null, 2)] : toLines();
  for (const line of lines) terminal.out(line);
}

/** A value in the path of an address. */
export const inPath = (text: string): string => encodeURIComponent(text);

function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return begun.endsWith('.') ? begun : `${begun}.`;
}
