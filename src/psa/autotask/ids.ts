/** Ids are strings on our side and numbers at Autotask; a string sent as an id finds nothing (fact sheet §2.4). */

/** A record id; 0 is the MSP's own company. Undefined if the text is not one. */
export function recordId(text: string): number | undefined {
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

/** A picklist value; may be negative (§5.3). Undefined if the text is not one. */
export function picklistId(text: string): number | undefined {
  return /^(0|-?[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined;
}

/** Parts of a list, for Autotask's limit of conditions in one query (§2.4). */
export function chunk<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size));
}
