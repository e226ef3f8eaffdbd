/** A real mail server: OpenSMTPD with a throw-away configuration and a spool of its own, delivering into a maildir. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/ports.ts';
import { forgetPid, temporaryDir, watchPid } from '../harness/processes.ts';

export interface OpenSmtpd {
  port: number;
  /** Messages in the maildir, as they lie there. */
  messages(): Promise<Buffer[]>;
  /** What it has said so far. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

const program = 'smtpd';
/** Nobody: a user who owns nothing, and to whom it delivers. */
const user = { name: 'nobody', id: 65_534 };
const mostStartMs = 10_000;

/** Spool and socket are at fixed places, so it gets a view of the file system in which these are empty. */
const apart = 'mount -t tmpfs tmpfs /var/spool && mount -t tmpfs tmpfs /run && exec "$0" -d -f "$1"';

/** The one reason that installing it mends. */
export const notInstalled = 'OpenSMTPD is not installed';

/** Why it cannot be started here; undefined when it can. */
export async function whyNoSmtpd(): Promise<string | undefined> {
  if (!(await answers(program, ['-h'])).includes('OpenSMTPD')) return notInstalled;
  if (process.getuid?.() !== 0) return 'only root can start OpenSMTPD';
  const seen = await answers('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs tmpfs /run && echo apart']);
  return seen.includes('apart') ? undefined : 'this machine lets nobody mount a file system apart';
}

/** What a command says; nothing when it is not there. */
async function answers(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  await once(child, 'close').catch(() => undefined);
  return said;
}

/** It lies where root's programs do. */
const environment = () => ({ ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` });

/** Takes mail for these people of `domain`, and for nobody else. @throws Error with what it said when it does not start */
export async function startOpenSmtpd(domain: string, people: readonly string[]): Promise<OpenSmtpd> {
  const dir = await temporaryDir('smtpd');
  const maildir = join(dir, 'mail');
  await mkdir(maildir);
  await chown(maildir, user.id, user.id);
  const port = await freePort(0);
  const file = join(dir, 'smtpd.conf');
  await writeFile(file, configuration({ port, domain, people, maildir }));
  const child = spawn('unshare', ['-m', 'sh', '-c', apart, program, file], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid as number;
  watchPid(pid);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const ended = once(child, 'exit').then(() => forgetPid(pid));
  const until = Date.now() + mostStartMs;
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill();
      throw new Error(`OpenSMTPD does not start:\n${lines.join('\n')}`);
    }
    await sleep(50);
  }
  return {
    port,
    lines,
    async messages() {
      const box = join(maildir, 'new');
      const names = await readdir(box).catch(() => []);
      return Promise.all(names.map((name) => readFile(join(box, name))));
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

interface Wanted {
  port: number;
  domain: string;
  people: readonly string[];
  maildir: string;
}

const configuration = ({ port, domain, people, maildir }: Wanted): string => `
table people { ${people.map((name) => `"${name}" = "${user.name}"`).join(', ')} }
listen on 127.0.0.1 port ${port} hostname ${domain}
action "keep" maildir "${maildir}" virtual <people>
match from any for domain "${domain}" action "keep"
`;

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false)).once('connect', () => socket.end(() => resolve(true)));
  });
