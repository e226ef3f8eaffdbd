/** `herald migrate`: brings the database to the version of this Herald; `serve` does the same when it starts. */
import { readConfig } from '../config.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

export const registerMigrate: Register = (program, terminal) => {
  program
    .command('migrate')
    .summary('bring the database up to date')
    .description(
      'Brings the database to the version of this Herald. "herald serve" does the same when it starts.',
    )
    .action(() => migrateDatabase(terminal));
};

async function migrateDatabase({ env, out }: Terminal): Promise<void> {
  const config = readConfig(env);
  const [{ withDatabase }, { migrate }] = await Promise.all([
    import('./database.ts'),
    import('../db/migrate.ts'),
  ]);
  const { from, to, applied } = await withDatabase(config, ({ ownerUrl }) => migrate(ownerUrl));
  if (applied.length === 0) return out(`The database is up to date (version ${to}).`);
  for (const name of applied) out(`applied  ${name}`);
  out(`The database went from version ${from} to ${to}.`);
}
