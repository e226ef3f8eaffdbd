/** What the API answers when it does not do what was asked (RFC 9457), as an error that says what to do. */

/** One wrong field of a form. */
export interface FieldError {
  field: string;
  code: string;
  message: string;
  /** How many it is about, where the message counts something. */
  count?: number;
  /** Of a template: the place, from 0, and what is wrong there. */
  mistake?: { at: number; what: string };
}

/** Who was there last, as the audit of Herald has it. */
export interface LastChange {
  by: string;
  /** ISO time. */
  at: string;
}

interface ProblemAnswer {
  status: number;
  code: string;
  detail: string;
  errors?: FieldError[];
  lastChange?: LastChange;
}

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

  constructor({ status, code, detail, errors, lastChange }: ProblemAnswer, retryAfterSeconds?: number) {
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
  const answer = (await response.json().catch(() => undefined)) as Partial<ProblemAnswer> | undefined;
  if (answer?.code === undefined || answer.detail === undefined) {
    const detail = `Herald answered with an error (${response.status}). Try again; if it stays, look into its log.`;
    return new Problem({ status: response.status, code: 'unclear', detail }, retryAfterSeconds);
  }
  return new Problem({ ...(answer as ProblemAnswer), status: response.status }, retryAfterSeconds);
}

/** Any error as a problem: what was thrown by our own code is told as it is. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: 'unclear', detail });
}
