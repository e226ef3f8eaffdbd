/** `herald simulate <what>`: one of the simulated PSAs, or the mailbox, with its own options. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';

const folder = new URL('../../simulators/', import.meta.url);

export const registerSimulate: Register = (program) => {
  program
    .command('simulate')
    .summary('run a simulated PSA, or a mailbox')
    .description(
      `Runs a simulated PSA, or a mail server that shows what it gets (${listSimulators().join(', ')}), until it is told to stop. Its options are its own: try --help behind its name.`,
    )
    .argument('<what>', 'which one')
    .argument('[options...]', 'handed on to it')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((what: string, options: string[], _own: unknown, self: Command) =>
      // Behind the name, --help is the simulator's own.
      what === '--help' || what === '-h' ? self.outputHelp() : simulate(what, options),
    );
};

/** What can be simulated: what has a program of its own. */
export function listSimulators(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(programOf(entry.name)))
    .map(({ name }) => name)
    .sort();
}

const programOf = (what: string): URL => new URL(`${what}/main.ts`, folder);

/** In this process: a signal then reaches the simulator itself, and nothing can outlive it. */
async function simulate(what: string, options: readonly string[]): Promise<void> {
  const known = listSimulators();
  if (!known.includes(what)) {
    throw new CommandError(`There is no simulator of "${what}". There is: ${known.join(', ')}.`);
  }
  const program = programOf(what);
  process.argv = [process.execPath, fileURLToPath(program), ...options];
  await import(program.href);
}
