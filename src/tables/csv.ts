/** Comma-separated values with a heading (RFC 4180; also with semicolons, as spreadsheets of many countries write them). */

/** Rows by the headings of the first line, in lower case, with the number of the row in the table; or what is wrong. */
export type Csv =
  | { ok: true; rows: { row: number; cells: Record<string, string> }[] }
  | { ok: false; message: string };

/** Empty rows are left out, and not counted. Pure. */
export function parseCsv(text: string): Csv {
  const split = splitRows(text);
  if (!split) return { ok: false, message: 'A quotation mark in the file is never closed.' };
  const [headings, ...rows] = split.filter((row) => row.some((cell) => cell.trim() !== ''));
  if (!headings) return { ok: false, message: 'The file is empty.' };
  const names = headings.map((heading) => heading.trim().toLowerCase());
  const long = rows.findIndex((row) => row.length > names.length);
  if (long >= 0) {
    const message = `Row ${long + 2} has ${rows[long]?.length} cells, but there are ${names.length} headings.`;
    return { ok: false, message };
  }
  return {
    ok: true,
    rows: rows.map((row, at) => ({
      row: at + 2,
      cells: Object.fromEntries(names.map((name, column) => [name, (row[column] ?? '').trim()])),
    })),
  };
}

/** The rows of a table, each as its reader makes it; or what is wrong with the table as a whole. */
export type ReadTable<Row> = { ok: true; rows: Row[] } | { ok: false; message: string };

/** A table with these columns and no others, in any order, read row by row. Pure. */
export function readTable<Row>(
  text: string,
  columns: readonly string[],
  readRow: (row: number, cells: Record<string, string>) => Row,
): ReadTable<Row> {
  const csv = parseCsv(text);
  if (!csv.ok) return csv;
  if (csv.rows.length === 0) return { ok: false, message: 'There are no rows below the heading.' };
  const strange = Object.keys(csv.rows[0]?.cells ?? {}).find((column) => !columns.includes(column));
  if (strange === undefined) return { ok: true, rows: csv.rows.map(({ row, cells }) => readRow(row, cells)) };
  return { ok: false, message: `Column "${strange}" is not known; there are: ${columns.join(', ')}.` };
}

/** Undefined when a quotation mark is never closed. */
function splitRows(text: string): string[][] | undefined {
  const firstLine = text.split(/\r?\n/, 1)[0] ?? '';
  const separator = !firstLine.includes(',') && firstLine.includes(';') ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (character === '"' && (isQuoted || cell.trim() === '')) {
      if (!isQuoted) cell = '';
      isQuoted = !isQuoted;
    } else if (isQuoted) cell += character;
    else if (character === separator) endCell();
    else if (character === '\n') endRow();
    else if (character !== '\r') cell += character;
  }
  if (isQuoted) return undefined;
  endRow();
  return rows;
}
