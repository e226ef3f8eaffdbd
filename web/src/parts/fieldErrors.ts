import { asProblem } from '../api/problem.ts';

/** What the server says about one field of a form; undefined when it has nothing against it. */
export function errorAt(error: unknown, field: string): string | undefined {
  if (!error) return undefined;
  return asProblem(error).errors.find((one) => one.field === field)?.message;
}
