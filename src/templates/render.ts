/** Rendering a compiled template: a join of field values, one line, never empty. */
import { type CompiledTemplate, compileTemplate, type TemplatePart } from './compile.ts';
import { oneLine } from './oneLine.ts';
import type { TemplateScope } from './scope.ts';
import { truncate } from './truncate.ts';

/** No PSA title and no mail subject is longer; a value of megabytes must not cost more (promises I-11). */
const maxValueLength = 1000;

/**
 * One line (promises I-12): the template's text with the values of its fields, rendered once, so that alert text with
 * `{{` in it appears literally (I-19). Never empty: falls back to the alert's title, then to its source and id.
 */
export function render(template: CompiledTemplate, scope: TemplateScope): string {
  let text = '';
  for (const part of template.parts) text += typeof part === 'string' ? part : renderField(part, scope);
  return oneLine(text) || fallbackTitle(scope);
}

/** What stands where a subject would be empty or its template is unusable. */
export function fallbackTitle({ alert }: TemplateScope): string {
  return (
    oneLine(truncate(alert.title, maxValueLength)) ||
    oneLine(`Alert ${truncate(alert.source, maxValueLength)} ${truncate(alert.externalId, maxValueLength)}`)
  );
}

function renderField({ field, filters }: Exclude<TemplatePart, string>, scope: TemplateScope): string {
  let value = truncate(field.read(scope) ?? '', maxValueLength);
  for (const { rule, args } of filters) value = rule.apply(value, args);
  return value;
}

/** The paths of the fields that a template names, sorted, each once. */
export function fieldsOf(template: CompiledTemplate): string[] {
  return template.fields.map(({ path }) => path);
}

/** Longest template text that any setting may hold. */
export const maxTemplateLength = 2000;
const maxRemembered = 2000;
const remembered = new Map<string, CompiledTemplate | undefined>();

/** The compiled form of a stored template, remembered; undefined when it is not (or no longer) acceptable. */
export function storedTemplate(text: string): CompiledTemplate | undefined {
  if (remembered.has(text)) return remembered.get(text);
  const compiled = compileTemplate(text, { maxLength: maxTemplateLength });
  const template = compiled.ok ? compiled.template : undefined;
  // The oldest goes first: the map must not grow with every template that was ever tried.
  if (remembered.size >= maxRemembered) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(text, template);
  return template;
}

/** A stored template filled; of one that can no longer be read, the title stands in. */
export function renderStored(text: string, scope: TemplateScope): string {
  const template = storedTemplate(text);
  return template ? render(template, scope) : fallbackTitle(scope);
}
