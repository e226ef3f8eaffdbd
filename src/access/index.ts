/** Who may do what: API keys with their scopes, people with their roles. */
export { type Access, createAccess } from './access.ts';
export { createPeople } from './people/index.ts';
export { recentSignInNeeded } from './refusals.ts';
export { apiKeyRoutes } from './routes.ts';
export type { KeyScope } from './scopes.ts';
export type { Actor } from './types.ts';
