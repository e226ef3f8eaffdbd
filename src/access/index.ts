/** Who may do what: API keys and their scopes. */
export { type Access, createAccess } from './access.ts';
export { apiKeyRoutes } from './routes.ts';
export type { Scope } from './scopes.ts';
export type { Actor } from './types.ts';
