/** The audit as a file, oldest entry first: for people as CSV, for programs as a line of JSON per entry. */
import type { Database } from '../db/database.ts';
import { Problem } from '../errors.ts';
import { didWords } from './actions.ts';
import { type ChainedEntry, countEntries, type EntryFilter, findHead, readEntries } from './store.ts';
import { changesOf } from './words.ts';

const batch = 500;
const mostExported = 100_000;

const formats = {
  csv: { begin: () => csvLine(csvHead), line: (entry: ChainedEntry) => csvLine(csvCells(entry)) },
  ndjson: { begin: () => '', line: (entry: ChainedEntry) => `${JSON.stringify(entry)}\n` },
};

export type ExportFormat = keyof typeof formats;

/**
 * The whole filtered range, read piece by piece as the file is taken; what is added meanwhile is not in it.
 * @throws Problem 422 when it would be longer than a file may be: nothing is left out silently
 */
export async function exportEntries(
  db: Database,
  workspaceId: string,
  filter: EntryFilter,
  format: ExportFormat,
): Promise<AsyncGenerator<string>> {
  const { head, count } = await db.inWorkspace(workspaceId, async (tx) => ({
    head: await findHead(tx, workspaceId),
    count: await countEntries(tx, workspaceId, { ...filter, most: mostExported + 1 }),
  }));
  if (count > mostExported) {
    const most = mostExported.toLocaleString('en-US');
    throw new Problem(
      422,
      'tooManyEntries',
      `These are more than ${most} entries. Take them in parts, by from and to.`,
    );
  }
  return pieces(db, workspaceId, { ...filter, toN: head.n }, format);
}

async function* pieces(
  db: Database,
  workspaceId: string,
  filter: EntryFilter & { toN: number },
  format: ExportFormat,
): AsyncGenerator<string> {
  const { begin, line } = formats[format];
  yield begin();
  for (let afterN = 0; ; ) {
    const entries = await db.inWorkspace(workspaceId, (tx) =>
      readEntries(tx, workspaceId, { ...filter, afterN, limit: batch }),
    );
    yield entries.map(line).join('');
    const last = entries.at(-1);
    if (!last || entries.length < batch) return;
    afterN = last.n;
  }
}

const csvHead = [
  'number',
  'time',
  'who',
  'kind of who',
  'id of who',
  'from',
  'what',
  'thing',
  'kind of thing',
  'id of thing',
  'changes',
  'reason',
  'hash',
];

function csvCells(entry: ChainedEntry): string[] {
  const { n, at, who, address, action, target, reason, hash } = entry;
  const changes = changesOf(entry).map(
    ({ field, before, after }) => `${field}: ${before ?? 'nothing'} → ${after ?? 'nothing'}`,
  );
  return [
    String(n),
    at.toISOString(),
    who.name,
    who.kind,
    who.id,
    address ?? '',
    didWords(action),
    target.name,
    target.kind,
    target.id,
    changes.join('; '),
    reason ?? '',
    hash,
  ];
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** RFC 4180; what a spreadsheet would take for a formula is text (promises I-15). */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
