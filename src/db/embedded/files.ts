import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename } from 'node:fs/promises';
import type { ServerUser } from './serverUser.ts';

/**
 * Writes a file beside and renames it, so that it is never half there. It is created anew and not through whatever has
 * its name, because as root we write into a directory of the server's user.
 */
export async function replaceFile(path: string, text: string, user?: ServerUser): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (user !== undefined) await file.chown(user.uid, user.gid);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** For `catch`: a missing file is `undefined`, everything else stays an error. */
export function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Makes a directory with exactly these rights, whatever the umask; one that is there already stays as it is. */
export async function makeDir(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
