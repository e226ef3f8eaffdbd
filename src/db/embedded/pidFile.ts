import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing, replaceFile } from './files.ts';
import { isPostmasterOf } from './processes.ts';
import type { ServerUser } from './serverUser.ts';
import { port } from './settings.ts';

/** What a postmaster writes into its cluster: itself and the directory of its socket. */
export type PidFile = { readonly pid: number; readonly socketDir: string };

/** The server that postmaster.pid names; whether it lives is another question. */
export async function readPidFile(clusterDir: string): Promise<PidFile | undefined> {
  return readLines(join(clusterDir, 'postmaster.pid'));
}

/** The lines are pid, data directory, start, port, socket directory, address, shared memory, state. */
async function readLines(path: string): Promise<PidFile | undefined> {
  const lines = (await readFile(path, 'utf8').catch(ignoreMissing))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, socketDir: lines[4] ?? '' } : undefined;
}

/**
 * Makes PostgreSQL take the left-over lock files of a dead server for stale. By itself it does not when their pid now
 * belongs to another program of the same user, or to a zombie that nobody has collected (as in a container without init).
 *
 * postmaster.pid is kept, since the server learns from it whether processes of the earlier run still use the shared
 * memory, and gets our own pid: a starting server ignores its parent. The lock of the socket tells nothing more and goes.
 */
export async function disownStaleFiles(
  clusterDir: string,
  socketDir: string,
  user: ServerUser | undefined,
): Promise<void> {
  const pidFile = join(clusterDir, 'postmaster.pid');
  if (await isStale(pidFile, clusterDir)) {
    const text = await readFile(pidFile, 'utf8');
    await replaceFile(pidFile, text.replace(/^.*/, String(process.pid)), user);
  }
  const socketLock = join(socketDir, `.s.PGSQL.${port}.lock`);
  if (await isStale(socketLock, clusterDir)) await rm(socketLock, { force: true });
}

async function isStale(path: string, clusterDir: string): Promise<boolean> {
  const pid = (await readLines(path))?.pid;
  return pid !== undefined && !(await isPostmasterOf(pid, clusterDir));
}
