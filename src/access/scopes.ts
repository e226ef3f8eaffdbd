/** What a key may do: send alerts, read everything, change everything. `admin` includes the others. */
export const scopes = ['intake', 'read', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export function hasScope(actor: { scopes: readonly Scope[] }, scope: Scope): boolean {
  return actor.scopes.includes(scope) || actor.scopes.includes('admin');
}
