/** Account filters as they stand in the address: `accountType:1,3;classification:2`. */
import type { AccountFilters } from '../offers/queries.ts';

/** Only filters that the kind declares count. */
export function readFilters(text: string | undefined, known: readonly { key: string }[]): AccountFilters {
  const filters: Record<string, string[]> = {};
  for (const part of text?.split(';') ?? []) {
    const [key = '', values = ''] = part.split(':');
    const wanted = values.split(',').filter((value) => value !== '');
    if (wanted.length > 0 && known.some((one) => one.key === key)) filters[key] = wanted;
  }
  return filters;
}

/** Undefined when nothing is filtered. */
export function writeFilters(filters: AccountFilters): string | undefined {
  const parts = Object.entries(filters)
    .filter(([, values]) => values.length > 0)
    .map(([key, values]) => `${key}:${values.join(',')}`);
  return parts.length > 0 ? parts.join(';') : undefined;
}
