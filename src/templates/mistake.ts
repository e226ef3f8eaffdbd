import type { TemplateMistake } from '../errors.ts';
import type { TemplateError } from './compile.ts';

/** The first thing that is wrong with a template, as the error of the field with this label says it. */
export function mistakeIn(
  label: string,
  [first]: readonly TemplateError[],
): { message: string; mistake: TemplateMistake } {
  const { at = 0, message: what = 'This cannot be read.' } = first ?? {};
  return { message: `${label}, character ${at + 1}: ${what}`, mistake: { at, what } };
}
