import { type By, type Deed, record } from '../../audit/index.ts';
import type { PeopleDatabase, Tx } from '../../db/database.ts';

/**
 * The audit's entry of a change of people, in the transaction of that change: the role of people may not write it, the
 * application may.
 */
export function recordChange(
  people: PeopleDatabase,
  tx: Tx,
  workspaceId: string,
  by: By,
  deed: Deed,
): Promise<void> {
  return people.asApplication(tx, workspaceId, (app) => record(app, workspaceId, by, deed));
}
