import { workspaceTurns } from '../workspaces/index.ts';

/** Takes the turn of a workspace that nobody has gone over for an hour; undefined when there is none. */
export const takeTurn = workspaceTurns({ table: 'retention_turns', every: '1 hour' });
