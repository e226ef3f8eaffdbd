/**
 * JSON without silent changes of numbers (promises I-20): a number that JavaScript would print differently is kept
 * as a raw JSON object, which `JSON.stringify` prints as it came. Raw objects do not survive `structuredClone`.
 */
declare global {
  interface JSON {
    rawJSON(source: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}

export interface RawNumber {
  readonly rawJSON: string;
}

/** Longer numbers than any database column could hold again are refused rather than rounded. */
const maxNumberLength = 1_000;
const maxExponent = 9_999;

export type LosslessResult =
  | { ok: true; value: unknown }
  | { ok: false; code: 'malformedJson' | 'forbiddenKey' | 'numberTooLarge' };

/** The careful way to read JSON, about three times as slow as `JSON.parse`. */
export function readLossless(text: string): LosslessResult {
  let problem: 'forbiddenKey' | 'numberTooLarge' | undefined;
  const keepNumbers = (key: string, value: unknown, context?: { source?: string }): unknown => {
    if (key === '__proto__') problem = 'forbiddenKey';
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || JSON.stringify(value) === source) return value;
    if (isTooLarge(source)) problem = 'numberTooLarge';
    return JSON.rawJSON(source);
  };
  try {
    const value: unknown = JSON.parse(text, keepNumbers);
    return problem ? { ok: false, code: problem } : { ok: true, value };
  } catch {
    return { ok: false, code: 'malformedJson' };
  }
}

/** Reads JSON that we stored ourselves, numbers as they were. Throws on anything that {@link readLossless} refuses. */
export function parseLossless(text: string): unknown {
  const result = readLossless(text);
  if (!result.ok) throw new Error(`Stored JSON cannot be read: ${result.code}`);
  return result.value;
}

/** Writes JSON with raw numbers as they came. */
export function stringify(value: unknown): string {
  return JSON.stringify(value);
}

/** A number as its sender spelled it; nothing if the value is none. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === 'number') return JSON.stringify(value);
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

function isTooLarge(source: string): boolean {
  const mark = source.search(/[eE]/);
  const exponent = mark < 0 ? 0 : Math.abs(Number(source.slice(mark + 1)));
  return source.length > maxNumberLength || exponent > maxExponent;
}
