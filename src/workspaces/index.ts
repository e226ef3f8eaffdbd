/** An MSP's own settings; every row belongs to one workspace. */
export { ensureDefaultWorkspace } from './ensureDefault.ts';
export { workspaceRoutes } from './routes.ts';
export { listWorkspaces } from './store.ts';
export { workspaceTurns } from './turns.ts';
