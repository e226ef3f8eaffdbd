/** What a key may do: send alerts, read everything, change everything. `admin` includes all others. */
export const scopes = ['intake', 'read', 'admin'] as const;
/** What keys are made with. */
export type KeyScope = (typeof scopes)[number];
/** What a route asks for. `operate` is the daily work on what exists: retry, pause, try out. */
export type Scope = KeyScope | 'operate';

export function hasScope(actor: { scopes: readonly Scope[] }, scope: Scope): boolean {
  return actor.scopes.includes(scope) || actor.scopes.includes('admin');
}
