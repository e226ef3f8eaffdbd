/** Comma-separated values with a heading (RFC 4180; also with semicolons, as spreadsheets of many countries write them). */
import { CommandError } from './errors.ts';

/** Rows by the headings of the first line, in lower case. Empty lines are left out. @throws CommandError */
export function readCsv(text: string): Record<string, string>[] {
  const [headings, ...rows] = splitRows(text).filter((row) => row.some((cell) => cell.trim() !== ''));
  if (!headings) throw new CommandError('The file is empty.');
  const names = headings.map((heading) => heading.trim().toLowerCase());
  return rows.map((row, at) => {
    if (row.length > names.length) {
      throw new CommandError(
        `Row ${at + 2} has ${row.length} cells, but there are ${names.length} headings.`,
      );
    }
    return Object.fromEntries(names.map((name, column) => [name, (row[column] ?? '').trim()]));
  });
}

function splitRows(text: string): string[][] {
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
  if (isQuoted) throw new CommandError('A quotation mark in the file is never closed.');
  endRow();
  return rows;
}
