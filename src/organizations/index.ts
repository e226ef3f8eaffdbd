/** Organizations: customer environments on our side, with their references and switches. */
export { organizationRoutes } from './routes.ts';
export { listUnassigned } from './unassigned.ts';
