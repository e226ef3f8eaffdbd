/** Tables in files. */
import { parseCsv } from '../tables/csv.ts';
import { CommandError } from './errors.ts';

/** Rows by the headings of the first line, in lower case. Empty lines are left out. @throws CommandError */
export function readCsv(text: string): Record<string, string>[] {
  const csv = parseCsv(text);
  if (!csv.ok) throw new CommandError(csv.message);
  return csv.rows.map(({ cells }) => cells);
}
