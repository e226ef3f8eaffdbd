/** `herald rekey`: the way back when the secret key is lost for good. What it had sealed is lost; nothing else is. */
import { type Config, readConfig } from '../config.ts';
import type { Database } from '../db/database.ts';
import type { Reached } from './database.ts';
import { CommandError } from './errors.ts';
import type { Lost } from './lostKey.ts';
import type { Register } from './register.ts';
import type { Terminal } from './terminal.ts';

export const registerRekey: Register = (program, terminal) => {
  program
    .command('rekey')
    .summary('begin with a new secret key when the old one is lost for good')
    .description(
      'Begins with a new secret key when the old one is lost for good: HERALD_SECRET_KEY, or a new key file in the data directory. The stored credentials of all connections are forgotten and must be entered again; alerts, mappings and settings stay, and what waits is held until then. Refused while the old key works and while a Herald runs.',
    )
    .action(() => rekey(terminal));
};

const phrase = 'credentials will be lost';

async function rekey(terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.env);
  const { databaseUrl, secretKey } = config;
  if (databaseUrl !== undefined && secretKey === undefined) {
    throw new CommandError('Set HERALD_SECRET_KEY to a new secret first (openssl rand -base64 32).');
  }
  const [{ withDatabase }, { openDatabase }] = await Promise.all([
    import('./database.ts'),
    import('../db/database.ts'),
  ]);
  await withDatabase(config, async (reached) => {
    await refuseRunning(config, reached);
    const db = openDatabase({ url: reached.url, poolSize: 2 });
    try {
      await rekeyDatabase(db, config, terminal);
    } finally {
      await db.close();
    }
  });
}

/** A Herald that runs has the old key: it would seal with it what is entered again. */
async function refuseRunning({ databaseUrl }: Config, { url, wasStopped }: Reached): Promise<void> {
  if (databaseUrl === undefined) {
    if (wasStopped) return;
    throw new CommandError('Herald runs on this database: stop it first.');
  }
  const { asClient, refuseServed } = await import('../db/backup/index.ts');
  await asClient(url, refuseServed);
}

async function rekeyDatabase(db: Database, config: Config, terminal: Terminal): Promise<void> {
  const { findLost, forgetLost } = await import('./lostKey.ts');
  const lost = await findLost(db, config);
  if (lost.workspaceIds.length === 0) {
    throw new CommandError('The secret key works: nothing is lost, and nothing was changed.');
  }
  await confirm(lost, terminal);
  const key = await forgetLost(db, config, lost);
  for (const line of nextSteps(lost, key)) terminal.out(line);
}

/** @throws CommandError unless the person types that credentials will be lost */
async function confirm({ connections, hasMail }: Lost, { ask, err }: Terminal): Promise<void> {
  if (!ask) throw new CommandError('Run it in a terminal: it asks before it forgets the credentials.');
  err('The secret key at hand is not the one that this database was set up with.');
  err('If there is a copy of that one anywhere, stop here and put it back: nothing is lost then.');
  err(`Otherwise the credentials of these connections are lost: ${connections.join(', ') || 'none'}.`);
  if (hasMail) err('So are the passwords of the mail servers.');
  const answer = await ask(`To go on, type "${phrase}": `);
  if (answer.toLowerCase() !== phrase) throw new CommandError('Nothing was changed.');
}

function nextSteps({ connections, hasMail }: Lost, key: string): string[] {
  const many = connections.length === 1 ? '1 connection' : `${connections.length} connections`;
  return [
    `The credentials of ${many} were forgotten. What to do now:`,
    `1. Keep a copy of the new secret key, ${key}, apart from the backups.`,
    '2. Start Herald.',
    '3. Enter the credentials of each connection again: "herald connections step <id> credentials".',
    ...(hasMail ? ['   The passwords of the mail servers: "herald email settings --file <file>".'] : []),
    '   What has waited goes out then, each alert once.',
  ];
}
