/** The command line: one file per command, each a client of the REST API where that is possible. */
import { Command, CommanderError } from 'commander';
import { registerAlerts } from './alerts.ts';
import { registerApiKey } from './apiKey.ts';
import { registerBackup } from './backup.ts';
import { registerConnectionSetup } from './connectionSetup.ts';
import { registerConnections } from './connections.ts';
import { registerDeliveries } from './deliveries.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerEmail } from './email.ts';
import { explainError } from './errors.ts';
import { registerHealth } from './health.ts';
import { registerMappings } from './mappings.ts';
import { registerMigrate } from './migrate.ts';
import { registerOrganizations } from './organizations.ts';
import type { Register } from './register.ts';
import { registerRekey } from './rekey.ts';
import { registerRestore } from './restore.ts';
import { registerSend } from './send.ts';
import { registerServe } from './serve.ts';
import { registerSimulate } from './simulate.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { registerUnassigned } from './unassigned.ts';
import { registerUser } from './user.ts';
import { registerWorkspace } from './workspaceSettings.ts';

const commands: readonly Register[] = [
  registerServe,
  registerDemo,
  registerSend,
  registerAlerts,
  registerConnections,
  registerConnectionSetup,
  registerMappings,
  registerOrganizations,
  registerUnassigned,
  registerEmail,
  registerWorkspace,
  registerDeliveries,
  registerApiKey,
  registerUser,
  registerMigrate,
  registerBackup,
  registerRestore,
  registerRekey,
  registerDoctor,
  registerHealth,
  registerSimulate,
];

/** What is still open after a refusal gets this long to end by itself. */
const lingerMs = 500;

/** Runs one command line, as `bin/herald` gets it, and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const code = await run(argv.slice(2), processTerminal);
  if (code === undefined) return;
  process.exitCode = code;
  setTimeout(() => process.exit(), lingerMs).unref();
}

/** Answers the exit code; undefined when all went well, or when the command goes on by itself. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number | undefined> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    // Its text has been printed already; help is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.exitCode;
    for (const line of explainError(error, terminal.env)) terminal.err(line);
    return 1;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('herald')
    .description('Delivers security alerts as tickets in PSA systems, exactly once.')
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('Add --help to see how it is used.')
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(asSentence(text)),
    });
  for (const register of commands) register(program, terminal);
  return program;
}

/** Commander's "error: unknown option '--x'" as a sentence. */
function asSentence(text: string): string {
  const words = text.replace(/^error: /, '').trim();
  const sentence = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return /[.!?)]$/.test(sentence) ? sentence : `${sentence}.`;
}
