import type { IncomingHttpHeaders } from 'node:http';
import { type By, checkUnchanged, type Deed, record, type Target } from '../../audit/index.ts';
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

/**
 * Judges `If-Match` by the revision that the thing has now.
 * @throws Problem 412, with who was there last as the audit says
 */
export function refuseStale(
  people: PeopleDatabase,
  tx: Tx,
  workspaceId: string,
  request: { headers: IncomingHttpHeaders },
  { revision, kind, id }: { revision: number } & Omit<Target, 'name'>,
): Promise<void> {
  const entries = { targetKind: kind, targetId: id };
  return people.asApplication(tx, workspaceId, (app) =>
    checkUnchanged(app, workspaceId, request, { revision, entries }),
  );
}
