/** What users can cause; `src/http` maps each to an answer in one place. Everything else is a surprise and throws. */

export interface FieldError {
  /** Path of the member, for example `accounts.catchAllAccountId` or `alerts[3].severity`. */
  field: string;
  code: string;
  message: string;
  /** How many it is about, where the message counts something. */
  count?: number;
  /** Of a template: where, and what is wrong there. */
  mistake?: TemplateMistake;
}

export interface TemplateMistake {
  /** The place in UTF-16 units, from 0. */
  at: number;
  /** The sentence of the message, without the names of the member and the place. */
  what: string;
}

/** Who was there last: what one wants to know when somebody else was first. */
export interface LastChange {
  /** The name of the person or program. */
  by: string;
  /** ISO time. */
  at: string;
}

/** An answer that says what is wrong and what to do, with a stable code (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly lastChange: LastChange | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { errors?: FieldError[]; retryAfterSeconds?: number; lastChange?: LastChange | undefined } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.lastChange = more.lastChange;
  }
}

export const notFound = (what: string): Problem => new Problem(404, 'notFound', `There is no such ${what}.`);

export const invalid = (errors: FieldError[]): Problem =>
  new Problem(422, 'invalid', errors.map((error) => error.message).join(' '), { errors });

/** A reason not to start: printed as one sentence, exit code 1, never a stack. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartupError';
  }
}
