/** The one door to the audit: an entry is written in the transaction of its change, or the change fails. */
import type { Tx } from '../db/database.ts';
import type { Action } from './actions.ts';
import { hashOf } from './chain.ts';
import { differenceOf } from './difference.ts';
import { appendEntry, lockHead } from './store.ts';
import type { By, Members, Target } from './types.ts';

/** What was done, to what. */
export interface Deed {
  action: Action;
  target: Target;
  /** The thing as the API shows it, which is without secrets; left out where it is made or removed. */
  before?: Members | undefined;
  after?: Members | undefined;
}

/**
 * Adds an entry to the chain of the workspace. Call it last in the transaction: the next entry waits for its end.
 * Of `before` and `after` only what differs is kept.
 */
export async function record(tx: Tx, workspaceId: string, by: By, deed: Deed): Promise<void> {
  const { who, address, reason } = by;
  const { action, target } = deed;
  const { head, at } = await lockHead(tx, workspaceId);
  const difference = differenceOf(deed.before, deed.after);
  const entry = { workspaceId, n: head.n + 1, at, who, address, action, target, ...difference, reason };
  await appendEntry(tx, { ...entry, previousHash: head.hash, hash: hashOf(entry, head.hash) });
}
