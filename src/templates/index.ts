/** Subjects and note titles (decision 13): templates over documented alert fields. Pure. */
export {
  type CompiledOrErrors,
  type CompiledTemplate,
  compileTemplate,
  type TemplateError,
} from './compile.ts';
export { type TemplateField, templateFields } from './fields.ts';
export { mistakeIn } from './mistake.ts';
export { oneLine } from './oneLine.ts';
export { mailSubjects, subjectPresets } from './presets.ts';
export { fallbackTitle, render, renderStored, storedTemplate } from './render.ts';
export type { TemplateScope } from './scope.ts';
export { truncate } from './truncate.ts';
