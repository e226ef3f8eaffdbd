/**
 * A sabotage turns a guard of the product off by a change of its source text at load time, and names the test that must
 * then fail (promises §3.1). A test that stays green without its guard proves nothing.
 */
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface Change {
  /** From the project's directory. */
  file: string;
  /** Exact text that occurs once in the file. */
  find: string;
  replace: string;
}

export interface Sabotage {
  name: string;
  /** File of the test that must turn red. */
  test: string;
  /** What its verdict must say, so that it is red for this reason and no other (verdict.ts). */
  verdict: RegExp;
  /** What one of its findings must say as well, where the verdict counts them only. */
  finding?: RegExp;
  changes: readonly Change[];
}

/** The source without the guard. @throws Error when the text to change is not there exactly once */
export function sabotaged(source: string, { file, find, replace }: Change): string {
  const count = source.split(find).length - 1;
  if (count !== 1)
    throw new Error(`${file} has the guard's text ${count} times: ${find.trim().split('\n')[0]}`);
  return source.replace(find, () => replace);
}

/** A module of the product as a sabotaged run loads it; undefined when nothing of it is changed. */
export function withoutGuard({ changes }: Sabotage, path: string, source: () => string): string | undefined {
  const here = changes.filter(({ file }) => path === root + file);
  return here.length === 0 ? undefined : here.reduce(sabotaged, source());
}
