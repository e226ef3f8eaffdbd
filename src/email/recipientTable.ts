/** A table of recipients, as people keep it in a spreadsheet: read row by row, and written so that it reads back equal. Pure. */
import { type Severity, severities } from '../alerts/types.ts';
import { type ReadTable, readTable } from '../tables/csv.ts';

/** A row as it is given; what is left out stays as it is. */
export interface ImportedRecipient {
  address: string;
  /** Empty: global. */
  organization: string;
  severities?: Severity[] | null;
  note?: string;
  owner?: string;
  reviewOn?: string | null;
}

export type RecipientRowRead =
  | { row: number; ok: true; recipient: ImportedRecipient }
  | { row: number; ok: false; address: string; message: string };

const columns = ['address', 'organization', 'severities', 'note', 'owner', 'review on'];

/** What is wrong with the table as a whole is the message; what is wrong with a row stands at the row. */
export const readRecipientTable = (text: string): ReadTable<RecipientRowRead> =>
  readTable(text, columns, readRow);

function readRow(row: number, given: Record<string, string>): RecipientRowRead {
  const cells = Object.fromEntries(Object.entries(given).map(([name, cell]) => [name, bare(cell)]));
  const { address = '', organization = '', severities: chosen = '', note = '', owner = '' } = cells;
  const reviewOn = cells['review on'] ?? '';
  const refuse = (message: string): RecipientRowRead => ({ row, ok: false, address, message });
  if (address === '') return refuse(`Row ${row} has no address.`);
  const recipient: ImportedRecipient = { address, organization };
  if (chosen !== '') {
    const read = readSeverities(chosen);
    if (read === undefined) {
      return refuse(`severities takes all, or some of ${severities.join('|')}, not "${chosen}".`);
    }
    recipient.severities = read;
  }
  if (note !== '') recipient.note = note;
  if (owner !== '') recipient.owner = owner;
  if (reviewOn !== '') recipient.reviewOn = reviewOn.toLowerCase() === 'never' ? null : reviewOn;
  return { row, ok: true, recipient };
}

function readSeverities(text: string): Severity[] | null | undefined {
  const words = text
    .toLowerCase()
    .split('|')
    .map((word) => word.trim());
  if (words.length === 1 && words[0] === 'all') return null;
  const known = severities.filter((severity) => words.includes(severity));
  return words.every((word) => (severities as readonly string[]).includes(word)) ? known : undefined;
}

/** A recipient as it is written. */
export interface ExportedRecipient {
  address: string;
  organization_name: string | null;
  severities: readonly Severity[] | null;
  note: string;
  owner: string;
  review_on: string | null;
}

/** The heading of {@link toTableRow}. */
export const tableHead = (): string => csvLine(columns);

export function toTableRow(row: ExportedRecipient): string {
  const chosen = row.severities === null ? 'all' : row.severities.join('|');
  return csvLine([
    row.address,
    row.organization_name ?? '',
    chosen,
    row.note,
    row.owner,
    row.review_on ?? '',
  ]);
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** What a spreadsheet would take for a formula is text (promises I-15); an apostrophe before it was there already is told apart. */
function csvCell(text: string): string {
  const safe = /^'*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Without the apostrophe that {@link csvCell} has put before it. */
const bare = (cell: string): string => (/^'+[=+\-@\t\r\n]/.test(cell) ? cell.slice(1) : cell);
