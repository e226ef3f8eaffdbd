/** A table that is imported: what is sent, what becomes of each row, and how it is applied piece by piece. */
import { z } from 'zod';
import type { Database, Tx } from '../db/database.ts';
import { invalid } from '../errors.ts';
import { changeSettings } from '../settings/index.ts';
import type { ReadTable } from './csv.ts';

const mostCharacters = 2_000_000;
const mostRows = 5_000;
/** Rows in one transaction: alerts wait at the door while the settings of a workspace change. */
const atOnce = 50;

/** Without `apply` it is only said what would happen. */
export const importBody = z.strictObject({
  csv: z.string().min(1).max(mostCharacters),
  apply: z.boolean().default(false),
});

const outcomes = ['make', 'change', 'refuse'] as const;

/** What became of a row, or would; what the row is about comes with it. */
export const importLine = z.object({
  row: z.int().meta({ description: 'As a spreadsheet counts, empty rows left out; the heading is row 1.' }),
  outcome: z.enum(outcomes),
  message: z.string().nullable().meta({ description: 'Why it is refused.' }),
});
export type ImportLine = z.output<typeof importLine>;

/** How often each outcome came. */
export const importCounts = z.object({ make: z.int(), change: z.int(), refuse: z.int() });

/** The answer of an import; `about` are the members that name a row to people. */
export const importAnswer = <About extends z.ZodRawShape>(about: About) =>
  z.object({ applied: z.boolean(), counts: importCounts, lines: z.array(importLine.extend(about)) });

/** The answer of these lines. */
export function sumUp<Line extends ImportLine>(applied: boolean, lines: Line[]) {
  const count = (wanted: ImportLine['outcome']) => lines.filter(({ outcome }) => outcome === wanted).length;
  return {
    applied,
    counts: { make: count('make'), change: count('change'), refuse: count('refuse') },
    lines,
  };
}

/** The rows of a table. @throws Problem 422 for one that cannot be read, or has too many */
export function rowsOf<Row>(read: ReadTable<Row>): readonly Row[] {
  if (!read.ok) throw invalid([{ field: 'csv', code: 'invalid', message: read.message }]);
  if (read.rows.length <= mostRows) return read.rows;
  const message = `A table takes at most ${mostRows} rows; this one has ${read.rows.length}.`;
  throw invalid([{ field: 'csv', code: 'tooBig', message }]);
}

interface Pieces<Row, Done> {
  rows: readonly Row[];
  /** False: `work` changes nothing, and no settings are raised. */
  isApplied: boolean;
  /** Must not change what outlives it: it may run again from its beginning. */
  work(tx: Tx, rows: readonly Row[]): Promise<Done>;
  /** What a piece came to, once it is done. */
  onDone(done: Done, rows: readonly Row[]): void;
}

/** Goes over the rows in order, some of them in each transaction. */
export async function inPieces<Row, Done>(
  db: Database,
  workspaceId: string,
  { rows, isApplied, work, onDone }: Pieces<Row, Done>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += atOnce) {
    const piece = rows.slice(at, at + atOnce);
    const run = (tx: Tx) => work(tx, piece);
    onDone(
      await (isApplied ? changeSettings(db, workspaceId, run) : db.inWorkspace(workspaceId, run)),
      piece,
    );
  }
}
