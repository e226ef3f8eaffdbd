import { Why } from '../../../parts/Why.tsx';
import type { RowEdits } from './useRowEdits.ts';

interface RowsWhyProps {
  edits: Pick<RowEdits<unknown>, 'reason' | 'setReason'>;
  /** Why this person cannot change the rows. */
  whyNot: string | undefined;
}

/** At the head of a mapping table: asked once instead of with each row, which saves itself. */
export function RowsWhy({ edits, whyNot }: RowsWhyProps) {
  if (whyNot !== undefined) return null;
  return (
    <Why
      label="Why (optional)"
      description="Write it before you change rows: it stands in the audit with each change, until you empty it."
      value={edits.reason}
      onChange={edits.setReason}
    />
  );
}
