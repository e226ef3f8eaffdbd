/** Who changed what. Only what changes need is here; the routes are wired by main.ts. */
export { byOf, bySystem } from './by.ts';
export { type Deed, record } from './record.ts';
export type { By, Members, Target } from './types.ts';
export { checkUnchanged } from './unchanged.ts';
