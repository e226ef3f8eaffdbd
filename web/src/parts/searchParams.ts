/** Readers of what stands in the address: anything that makes no sense there counts as not given. */

type Given = Record<string, unknown>;

/** A text; numbers are taken as they are written. */
export function textIn(given: Given, key: string): string | undefined {
  const value = given[key];
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** One of these values. */
export function oneIn<T extends string>(given: Given, key: string, values: readonly T[]): T | undefined {
  const value = textIn(given, key);
  return values.find((one) => one === value);
}

/** Several of these values, separated by commas. */
export function someIn<T extends string>(given: Given, key: string, values: readonly T[]): T[] | undefined {
  const wanted = textIn(given, key)?.split(',') ?? [];
  const found = values.filter((one) => wanted.includes(one));
  return found.length > 0 ? found : undefined;
}

/** Only what is given: the address names nothing that is not set. */
export function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
