/** `herald doctor`: looks over an installation and says what is wrong and what to do; changes nothing. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { type Config, readConfig } from '../config.ts';
import type { Finding } from './doctor/finding.ts';
import { CommandError } from './errors.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

export const registerDoctor: Register = (program, terminal) => {
  program
    .command('doctor')
    .summary('check the database, keys, connections and that no alert is unaccounted for')
    .description(
      'Checks the installation, running or not: database, keys, clock, connections, and that every alert is accounted for. Changes nothing; ends with exit code 1 if there is a problem.',
    )
    .option('--json', 'answer as JSON')
    .action((options: { json?: boolean }) => diagnose(options, terminal));
};

async function diagnose({ json = false }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const findings = await findAll(readConfig(terminal.env));
  const problems = findings.filter(({ state }) => state === 'problem').length;
  if (json) terminal.out(JSON.stringify({ problems, findings }, null, 2));
  else for (const line of toLines(findings)) terminal.out(line);
  if (problems > 0) {
    throw new CommandError(problems === 1 ? 'There is 1 problem.' : `There are ${problems} problems.`);
  }
}

async function findAll(config: Config): Promise<Finding[]> {
  const [{ withDatabase }, { examine }] = await Promise.all([
    import('./database.ts'),
    import('./doctor/examine.ts'),
  ]);
  try {
    await refuseMissing(config);
    return await withDatabase(config, (reached) => examine(config, reached));
  } catch (error) {
    if (!(error instanceof Error) || !isForPeople(error)) throw error;
    return [{ check: 'database', state: 'problem', words: error.message }];
  }
}

const isForPeople = ({ name }: Error): boolean => name === 'CommandError' || name === 'EmbeddedError';

/** Opening the embedded database would make one where there is none. */
async function refuseMissing({ databaseUrl, dataDir }: Config): Promise<void> {
  if (databaseUrl !== undefined) return;
  const { recordedClusterDir } = await import('../db/embedded/layout.ts');
  const dir = await realpath(dataDir).catch(() => undefined);
  if (dir !== undefined && existsSync(await recordedClusterDir(dir))) return;
  throw new CommandError(
    `There is no database in ${dataDir}: set HERALD_DATA_DIR or DATABASE_URL as the server has it, or start Herald first.`,
  );
}

function toLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.map(({ check, state, words }) => `${state.padEnd(9)}  ${check.padEnd(width)}  ${words}`);
}
