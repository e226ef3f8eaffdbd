/** Configured PSAs: sealed credentials, checks, mappings, ticket settings, pause, the server half of the wizard. */
export {
  type BudgetRow,
  budgetColumns,
  budgetSchema,
  toBudget,
  toWaiting,
  waitingSchema,
} from './budget.ts';
export { type Connections, connectionRoutes, createConnections } from './connections.ts';
