/** Where the demo keeps its data: a temporary directory that goes at the end, unless it is to be kept. */
import { lstat, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CommandError } from '../cli/errors.ts';
import { startEmbedded } from '../db/embedded/index.ts';

export interface DataDirectory {
  path: string;
  /** Removes it if it is temporary. Call it when nothing runs in it any more. */
  remove(): Promise<void>;
}

const name = /^herald-demo-(\d+)-/;

/** The directory is named after this process, so that a later demo can tell whether it is still in use. */
export async function openDirectory(keep: string | undefined): Promise<DataDirectory> {
  if (keep !== undefined) return { path: await openKept(keep), remove: async () => {} };
  await removeLeftovers();
  const path = await mkdtemp(join(await realpath(tmpdir()), `herald-demo-${process.pid}-`));
  return { path, remove: () => removeAll(path) };
}

/** The demo sets a workspace up from nothing, so what an earlier one has kept is not its place. */
async function openKept(keep: string): Promise<string> {
  const path = resolve(keep);
  const content = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new CommandError(`The directory ${path} cannot be used (${error.code}).`);
  });
  if (content.length === 0) return path;
  throw new CommandError(
    `The directory ${path} is not empty: choose a new one. (To look at kept data: HERALD_DATA_DIR=${path} npx herald serve.)`,
  );
}

/**
 * A demo that was killed outright leaves its directory and a running PostgreSQL. Both go when the next demo starts;
 * until then they are idle.
 */
async function removeLeftovers(): Promise<void> {
  const parent = await realpath(tmpdir());
  for (const entry of await readdir(parent).catch(() => [])) {
    const pid = Number(name.exec(entry)?.[1] ?? Number.NaN);
    const path = join(parent, entry);
    if (Number.isNaN(pid) || isAlive(pid) || !(await isOurs(path))) continue;
    // What cannot be cleaned up now is no reason not to start.
    await endDatabase(path)
      .then(() => removeAll(path))
      .catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** The temporary directory is shared: another user's directory is left alone, and so is a link to anywhere. */
async function isOurs(path: string): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  return info?.isDirectory() === true && info.uid === process.getuid?.();
}

async function endDatabase(path: string): Promise<void> {
  if (!(await readdir(path)).includes('postgres.password')) return;
  const own = await startEmbedded({ dataDir: path, log: { info: () => {}, warn: () => {} } });
  await own.stop();
}

/** With it goes the cluster that had to be put elsewhere, because its user could not enter the directory. */
async function removeAll(path: string): Promise<void> {
  const elsewhere = await readFile(join(path, 'postgres.location'), 'utf8').catch(() => undefined);
  if (elsewhere !== undefined) await rm(dirname(elsewhere.trim()), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
}
