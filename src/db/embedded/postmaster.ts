import { type ChildProcess, spawn } from 'node:child_process';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { lastComplaint, programEnvironment } from './cluster.ts';
import { ask, loginConnection } from './connection.ts';
import { EmbeddedError } from './errors.ts';
import type { Log } from './log.ts';
import type { Passwords } from './passwords.ts';
import { disownStaleFiles, readPidFile } from './pidFile.ts';
import { isPostmasterOf, signal } from './processes.ts';
import type { ServerUser } from './serverUser.ts';
import { fixedOptions } from './settings.ts';

/** Everything that is needed to run one cluster. */
export type Cluster = {
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly socketDir: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly passwords: Passwords;
  readonly log: Log;
};

/** A postmaster that answers, and the directory of its socket. */
export type Postmaster = { readonly pid: number; readonly socketDir: string };

const pollMs = 20;
/** How long processes of an earlier run may hold the cluster before we give up. */
const heldMs = 30_000;
/** Recovery after a crash replays up to max_wal_size, on a slow disk for minutes. */
const recoveryMs = 15 * 60_000;
/** A running server whose socket file was removed never answers again. */
const silentMs = 3_000;
const fastStopMs = 30_000;
const immediateStopMs = 10_000;

/**
 * Finds a server that outlived the Herald which started it. One that cannot be used (another version, its socket gone)
 * is stopped, a stale pid file is no obstacle: both answer `undefined`, and a new server can be launched.
 *
 * @throws EmbeddedError when it refuses our password.
 */
export async function adoptOrphan(cluster: Cluster): Promise<Postmaster | undefined> {
  const { clusterDir, log } = cluster;
  const found = await readPidFile(clusterDir);
  if (found === undefined) return undefined;
  if (!(await isPostmasterOf(found.pid, clusterDir))) return undefined;
  if (await answersAsOurs(found, cluster)) {
    // It may run with the settings of an older Herald: let it read what we have just written.
    signal(found.pid, 'SIGHUP');
    log.info(`Adopted the running PostgreSQL (process ${found.pid}).`);
    return found;
  }
  await stopPostmaster(found.pid, clusterDir);
  return undefined;
}

/** True when the orphan can be used; false when it has ended or has to go. */
async function answersAsOurs(found: Postmaster, cluster: Cluster): Promise<boolean> {
  // Set anew, so the running server cannot know them.
  if (cluster.passwords.isNew) return false;
  const deadline = Date.now() + recoveryMs;
  let lastHeard = Date.now();
  while (Date.now() < deadline && Date.now() - lastHeard < silentMs) {
    const answer = await ask(loginConnection(found.socketDir, cluster.passwords));
    if (answer.kind === 'ready') return answer.version === cluster.binaries.version;
    if (answer.kind === 'refused') {
      throw new EmbeddedError(
        `The running database of ${cluster.dataDir} refuses Herald (${answer.reason}): bring back postgres.password in that directory, or remove it to have a new one set.`,
      );
    }
    if (answer.kind === 'busy') lastHeard = Date.now();
    if (!(await isPostmasterOf(found.pid, cluster.clusterDir))) return false;
    await sleep(pollMs);
  }
  return false;
}

/**
 * Starts a server and waits until it answers. It runs in a session of its own, so that Ctrl-C in the terminal does not
 * end it before Herald has drained, and it outlives a Herald that is killed.
 *
 * @throws EmbeddedError when it gives up, or when an earlier run holds the cluster for longer than 30 s.
 */
export async function launch(cluster: Cluster): Promise<Postmaster> {
  const deadline = Date.now() + heldMs;
  for (let tries = 0; ; tries += 1) {
    await disownStaleFiles(cluster.clusterDir, cluster.socketDir, cluster.user);
    const child = await spawnPostmaster(cluster);
    if (await answers(child, cluster)) return { pid: child.pid!, socketDir: cluster.socketDir };
    const output = await readOutput(cluster);
    const isHeld = /pre-existing shared memory block|lock file .* already exists/.test(output);
    if (!isHeld) throw new EmbeddedError(startFailure(output, cluster));
    if (Date.now() > deadline) {
      throw new EmbeddedError(
        `The database in ${cluster.clusterDir} is still held by processes of an earlier run (${lastComplaint(output)}): end them and start again.`,
      );
    }
    if (tries === 0) cluster.log.warn('Waiting for database processes of an earlier run to end.');
    await sleep(200);
  }
}

async function spawnPostmaster(cluster: Cluster): Promise<ChildProcess> {
  const { binaries, clusterDir, user } = cluster;
  // A file and not a pipe: the server goes on when we are killed, and a broken pipe would disturb it.
  const output = await open(startLog(cluster), 'w', 0o600);
  try {
    const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
    const args = ['-D', clusterDir, ...fixedOptions(cluster.socketDir)];
    const child = spawn(binaries.postgres, args, {
      cwd: '/',
      env: programEnvironment,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      ...as,
    });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

/** Waits until the server answers; false when it has ended instead. */
async function answers(child: ChildProcess, cluster: Cluster): Promise<boolean> {
  const deadline = Date.now() + recoveryMs;
  let nextNotice = Date.now() + 10_000;
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await ask(loginConnection(cluster.socketDir, cluster.passwords));
    if (answer.kind === 'ready') return true;
    if (answer.kind === 'refused' || Date.now() > deadline) {
      await stopPostmaster(child.pid!, cluster.clusterDir);
      const why = answer.kind === 'refused' ? answer.reason : 'it did not answer for 15 minutes';
      throw new EmbeddedError(
        `The database in ${cluster.clusterDir} cannot be used (${why}): see ${cluster.clusterDir}/log.`,
      );
    }
    if (Date.now() > nextNotice) {
      cluster.log.info('PostgreSQL is still recovering from an earlier crash.');
      nextNotice += 10_000;
    }
    await sleep(pollMs);
  }
  return false;
}

function startFailure(output: string, cluster: Cluster): string {
  return `PostgreSQL does not start (${lastComplaint(output)}): see ${startLog(cluster)} and ${cluster.clusterDir}/log.`;
}

/** What the latest start has written: first to its start log and, once it has opened them, to its own log files. */
async function readOutput(cluster: Cluster): Promise<string> {
  const early = await readFile(startLog(cluster), 'utf8');
  if (!early.includes('redirecting log output')) return early;
  const dir = join(cluster.clusterDir, 'log');
  const paths = (await readdir(dir)).map((name) => join(dir, name));
  const ages = await Promise.all(paths.map(async (path) => ({ path, mtimeMs: (await stat(path)).mtimeMs })));
  const newest = ages.sort((a, b) => b.mtimeMs - a.mtimeMs)[0];
  const text = newest === undefined ? '' : await readFile(newest.path, 'utf8');
  return text.slice(text.lastIndexOf('starting PostgreSQL'));
}

function startLog(cluster: Cluster): string {
  return join(cluster.dataDir, 'postgres.start.log');
}

/**
 * Ends a server: open transactions are rolled back and a checkpoint is written; after 30 s without that it stops at once
 * and recovers at its next start. Nothing acknowledged is lost either way.
 *
 * @throws EmbeddedError when it survives even that.
 */
export async function stopPostmaster(pid: number, clusterDir: string): Promise<void> {
  for (const [name, waitMs] of [
    ['SIGINT', fastStopMs],
    ['SIGQUIT', immediateStopMs],
  ] as const) {
    if (!(await isPostmasterOf(pid, clusterDir))) return;
    signal(pid, name);
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (!(await isPostmasterOf(pid, clusterDir))) return;
      await sleep(pollMs);
    }
  }
  throw new EmbeddedError(`PostgreSQL (process ${pid}) does not stop: end it by hand.`);
}
