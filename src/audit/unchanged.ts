import type { IncomingHttpHeaders } from 'node:http';
import type { Tx } from '../db/database.ts';
import { type LastChange, Problem } from '../errors.ts';
import { isMeantFor } from '../http/index.ts';
import { type EntryFilter, listEntries } from './store.ts';

/** What is to be changed: the revision that its row has now, and which entries of the audit are about it. */
export interface Unchanged {
  revision: number;
  entries: EntryFilter;
}

/**
 * Judges `If-Match`. Call it inside the transaction of the change, on the revision that the row has now.
 * @throws Problem 412 when the header names another revision; it says who was there last, and when
 */
export async function checkUnchanged(
  tx: Tx,
  workspaceId: string,
  request: { headers: IncomingHttpHeaders },
  { revision, entries }: Unchanged,
): Promise<void> {
  if (isMeantFor(request, revision)) return;
  const [entry] = await listEntries(tx, workspaceId, { ...entries, limit: 1 });
  const lastChange = entry && { by: entry.who.name, at: entry.at.toISOString() };
  const message = `It was changed meanwhile${inWords(lastChange)}. Load it again and repeat the change.`;
  throw new Problem(412, 'changedMeanwhile', message, { lastChange });
}

const inWords = (last: LastChange | undefined): string =>
  last ? `, last by ${last.by} on ${last.at.slice(0, 10)} at ${last.at.slice(11, 16)} UTC` : '';
