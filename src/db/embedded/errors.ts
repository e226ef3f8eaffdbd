/**
 * The embedded PostgreSQL cannot be started or used. The message is one sentence for the operator that says what is wrong
 * and what to do; it is printed without a stack.
 */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError';
}

/** Problems of the file system that an operator can mend, in words. */
const fileProblems: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a part of the path is not a directory',
  ELOOP: 'the path contains a circle of symbolic links',
  ENAMETOOLONG: 'the path is too long',
  EIO: 'the disk reports an error',
};

/** Turns a refusal of the file system into a sentence about the data directory; every other error comes back as it is. */
export function explainFileError(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error) || error instanceof EmbeddedError) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const problem = code === undefined ? undefined : fileProblems[code];
  if (problem === undefined) return error;
  // What was to be made in a directory that is none helps nobody.
  const isNamed = path !== undefined && path !== dataDir && code !== 'ENOTDIR';
  const where = isNamed ? ` at ${path}` : '';
  return new EmbeddedError(
    `The data directory ${dataDir} cannot be used (${problem}${where}): give Herald a directory that it may write to.`,
    { cause: error },
  );
}
