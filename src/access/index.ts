/** Who may do what: API keys with their scopes, people with their roles. */
export { type Access, createAccess } from './access.ts';
export { createPeople } from './people/index.ts';
export { apiKeyRoutes } from './routes.ts';
