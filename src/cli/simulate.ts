/** `herald simulate <psa>`: one of the simulated PSAs, with its own options. */
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';

const folder = new URL('../../simulators/', import.meta.url);

export const registerSimulate: Register = (program) => {
  program
    .command('simulate')
    .summary('run a simulated PSA')
    .description(
      `Runs a simulated PSA (${listSimulators().join(', ')}) until it is told to stop. Its options are its own: try --help behind its name.`,
    )
    .argument('<psa>', 'which one')
    .argument('[options...]', 'handed on to it')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((psa: string, options: string[], _own: unknown, self: Command) =>
      // Behind the name, --help is the simulator's own.
      psa === '--help' || psa === '-h' ? self.outputHelp() : simulate(psa, options),
    );
};

/** The PSAs that can be simulated: those with a program of their own. */
export function listSimulators(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(programOf(entry.name)))
    .map(({ name }) => name)
    .sort();
}

const programOf = (psa: string): URL => new URL(`${psa}/main.ts`, folder);

/** In this process: a signal then reaches the simulator itself, and nothing can outlive it. */
async function simulate(psa: string, options: readonly string[]): Promise<void> {
  const known = listSimulators();
  if (!known.includes(psa)) {
    throw new CommandError(`There is no simulator of "${psa}". There is: ${known.join(', ')}.`);
  }
  const program = programOf(psa);
  process.argv = [process.execPath, fileURLToPath(program), ...options];
  await import(program.href);
}
