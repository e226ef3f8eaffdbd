/** What a command is given to send: from a file or standard input, never from the command line where it is secret. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { notFlag, parseFlag } from '../organizations/importRows.ts';
import { CommandError } from './errors.ts';

/** The text of a file; "-" is standard input. @throws CommandError when it cannot be read */
export async function readText(file: string): Promise<string> {
  try {
    const text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandError(`${file} cannot be read (${code ?? message}).`);
  }
}

/** @throws CommandError when it is not a JSON object */
export async function readObject(file: string): Promise<Record<string, unknown>> {
  const value = parseJson(await readText(file), nameOf(file));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new CommandError(`${nameOf(file)} must hold one JSON object.`);
}

/** @throws CommandError that names the place when it is not JSON; nothing of the text is repeated */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${name} is not JSON.`);
  }
}

const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);

/** "key=value" in its two halves. @throws CommandError */
export function splitPair(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new CommandError(`"${text}" is not of the form key=value.`);
}

/** Yes and no as people write them. @throws CommandError */
export function readFlag(name: string, text: string): boolean {
  const flag = parseFlag(text);
  if (flag === undefined) throw new CommandError(notFlag(name, text));
  return flag;
}

/** For commander: gathers an option that may be given several times. */
export const gather = (value: string, before: readonly string[] = []): string[] => [...before, value];
