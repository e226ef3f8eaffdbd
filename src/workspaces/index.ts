/** An MSP's own settings; every row belongs to one workspace. */
export { ensureDefaultWorkspace } from './ensureDefault.ts';
export { workspaceRoutes } from './routes.ts';
