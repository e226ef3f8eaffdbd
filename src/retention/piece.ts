/** What one transaction has removed, and where the next one begins. */
export interface Piece {
  /** Rows by what they are: alerts, writes, … */
  removed: Readonly<Record<string, number>>;
  /** Undefined: nothing is left to look at. */
  next: string | undefined;
}

/** SQL: what was not touched since then is too old; `w` is the row of its workspace. */
export const cutoff = 'now() - make_interval(days => w.retention_days)';
