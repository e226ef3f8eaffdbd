/** Checks requests against their zod schemas, and says what is wrong in one sentence per member. */
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { type FieldError, invalid, notFound, Problem } from '../errors.ts';

type Issue = z.core.$ZodIssue;

/** A reader stops after so many; nobody reads more. */
const mostErrors = 50;
const longestName = 100;

/**
 * Bodies with bad members are 422 `invalid`, queries and headers 400 `invalidQuery`. An id of the wrong form in the
 * path is 404: there is no such thing.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    // Fastify hands on null for a body that is absent.
    const given = httpPart === 'body' && data === null ? undefined : data;
    const result = schema.safeParse(given, { reportInput: true });
    return result.success ? { value: result.data } : { error: problemOf(httpPart, result.error) };
  };
};

function problemOf(httpPart: string | undefined, error: z.ZodError): Problem {
  if (httpPart === 'params') return notFound('thing');
  const errors = toFieldErrors(error);
  if (httpPart === 'body') return invalid(errors);
  return new Problem(400, 'invalidQuery', errors.map(({ message }) => message).join(' '), { errors });
}

/** One entry per member that is wrong, in the order in which zod found them. */
export function toFieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => fromIssue(issue, [])).slice(0, mostErrors);
}

function fromIssue(issue: Issue, above: readonly PropertyKey[]): FieldError[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const field = pathOf([...path, key]);
      return { field, code: 'unknown', message: `${field} is not known here.` };
    });
  }
  if (issue.code === 'invalid_union') {
    const closest = closestBranch(issue.errors);
    if (closest) return closest.flatMap((inner) => fromIssue(inner, path));
  }
  const field = pathOf(path);
  return [{ field, ...explain(issue, field === '' ? 'The body' : field) }];
}

/** The branch of a union that got deepest: the one that was meant. None if all failed at the value itself. */
function closestBranch(branches: readonly Issue[][]): Issue[] | undefined {
  return branches.find(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type'),
  );
}

function explain(issue: Issue, name: string): { code: string; message: string } {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return { code: 'required', message: `${name} is required.` };
      return {
        code: 'invalidType',
        message: `${name} must be ${typeNames[issue.expected] ?? issue.expected}.`,
      };
    case 'too_big':
      return { code: 'tooBig', message: `${name} ${limitOf(issue.origin, 'at most', issue.maximum)}.` };
    case 'too_small':
      if (issue.origin === 'string' && Number(issue.minimum) === 1) {
        return { code: 'required', message: `${name} must not be empty.` };
      }
      return { code: 'tooSmall', message: `${name} ${limitOf(issue.origin, 'at least', issue.minimum)}.` };
    case 'invalid_value':
      return {
        code: 'invalidValue',
        message: `${name} must be one of: ${issue.values.map(String).join(', ')}.`,
      };
    case 'invalid_format': {
      const form = formNames[issue.format];
      return {
        code: 'invalid',
        message: form === undefined ? `${name} does not have the right form.` : `${name} must be ${form}.`,
      };
    }
    case 'custom':
      return { code: String(issue.params?.code ?? 'invalid'), message: `${name} ${issue.message}` };
    default:
      return { code: 'invalid', message: `${name} does not have the right form.` };
  }
}

const typeNames: Partial<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object',
  null: 'null',
};

const formNames: Partial<Record<string, string>> = {
  date: 'a day such as 2026-11-30',
  datetime: 'a time such as 2026-11-30T08:00:00Z',
  email: 'an e-mail address',
};

function limitOf(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `takes ${bound} ${limit} characters`;
  if (origin === 'array') return `takes ${bound} ${limit} entries`;
  return `must be ${bound} ${limit}`;
}

/** `mappings[3].accountId`. Names that a sender made up are shortened, and shown without control characters. */
function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += (text === '' ? '' : '.') + nameOf(String(part));
  }
  return text;
}

const nameOf = (name: string): string => name.slice(0, longestName).replace(/[^\x20-\x7e]/g, '?');

/**
 * Refuses members that a schema does not name (ASVS 15.3.3, promises I-27), unless the schema says what may stand
 * there. Only the outermost object: inner ones are declared with `z.strictObject`.
 */
export function closed(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return (closed(schema.unwrap()) as z.ZodType).optional();
  if (!(schema instanceof z.ZodObject)) return schema;
  return schema.def.catchall === undefined ? schema.strict() : schema;
}
