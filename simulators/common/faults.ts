import { type Random, seededRandom } from './random.ts';

/** How a faulty answer looks. `ok` is the right answer, for faults that only delay or commit late. */
const faultAnswers = [
  'ok',
  'hang',
  'reset',
  'status',
  'truncate',
  'noId',
  'drip',
  'rewrite',
  'emptyResult',
  'ignoreFilter',
  'flood',
  'bigHeader',
] as const;

const faultKinds = ['beforeCommit', 'afterCommit', 'lateCommit'] as const;

const idForms = ['null', 'missing', 'emptyBody', 'nullBody', 'array', 'text', 'zero', 'unsafe'] as const;

/**
 * What goes wrong. beforeCommit: answered without doing anything. afterCommit: done, then answered wrongly.
 * lateCommit: answered wrongly at once, done after `commitAfterMs`, whatever became of the connection.
 */
export type Fault = {
  kind: (typeof faultKinds)[number];
  answer: (typeof faultAnswers)[number];
  /** Wait before the answer. With beforeCommit and `ok` the wait is before the work. */
  delayMs: number;
  commitAfterMs: number;
  status: number;
  body: string;
  contentType: string;
  headers: Record<string, string>;
  /** truncate: announce the full length, then close the connection (true), or end a shorter answer properly. */
  withLength: boolean;
  /** noId: what stands where the id should be. */
  form: (typeof idForms)[number];
  /** drip: milliseconds between two bytes. */
  everyMs: number;
  /** flood: bytes of the (decoded) body; bigHeader: bytes of one header. */
  bytes: number;
  /** flood: send it gzip-encoded. */
  gzip: boolean;
  /** rewrite: members of the answer, at any depth, to leave out, to rename, or to turn from number to text and back. */
  drop: string[];
  rename: Record<string, string>;
  retype: string[];
};

type FaultMatch = { method?: string; path?: string; body?: string; nth: number; every: number };

export type FaultRule = {
  id: number;
  match: FaultMatch;
  fault: Fault;
  /** How often it strikes. */
  times: number | 'always';
  /** Chance that a matching request is struck, from the seed. */
  rate: number;
  matched: number;
  applied: number;
};

export type FaultedRequest = { method: string; path: string; body: string };

type ArmedRule = FaultRule & { pathPattern: RegExp | undefined; random: Random };

/** The faults that are set. The first rule that matches a request and is due strikes it. */
export class Faults {
  #rules: ArmedRule[] = [];
  #lastId = 0;

  get active(): number {
    return this.#rules.filter((rule) => !isSpent(rule)).length;
  }

  /** Arms a rule as it comes from the control API. Returns the rule, or a sentence that says what is wrong with it. */
  add(input: unknown, seed: number): FaultRule | string {
    const parsed = parseRule(input);
    if (typeof parsed === 'string') return parsed;
    this.#lastId += 1;
    const rule: ArmedRule = {
      ...parsed.rule,
      id: this.#lastId,
      matched: 0,
      applied: 0,
      pathPattern: parsed.pathPattern,
      random: seededRandom(seed + this.#lastId),
    };
    this.#rules.push(rule);
    return describe(rule);
  }

  list(): FaultRule[] {
    return this.#rules.map(describe);
  }

  /** Forgets all rules and starts again with their numbers, and so with their random choices. */
  clear(): void {
    this.#rules = [];
    this.#lastId = 0;
  }

  /** The fault that strikes this request, counted as applied. */
  strike(request: FaultedRequest): Fault | undefined {
    if (this.#rules.length === 0) return undefined;
    for (const rule of this.#rules) {
      if (isSpent(rule) || !matches(rule, request)) continue;
      rule.matched += 1;
      const isDue =
        rule.matched >= rule.match.nth && (rule.matched - rule.match.nth) % rule.match.every === 0;
      if (!isDue || (rule.rate < 1 && rule.random() >= rule.rate)) continue;
      rule.applied += 1;
      return rule.fault;
    }
    return undefined;
  }
}

function isSpent(rule: FaultRule): boolean {
  return rule.times !== 'always' && rule.applied >= rule.times;
}

function matches(rule: ArmedRule, request: FaultedRequest): boolean {
  const { method, body } = rule.match;
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (rule.pathPattern !== undefined && !rule.pathPattern.test(request.path)) return false;
  return body === undefined || request.body.includes(body);
}

function describe(rule: FaultRule): FaultRule {
  const { id, match, fault, times, rate, matched, applied } = rule;
  return { id, match, fault, times, rate, matched, applied };
}

type Members = Record<string, unknown>;

const faultDefaults: Fault = {
  kind: 'beforeCommit',
  answer: 'status',
  delayMs: 0,
  commitAfterMs: 0,
  status: 500,
  body: '',
  contentType: 'application/json; charset=utf-8',
  headers: {},
  withLength: true,
  form: 'null',
  everyMs: 1000,
  bytes: 100_000_000,
  gzip: false,
  drop: [],
  rename: {},
  retype: [],
};

function parseRule(
  input: unknown,
): { rule: Omit<FaultRule, 'id' | 'matched' | 'applied'>; pathPattern: RegExp | undefined } | string {
  if (!isMembers(input)) return 'a fault is an object {match, fault, times, rate}';
  const stray = strayKey(input, ['match', 'fault', 'times', 'rate']);
  if (stray) return `unknown member ${stray}`;
  const match = input.match ?? {};
  if (!isMembers(match)) return 'match is an object';
  const strayMatch = strayKey(match, ['method', 'path', 'body', 'nth', 'every']);
  if (strayMatch) return `unknown member match.${strayMatch}`;
  const fault = parseFault(input.fault);
  if (typeof fault === 'string') return fault;
  const rate = input.rate ?? 1;
  if (typeof rate !== 'number' || rate < 0 || rate > 1) return 'rate is a number from 0 to 1';
  const times = input.times ?? (rate < 1 ? 'always' : 1);
  if (times !== 'always' && !(Number.isInteger(times) && Number(times) > 0)) {
    return 'times is a number from 1, or "always"';
  }
  for (const key of ['nth', 'every']) {
    const value = match[key] ?? 1;
    if (!Number.isInteger(value) || Number(value) < 1) return `match.${key} is a number from 1`;
  }
  let pathPattern: RegExp | undefined;
  try {
    pathPattern = match.path === undefined ? undefined : new RegExp(String(match.path), 'i');
  } catch (error) {
    return `match.path is no regular expression: ${(error as Error).message}`;
  }
  const full = { nth: 1, every: 1, ...match } as FaultMatch;
  return {
    rule: { match: full, fault, rate, times: times as number | 'always' },
    pathPattern,
  };
}

function parseFault(input: unknown): Fault | string {
  if (!isMembers(input)) return 'fault is an object {kind, answer, …}';
  const stray = strayKey(input, [...Object.keys(faultDefaults), 'retryAfter']);
  if (stray) return `unknown member fault.${stray}`;
  const { retryAfter, ...members } = input;
  const fault = { ...faultDefaults, ...members } as Fault;
  if (!faultKinds.includes(fault.kind)) return `fault.kind is one of ${faultKinds.join(', ')}`;
  if (!faultAnswers.includes(fault.answer)) return `fault.answer is one of ${faultAnswers.join(', ')}`;
  if (fault.kind === 'lateCommit' && fault.answer === 'ok') return 'a lateCommit cannot be answered ok';
  if (!idForms.includes(fault.form)) return `fault.form is one of ${idForms.join(', ')}`;
  for (const [key, value] of Object.entries(faultDefaults)) {
    if (typeof value !== typeof fault[key as keyof Fault]) return `fault.${key} is a ${typeof value}`;
    if (Array.isArray(value) !== Array.isArray(fault[key as keyof Fault]))
      return `fault.${key} has the wrong form`;
  }
  if (retryAfter !== undefined) fault.headers = { ...fault.headers, 'retry-after': String(retryAfter) };
  return fault;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strayKey(members: Members, known: readonly string[]): string | undefined {
  return Object.keys(members).find((key) => !known.includes(key));
}
