/** What the API answers when it does not do what was asked (RFC 9457), as an error that says what to do. */
import type { FieldError, LastChange } from '../../../src/errors.ts';
import type { ProblemAnswer } from '../../../src/http/problems.ts';

/** One wrong field of a form; who was there last, as the audit of Herald has it. */
export type { FieldError, LastChange };

type Said = Omit<ProblemAnswer, 'type' | 'title'>;

/** Thrown by every call that was not answered with success. `message` is a sentence for people. */
export class Problem extends Error {
  readonly status: number;
  /** Stable; what to do is decided by it, never by the text. */
  readonly code: string;
  readonly errors: readonly FieldError[];
  /** Seconds after which it is worth trying again. */
  readonly retryAfterSeconds: number | undefined;
  /** Of a change that somebody else has overtaken. */
  readonly lastChange: LastChange | undefined;

  constructor({ status, code, detail, errors, lastChange }: Said, retryAfterSeconds?: number) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors ?? [];
    this.retryAfterSeconds = retryAfterSeconds;
    this.lastChange = lastChange;
  }
}

/** Herald was not reached, or what answered is not Herald. */
export const unreachable = (): Problem =>
  new Problem({
    status: 0,
    code: 'unreachable',
    detail: 'Herald does not answer. Check the connection; what you typed is still here.',
  });

/** What an answer that is no success says. */
export async function problemOf(response: Response): Promise<Problem> {
  const wait = Number(response.headers.get('retry-after'));
  const retryAfterSeconds = Number.isFinite(wait) && wait > 0 ? wait : undefined;
  const answer = (await response.json().catch(() => undefined)) as Partial<Said> | undefined;
  if (answer?.code === undefined || answer.detail === undefined) {
    const detail = `Herald answered with an error (${response.status}). Try again; if it stays, look into its log.`;
    return new Problem({ status: response.status, code: 'unclear', detail }, retryAfterSeconds);
  }
  return new Problem({ ...(answer as Said), status: response.status }, retryAfterSeconds);
}

/** Any error as a problem: what was thrown by our own code is told as it is. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: 'unclear', detail });
}
