/** The subject of a mail about one alert. */
import { fallbackTitle, render, storedTemplate, type TemplateScope, truncate } from '../templates/index.ts';
import { line } from './foreign.ts';

/** Mail programs show far less; servers take more. */
const mostOfSubject = 250;

/**
 * One line of at most 250 UTF-16 units, never empty, rendered once (promises I-12, I-18, I-19). A template that is no
 * longer acceptable gives way to the alert's title: the mail matters more than its subject.
 *
 * @param mark stands in brackets before it, for example TEST
 */
export function subjectOf(template: string, scope: TemplateScope, mark?: string): string {
  const compiled = storedTemplate(template);
  const subject = compiled ? render(compiled, scope) : fallbackTitle(scope);
  return line(mark === undefined ? subject : `[${mark}] ${truncate(subject, mostOfSubject)}`, mostOfSubject);
}
