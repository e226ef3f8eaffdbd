/** Contracts that were chosen and are not stored yet. */
import { createRowDrafts } from '../../../drafts/rowDrafts.ts';
import type { Kept } from './rows.ts';

export interface ContractDraft {
  kept: Kept;
  /** Why the server did not take a row, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Saves that run or wait for their turn. */
  saves: number;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
}

export const {
  read: readDraft,
  change: changeDraft,
  use: useContractDraft,
} = createRowDrafts<ContractDraft>('contracts', {
  kept: [],
  refused: new Map(),
  saves: 0,
  problem: undefined,
});
