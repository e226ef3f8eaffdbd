/** The release before the code at hand: an upgrade is tested from it. */
import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, temporaryDir } from '../harness/processes.ts';

const run = promisify(execFile);

/**
 * Tags of releases, newest first. `PREVIOUS_RELEASE` names any commit in their place, to try an upgrade before there is a
 * release.
 */
export async function releases(): Promise<string[]> {
  const named = process.env.PREVIOUS_RELEASE;
  if (named) return [named];
  const { stdout } = await run('git', ['tag', '--list', 'v*', '--sort=-version:refname'], {
    cwd: root,
  }).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((tag) => /^v\d+\.\d+\.\d+$/.test(tag));
}

/** The headings of releases in the change log, newest first. */
export async function releasesInChangelog(): Promise<string[]> {
  const text = await readFile(join(root, 'CHANGELOG.md'), 'utf8');
  return [...text.matchAll(/^## (.+)$/gm)].flatMap(([, heading]) =>
    heading === undefined || heading === 'Unreleased' ? [] : [heading],
  );
}

/** The code of a release in a directory of its own, with the packages that are installed here. */
export async function checkOut(tag: string): Promise<string> {
  const dir = await temporaryDir('release');
  await run('sh', ['-c', 'git archive --format=tar "$1" | tar -x -C "$2"', 'sh', tag, dir], { cwd: root });
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}
