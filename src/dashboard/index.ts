/** The dashboard: one look at the state of delivery. */
export { dashboardRoutes } from './routes.ts';
