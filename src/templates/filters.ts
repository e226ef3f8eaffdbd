/**
 * The few filters that a template may use. Each is bounded by the length of its input, which is why templates may
 * run in the main thread (promises M11, I-18). Meanings follow Liquid, except that truncate never splits a character.
 */
import { truncate } from './truncate.ts';

/** A filter's declaration: how many arguments of which kind, and what it makes of a value. */
export interface FilterRule {
  name: string;
  help: string;
  /** In order; arguments after `required` may be left out. */
  args: readonly ('text' | 'length')[];
  required: number;
  apply(value: string, args: readonly (string | number)[]): string;
}

/** `truncate` counts UTF-16 units; longer than this no subject is anywhere. */
export const maxTruncateLength = 1000;
const maxEllipsisLength = 20;

export const templateFilters: readonly FilterRule[] = [
  rule('default', 'default: "text" stands in for an empty value', ['text'], 1, (value, args) =>
    value.trim() === '' ? String(args[0]) : value,
  ),
  rule('truncate', 'truncate: 40 cuts to 40 characters', ['length', 'text'], 1, (value, args) =>
    truncate(value, Number(args[0]), String(args[1] ?? '…').slice(0, maxEllipsisLength)),
  ),
  rule('upcase', 'upcase makes capitals', [], 0, (value) => value.toUpperCase()),
  rule('downcase', 'downcase makes small letters', [], 0, (value) => value.toLowerCase()),
  rule('capitalize', 'capitalize makes the first letter a capital, the rest small', [], 0, capitalize),
  rule('strip', 'strip removes spaces at both ends', [], 0, (value) => value.trim()),
];

const byName = new Map(templateFilters.map((one) => [one.name, one]));

/** The rule of a filter name, or undefined when templates may not use it. */
export function findTemplateFilter(name: string): FilterRule | undefined {
  return byName.get(name);
}

function capitalize(value: string): string {
  const [first = ''] = value;
  return first.toUpperCase() + value.slice(first.length).toLowerCase();
}

function rule(
  name: string,
  help: string,
  args: FilterRule['args'],
  required: number,
  apply: FilterRule['apply'],
): FilterRule {
  return { name, help, args, required, apply };
}
