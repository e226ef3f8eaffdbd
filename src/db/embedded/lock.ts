import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError } from './errors.ts';
import { processStart } from './processes.ts';

/** Who holds a data directory: a pid, and when that process was started, because pids are used again. */
type Holder = { readonly pid: number; readonly startedAt: string };

/**
 * Takes the data directory for this process until the returned function is called. A lock whose process has died is
 * taken over.
 *
 * @throws EmbeddedError when another living Herald, or an earlier start in this process, holds it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, 'herald.lock');
  const holder: Holder = { pid: process.pid, startedAt: (await processStart(process.pid)) ?? '' };
  const draft = join(dataDir, `herald.lock.${process.pid}.${randomUUID()}`);
  // Written beside and then linked: a lock that can be seen is always complete.
  await writeFile(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  try {
    for (let tries = 0; !(await linkNew(draft, path)); tries += 1) {
      await removeIfStale(path, dataDir);
      if (tries >= 20)
        throw new EmbeddedError(`The lock ${path} cannot be taken: remove it and start again.`);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return () => release(path, holder);
}

async function linkNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(path: string, dataDir: string): Promise<void> {
  await refuseIfAlive(await readHolder(path), dataDir);
  // Moved away first: of two processes that saw the stale lock only one gets it, and a fresh lock that was caught
  // instead goes back.
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  try {
    await refuseIfAlive(await readHolder(aside), dataDir);
  } catch (error) {
    await linkNew(aside, path);
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function refuseIfAlive(holder: Holder | undefined, dataDir: string): Promise<void> {
  if (holder === undefined || (await processStart(holder.pid)) !== holder.startedAt) return;
  throw new EmbeddedError(
    `Another Herald (process ${holder.pid}) uses the data directory ${dataDir}: stop it first, or set DATABASE_URL to run several on one database.`,
  );
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(path, 'utf8'));
    return Number.isInteger(pid) && typeof startedAt === 'string' ? { pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the lock only while it is ours. */
async function release(path: string, holder: Holder): Promise<void> {
  const current = await readHolder(path);
  if (current?.pid === holder.pid && current.startedAt === holder.startedAt) await rm(path, { force: true });
}
