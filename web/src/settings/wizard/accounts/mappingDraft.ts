/** Changed rows that the server does not have yet; every step knows of them. */
import type { LastChange } from '../../../api/problem.ts';
import { createRowDrafts } from '../../../drafts/rowDrafts.ts';
import type { Kept, Sent } from './draftRows.ts';

export interface MappingDraft {
  kept: Kept;
  /** Rows that are on their way, as they were sent. */
  sent: Sent;
  /** Why the server did not take a row, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Who was first when somebody else has changed one of these rows. */
  lastChange: LastChange | undefined;
  /** Saves that run or wait for their turn. */
  saves: number;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
}

export const {
  read: readDraft,
  change: changeDraft,
  use: useMappingDraft,
} = createRowDrafts<MappingDraft>('mappings', {
  kept: [],
  sent: new Map(),
  refused: new Map(),
  lastChange: undefined,
  saves: 0,
  problem: undefined,
});
