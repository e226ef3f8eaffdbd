import { execFile } from 'node:child_process';
import { chmod, chown, lchown, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError } from './errors.ts';

/** The system user that the server runs as. PostgreSQL refuses root, so it is set only when Herald runs as root. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number };

/** Users to try, the best first: the distribution's own, then the one that every system has. */
const candidates = ['postgres', 'nobody'];

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Chooses who runs the server: nobody but ourselves unless we are root; as root the owner of the existing cluster, so
 * that a cluster made by an ordinary user stays usable for that user, else `postgres` or `nobody`.
 */
export async function chooseServerUser(clusterDir: string): Promise<ServerUser | undefined> {
  if (!isRoot()) return undefined;
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  }
  const users = parsePasswd(await readFile('/etc/passwd', 'utf8'));
  const chosen = candidates.map((name) => users.find((user) => user.name === name)).find(Boolean);
  if (chosen === undefined) {
    throw new EmbeddedError(
      'PostgreSQL does not run as root and there is no system user "postgres" or "nobody": run Herald as an ordinary user, or set DATABASE_URL.',
    );
  }
  return chosen;
}

/** The users of an /etc/passwd, without those whose ids cannot be read and without root's. */
export function parsePasswd(text: string): ServerUser[] {
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((parts) => parts.length >= 4 && /^-?\d+$/.test(parts[2]!) && /^-?\d+$/.test(parts[3]!))
    .map((parts) => ({ name: parts[0]!, uid: Number(parts[2]) >>> 0, gid: Number(parts[3]) >>> 0 }))
    .filter((user) => user.uid !== 0);
}

/** True when that user can enter the directory; tried for real, because modes alone do not tell (ACLs, mounts). */
export function canEnter(dir: string, user: ServerUser): Promise<boolean> {
  const as = { uid: user.uid, gid: user.gid };
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', 'cd -- "$1"', 'sh', dir], { cwd: '/', ...as }, (error) =>
      resolve(error === null),
    );
  });
}

/**
 * Lets the server's user walk through our private directory: the group becomes the server's, with the right to enter and
 * nothing else. A directory that has rights for a group or for others already is left as its owner made it.
 */
export async function letServerThrough(dir: string, user: ServerUser): Promise<void> {
  const { uid, mode } = await stat(dir);
  if (uid !== 0 || (mode & 0o077) !== 0) return;
  await chown(dir, 0, user.gid);
  await chmod(dir, 0o710);
}

/** Gives a directory and everything in it to the server's user; links are changed themselves, never followed. */
export async function giveTo(user: ServerUser, path: string): Promise<void> {
  const info = await lstat(path);
  if (info.uid !== user.uid || info.gid !== user.gid) await lchown(path, user.uid, user.gid);
  if (!info.isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(user, join(path, name));
}
