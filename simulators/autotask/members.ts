/** The members of a JSON object by lower-case name: the API does not mind the case of keys. */
export type Members = ReadonlyMap<string, unknown>;

export function membersOf(value: unknown): Members | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

/** The members of a JSON text; undefined when it is no JSON object. */
export function parseMembers(text: string): Members | undefined {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}
