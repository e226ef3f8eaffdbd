/** What is older than a workspace keeps it is removed, little by little. */
export { createRetention } from './retention.ts';
