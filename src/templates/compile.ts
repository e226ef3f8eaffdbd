/**
 * Turns a template's text into a short list of parts, or into refusals that point at the character. Liquid's own
 * tokenizer reads the text; nothing of Liquid runs afterwards, so a compiled template can do no more than join
 * field values (decision 13, promises M11, I-18).
 */
import { type Token, Tokenizer, TokenKind } from 'liquidjs';
import { findTemplateField, type TemplateField } from './fields.ts';
import { type FilterRule, findTemplateFilter, maxTruncateLength, templateFilters } from './filters.ts';

/** Something refused: where (UTF-16 offset in the template's text) and what would be allowed. */
export interface TemplateError {
  at: number;
  message: string;
}

interface FilterCall {
  rule: FilterRule;
  args: (string | number)[];
}

/** Literal text, or one output: a field's value through filters. */
export type TemplatePart = string | { field: TemplateField; filters: FilterCall[] };

export interface CompiledTemplate {
  text: string;
  parts: readonly TemplatePart[];
  /** The named fields, each once, sorted by path. */
  fields: readonly TemplateField[];
}

export type CompiledOrErrors =
  | { ok: true; template: CompiledTemplate }
  | { ok: false; errors: TemplateError[] };

/** A reader stops after so many errors; nobody reads more. */
const maxErrors = 20;
const maxFiltersPerField = 8;
const plainPath = /^[A-Za-z_][\w-]*(\.[\w-]+)*$/;

/** Checks and compiles a template of at most `maxLength` UTF-16 units. Never throws. */
export function compileTemplate(text: string, { maxLength }: { maxLength: number }): CompiledOrErrors {
  if (text.trim() === '') return refusal(0, 'Write a subject, for example: {{ alert.title }}');
  if (text.length > maxLength) {
    return refusal(maxLength, `The template is longer than ${maxLength} characters.`);
  }
  const tokens = readTokens(text);
  if ('message' in tokens) return { ok: false, errors: [tokens] };
  const errors: TemplateError[] = [];
  const parts: TemplatePart[] = [];
  for (const token of tokens) {
    const part = readPart(text, token);
    if (typeof part !== 'string' && 'at' in part) errors.push(part);
    else parts.push(part);
    if (errors.length === maxErrors) break;
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, template: { text, parts, fields: namedFields(parts) } };
}

function readTokens(text: string): Token[] | TemplateError {
  try {
    return new Tokenizer(text).readTopLevelTokens();
  } catch (error) {
    const at = errorPosition(error) ?? 0;
    const opening = text.startsWith('{%', at) ? '{%' : '{{';
    return { at, message: `This ${opening} is never closed. ${allowed}` };
  }
}

function readPart(text: string, token: Token): TemplatePart | TemplateError {
  if (token.kind === TokenKind.HTML) return (token as Token & { getContent(): string }).getContent();
  if (token.kind === TokenKind.Output) {
    return readOutput(text, (token as Token & { contentRange: [number, number] }).contentRange);
  }
  return { at: token.begin, message: `Tags ({% … %}) are not allowed. ${allowed}` };
}

function readOutput(text: string, range: [number, number]): TemplatePart | TemplateError {
  const reader = new Tokenizer(text, undefined, undefined, range);
  let value: ReturnType<Tokenizer['readFilteredValue']>;
  try {
    value = reader.readFilteredValue();
  } catch (error) {
    return { at: errorPosition(error) ?? range[0], message: `This cannot be read. ${allowed}` };
  }
  const field = readField(text, value.initial.postfix, range[0]);
  if ('message' in field) return field;
  if (reader.p < range[1]) return { at: reader.p, message: `This is not expected here. ${allowed}` };
  return readFilters(field, value.filters);
}

function readField(text: string, operands: Token[], begin: number): TemplateField | TemplateError {
  const [operand, second] = [...operands].sort((a, b) => a.begin - b.begin);
  if (!operand) return { at: begin, message: `A field is missing here. ${allowed}` };
  const path = text.slice(operand.begin, operand.end);
  if (operand.kind !== TokenKind.PropertyAccess || !plainPath.test(path)) {
    return { at: operand.begin, message: `Only plain field names can stand here. ${allowed}` };
  }
  if (second) return { at: second.begin, message: `Only one field can stand in {{ }}. ${allowed}` };
  const field = findTemplateField(path);
  return field ?? { at: operand.begin, message: `There is no field ${path}. ${allowed}` };
}

interface ReadFilter extends Token {
  name: string;
  args: unknown[];
}

function readFilters(field: TemplateField, read: ReadFilter[]): TemplatePart | TemplateError {
  const filters: FilterCall[] = [];
  for (const one of read) {
    const rule = findTemplateFilter(one.name);
    if (!rule) return { at: one.begin, message: `There is no filter ${one.name}. ${allowedFilters}` };
    if (filters.length === maxFiltersPerField) {
      return { at: one.begin, message: `A field takes at most ${maxFiltersPerField} filters.` };
    }
    const args = readArguments(rule, one);
    if ('message' in args) return args;
    filters.push({ rule, args });
  }
  return { field, filters };
}

function readArguments(rule: FilterRule, { args, begin }: ReadFilter): (string | number)[] | TemplateError {
  if (args.length < rule.required || args.length > rule.args.length) {
    return { at: begin, message: `Write ${rule.help}.` };
  }
  const values: (string | number)[] = [];
  for (const [index, arg] of args.entries()) {
    const value = readArgument(rule.args[index] ?? 'text', arg);
    if (value === undefined) return { at: argumentPosition(arg) ?? begin, message: `Write ${rule.help}.` };
    values.push(value);
  }
  return values;
}

/** A literal of the wanted kind, or undefined. Pairs (`name: value`) and fields are no literals. */
function readArgument(kind: 'text' | 'length', arg: unknown): string | number | undefined {
  const token = arg as Token & { content?: unknown };
  if (kind === 'text') {
    return token.kind === TokenKind.Quoted && typeof token.content === 'string' ? token.content : undefined;
  }
  const length = token.kind === TokenKind.Number ? Number(token.content) : Number.NaN;
  return Number.isInteger(length) && length >= 1 && length <= maxTruncateLength ? length : undefined;
}

function argumentPosition(arg: unknown): number | undefined {
  const token = Array.isArray(arg) ? arg[1] : arg;
  return (token as Token | undefined)?.begin;
}

function namedFields(parts: readonly TemplatePart[]): TemplateField[] {
  const byPath = new Map<string, TemplateField>();
  for (const part of parts) if (typeof part !== 'string') byPath.set(part.field.path, part.field);
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Liquid's errors carry the token at which they arose; others (a stack that ran full) carry none. */
function errorPosition(error: unknown): number | undefined {
  const token = (error as { token?: { begin?: unknown } } | undefined)?.token;
  return typeof token?.begin === 'number' ? token.begin : undefined;
}

function refusal(at: number, message: string): CompiledOrErrors {
  return { ok: false, errors: [{ at, message }] };
}

const allowed = 'Allowed are text and documented fields, such as {{ alert.user.email }}.';
const allowedFilters = `Allowed are ${templateFilters.map(({ name }) => name).join(', ')}.`;
