import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedError } from './errors.ts';
import { ignoreMissing, makeDir } from './files.ts';
import { canEnter, isRoot, letServerThrough, type ServerUser } from './serverUser.ts';
import { port } from './settings.ts';

/** Longest path of a Unix socket in bytes that every platform takes (108 on Linux, 104 on macOS, less a margin). */
const longestSocketPath = 100;

/** Where copies of programs and clusters go that the server's user could not reach below the data directory. */
export const defaultSystemDir = '/var/lib/herald';

/** Creates the data directory if need be and answers with its real path, the same for every way to write it. */
export async function openDataDir(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  // The parents get ordinary rights: they may lead to other things than ours.
  await mkdir(dirname(path), { recursive: true });
  await makeDir(path, 0o700);
  return realpath(path);
}

/** The cluster's directory as an earlier start left it, or where a new one would go if everything can be reached. */
export async function recordedClusterDir(dataDir: string): Promise<string> {
  const recorded = await readFile(locationFile(dataDir), 'utf8').catch(ignoreMissing);
  if (recorded === undefined) return join(dataDir, 'postgres');
  const clusterDir = recorded.trim();
  if (await exists(clusterDir)) return clusterDir;
  throw new EmbeddedError(
    `The database of ${dataDir} belongs in ${clusterDir} but is not there: bring it back, or remove ${locationFile(dataDir)} to start with an empty one.`,
  );
}

/**
 * Chooses the cluster's directory: below the data directory, unless the server's user cannot get there (a parent is
 * private, as /root is); then below `systemDir`, with the file `postgres.location` in the data directory telling where.
 */
export async function chooseClusterDir(
  dataDir: string,
  systemDir: string,
  user: ServerUser | undefined,
): Promise<string> {
  const recorded = await recordedClusterDir(dataDir);
  if (recorded !== join(dataDir, 'postgres') || user === undefined) return recorded;
  await letServerThrough(dataDir, user);
  if (await canEnter(dataDir, user)) return recorded;
  if (await exists(recorded)) throw unreachable(dataDir, user);
  const dir = join(systemDir, hashOf(dataDir));
  await makeDir(systemDir, 0o755);
  await makeDir(dir, 0o755);
  if (!(await canEnter(dir, user))) throw unreachable(dataDir, user);
  return join(dir, 'postgres');
}

/** Records a cluster outside the data directory; called once it is complete. */
export async function recordClusterDir(dataDir: string, clusterDir: string): Promise<void> {
  if (dirname(clusterDir) === dataDir) return;
  await writeFile(locationFile(dataDir), `${clusterDir}\n`, { mode: 0o600 });
}

/**
 * A private directory for the server's socket: beside the data, or below the temporary directory when that path is too
 * long or out of reach.
 *
 * @throws EmbeddedError when the directory below the temporary one belongs to somebody else.
 */
export async function openSocketDir(dataDir: string, user: ServerUser | undefined): Promise<string> {
  const beside = join(dataDir, 'postgres.socket');
  if (fits(beside) && (user === undefined || (await canEnter(dataDir, user))))
    return openPrivateDir(beside, user);
  const name = `herald-${hashOf(dataDir)}`;
  const below = [tmpdir(), '/tmp'].map((parent) => join(parent, name)).find(fits);
  if (below === undefined)
    throw new EmbeddedError('The temporary directory has too long a name: set TMPDIR.');
  return openPrivateDir(below, user);
}

async function openPrivateDir(dir: string, user: ServerUser | undefined): Promise<string> {
  await makeDir(dir, 0o700);
  // Not followed: in a shared directory somebody else may have put a link under this name.
  const info = await lstat(dir);
  const owners = [process.getuid?.(), user?.uid];
  if (!info.isDirectory() || !owners.includes(info.uid)) {
    throw new EmbeddedError(
      `The socket directory ${dir} belongs to somebody else: remove it, or set TMPDIR.`,
    );
  }
  if ((info.mode & 0o777) !== 0o700) await chmod(dir, 0o700);
  if (user !== undefined && isRoot() && info.uid !== user.uid) await chown(dir, user.uid, user.gid);
  return dir;
}

function fits(dir: string): boolean {
  return Buffer.byteLength(join(dir, `.s.PGSQL.${port}`)) <= longestSocketPath;
}

function hashOf(dataDir: string): string {
  return createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
}

function locationFile(dataDir: string): string {
  return join(dataDir, 'postgres.location');
}

function unreachable(dataDir: string, user: ServerUser): EmbeddedError {
  return new EmbeddedError(
    `The system user ${user.name}, who runs PostgreSQL, cannot reach ${dataDir}: choose a data directory that it can enter.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(ignoreMissing)) !== undefined;
}
