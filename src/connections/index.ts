/** Configured PSAs: sealed credentials, checks, mappings, ticket settings, pause, the server half of the wizard. */
export { type Connections, connectionRoutes, createConnections } from './connections.ts';
