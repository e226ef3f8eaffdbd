/** "key=value" settings of a connection's step → the values that its PSA declares. Pure. */
import { CommandError } from './errors.ts';
import { parseJson, readFlag, splitPair } from './input.ts';

/** A setting as GET /psa/kinds declares it; what commands use of it. */
export interface DeclaredField {
  key: string;
  label: string;
  step: string;
  kind: string;
  required?: boolean;
  help?: string;
}

export type Values = Record<string, unknown>;

/**
 * `before` with the settings put in. Numbers and switches become what the API takes, a severity is `priorities.high=1`,
 * and "none" empties a setting (for a priority: no ticket). Lists and rules are given as JSON.
 * @throws CommandError for a secret, which would stay in the history of the shell, and for unknown keys
 */
export function applySettings(
  fields: readonly DeclaredField[],
  before: Values,
  settings: readonly string[],
): Values {
  const values: Values = { ...before };
  for (const setting of settings) {
    const [path, text] = splitPair(setting);
    const [key = '', part] = path.split('.', 2);
    const field = fields.find((one) => one.key === key);
    if (!field) {
      const known = fields.filter(({ kind }) => kind !== 'secret').map((one) => one.key);
      throw new CommandError(`"${key}" is no setting of this step; there are: ${known.join(', ')}.`);
    }
    if (part === undefined) setWhole(values, field, text);
    else values[key] = withPart(values[key], field, part, text);
  }
  return values;
}

function setWhole(values: Values, field: DeclaredField, text: string): void {
  const value = readWhole(field, text);
  if (value === undefined) delete values[field.key];
  else values[field.key] = value;
}

function readWhole({ key, kind, label }: DeclaredField, text: string): unknown {
  switch (kind) {
    case 'secret':
      throw new CommandError(
        `${key} (${label}) is a secret and is not taken from the command line: leave it out to be asked for it, or give it with --file.`,
      );
    case 'switch':
      return readFlag(key, text);
    case 'dayOfMonth':
      return text === 'none' ? undefined : readNumber(key, text);
    case 'text':
    case 'template':
      return text;
    case 'select':
    case 'account':
    case 'contact':
    case 'service':
      return text === 'none' ? undefined : text;
    default:
      return text === 'none' ? null : parseJson(text, key);
  }
}

function withPart(before: unknown, { key, kind }: DeclaredField, part: string, text: string): unknown {
  const whole = typeof before === 'object' && before !== null ? before : {};
  if (kind === 'severityMap') return { ...whole, [part]: text === 'none' ? null : text };
  if (kind === 'severityHours') return { ...whole, [part]: readNumber(`${key}.${part}`, text) };
  throw new CommandError(`${key} has no parts: give it as ${key}=….`);
}

function readNumber(name: string, text: string): number {
  const number = Number(text);
  if (text !== '' && Number.isFinite(number)) return number;
  throw new CommandError(`${name} takes a number, not "${text}".`);
}
