import type { Database } from '../db/database.ts';

/** What the routes of this slice work with. */
export interface ReceiptParts {
  db: Database;
  /** Says that these channels have something to do now. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
}
