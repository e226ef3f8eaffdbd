import { asProblem, type FieldError } from '../api/problem.ts';

/** What the server says about one field of a form; undefined when it has nothing against it. */
export function errorAt(error: unknown, field: string): string | undefined {
  return errorsAt(error, field)[0]?.message;
}

/** All of it. */
export function errorsAt(error: unknown, field: string): FieldError[] {
  if (!error) return [];
  return asProblem(error).errors.filter((one) => one.field === field);
}
