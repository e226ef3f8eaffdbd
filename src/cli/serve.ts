/** `herald serve`: the product itself, until it is told to stop. Logs go to standard output, words for people to standard error. */
import { Option } from 'commander';
import { readConfig } from '../config.ts';
import type { Role } from '../main.ts';
import { explainError } from './errors.ts';
import type { Register } from './register.ts';
import { createStop, type Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/** The last resort: Herald ends calls under way after 18 s by itself and closes in order well before this. */
const mostCloseMs = 30_000;

export const registerServe: Register = (program, terminal) => {
  program
    .command('serve')
    .summary('run Herald')
    .description(
      'Runs Herald until it is told to stop (SIGTERM, Ctrl-C). It is configured by the environment.',
    )
    .addOption(new Option('--role <role>', 'only a part of it; both by default').choices(['api', 'worker']))
    .action(({ role }: { role?: Role }) => serve(role ?? 'all', terminal));
};

async function serve(role: Role, terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.env);
  // Loaded now, so that a wrong setting is reported at once and the other commands start quickly.
  const { createLogger, startHerald } = await import('../main.ts');
  // Words for people that nobody reads any more must not end it.
  process.stderr.on('error', () => undefined);
  const log = createLogger();
  const stop = createStop({ onAgain: () => process.exit(130) });
  endOnSurprise((error) => {
    log.fatal({ err: error }, 'surprise');
    for (const line of explainError(error, terminal.env)) terminal.err(line);
  });
  const herald = await startHerald(config, { role, log });
  terminal.err(
    `Herald ${herald.url ? `is ready on ${herald.url}` : 'works on deliveries'} (pid ${process.pid})`,
  );
  if (herald.firstLink !== undefined) {
    terminal.err(
      `Nobody has signed up yet. Become the first administrator within an hour: ${herald.firstLink}`,
    );
  }
  if (herald.url && config.apiKey === undefined) await hintAtKey(config, terminal);
  await stop.asked;
  await closeInTime(herald, stop, terminal);
}

async function closeInTime(
  herald: { close(): Promise<void> },
  stop: Stop,
  terminal: Terminal,
): Promise<never> {
  terminal.err(
    `Herald is ending (${stop.signal}): what is under way is finished first. The same again ends it at once.`,
  );
  const timer = setTimeout(() => {
    terminal.err('Herald did not end in 30 seconds and is ended now; nothing that was acknowledged is lost.');
    process.exit(1);
  }, mostCloseMs);
  await herald.close();
  clearTimeout(timer);
  terminal.err('Herald has ended.');
  process.exit(0);
}

/** A process in an unknown state must not go on sending: it ends, and its successor looks up what was under way. */
function endOnSurprise(report: (error: unknown) => void): void {
  const end = (error: unknown) => {
    report(error);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** Says how to get a key while there is none; the API is of no use without. */
async function hintAtKey(config: ReturnType<typeof readConfig>, terminal: Terminal): Promise<void> {
  const { hasApiKey } = await import('./hasApiKey.ts');
  if (await hasApiKey(config)) return;
  terminal.err('There is no API key yet. Make one in another terminal: npx herald api-key create');
}
