/** The list of crash points, read from the sources, and what the sources must keep to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../processes.ts';

export interface CrashPoint {
  name: string;
  /** From the project's directory. */
  file: string;
}

/** Source texts by path from the project's directory; tests are not among them. */
export function readSources(): Map<string, string> {
  const names = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const files = names
    .map((name) => join('src', name).replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/(fixtures|testing)\//.test(file));
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** Every point, in the order of the files. */
export function crashPointsIn(sources: ReadonlyMap<string, string>): CrashPoint[] {
  return [...sources].flatMap(([file, text]) =>
    [...text.matchAll(/\bcrashPoint\('([^']+)'\)/g)].map(([, name = '']) => ({ name, file })),
  );
}

/** A call that has an effect outside the process, or leads to one. */
export interface EffectRule {
  what: string;
  call: RegExp;
  /** Where the rule holds. */
  files: RegExp;
}

/** Calls of these kinds without a point before and after them in their function: `file:line what`. */
export function uncovered(sources: ReadonlyMap<string, string>, rules: readonly EffectRule[]): string[] {
  return [...sources].flatMap(([file, text]) =>
    rules
      .filter(({ files }) => files.test(file))
      .flatMap(({ what, call }) =>
        callsIn(text, call)
          .filter((at) => !isReadOnly(text, at) && !isBetweenPoints(text, at))
          .map((at) => `${file}:${text.slice(0, at).split('\n').length} ${what}`),
      ),
  );
}

const callsIn = (text: string, call: RegExp): number[] =>
  [...text.matchAll(new RegExp(call, 'g'))].map(({ index }) => index);

const point = /\bcrashPoint\('/;

function isBetweenPoints(text: string, at: number): boolean {
  const [from, to] = functionAround(text, at);
  const end = endOfStatement(text, at);
  // A COMMIT follows the last line of what the transaction does, so its point may stand within the call.
  return point.test(text.slice(from, end)) && point.test(text.slice(end, to));
}

/** A transaction that only calls functions named as reads are named has no effect to lose. */
function isReadOnly(text: string, at: number): boolean {
  const statement = text.slice(at, endOfStatement(text, at));
  if (!/^\w*\.?(inWorkspace|unfenced)\b/.test(statement)) return false;
  const steps = [...statement.matchAll(/\b(\w+(?:\.\w+)?)\(tx\b/g)].map(([, name = '']) => name);
  const queries = [...statement.matchAll(/tx\.query(?:<[^(]*>)?\(\s*[`']\s*(\w+)/g)].map(
    ([, verb = '']) => verb,
  );
  const reads = /^(load|list|find|count|is|has|next|read|must)[A-Z]|^settings\.inStep$/;
  if (steps.length + queries.length === 0) return false;
  return steps.every((name) => reads.test(name)) && queries.every((verb) => verb === 'select');
}

/** Where the brackets that open at or after this place are closed again. */
function endOfStatement(text: string, at: number): number {
  let depth = 0;
  for (let i = text.indexOf('(', at); i < text.length; i += 1) {
    if ('([{'.includes(text[i] as string)) depth += 1;
    if (')]}'.includes(text[i] as string)) depth -= 1;
    if (depth === 0) return i + 1;
  }
  return text.length;
}

/** The named function or method around this place, by the indentation that the formatter keeps. */
function functionAround(text: string, at: number): [from: number, to: number] {
  const before = text.slice(0, at).split('\n');
  let indent = indentOf(before.at(-1) ?? '');
  for (let n = before.length - 1; n >= 0; n -= 1) {
    const line = before[n] as string;
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    indent = indentOf(line);
    if (
      !/\bfunction\b|^\s*(async )?\w+(<[^>]*>)?\(.*\{$|^\s*\): .*\{$/.test(line) ||
      /^\s*(if|for|while|switch)\b/.test(line)
    )
      continue;
    const from = before.slice(0, n).join('\n').length;
    const closing = text.indexOf(`\n${' '.repeat(indent)}}`, at);
    return [from, closing < 0 ? text.length : closing];
  }
  return [0, text.length];
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
