/** A table of organizations, as people keep it in a spreadsheet, read row by row; the API and the command line share it. Pure. */
import { type ReadTable, readTable } from '../tables/csv.ts';

/** A reference as it is written in a cell and on a command line. */
export interface WrittenReference {
  kind: string;
  value: string;
  source?: string;
}

/** What the API takes as an organization; what is left out stays as it is. */
export interface ImportedOrganization {
  name: string;
  externalRefs?: WrittenReference[];
  delivery?: Record<string, boolean>;
  /** Null: the default connection. */
  connectionId?: string | null;
}

export type ImportRow =
  | { row: number; ok: true; organization: ImportedOrganization }
  | { row: number; ok: false; name: string; message: string };

const columns = ['name', 'refs', 'enabled', 'tickets', 'email', 'connection'];
const switches = ['enabled', 'tickets', 'email'];

/** What is wrong with the table as a whole is the message; what is wrong with a row stands at the row. */
export const readImport = (text: string): ReadTable<ImportRow> => readTable(text, columns, readRow);

function readRow(row: number, cells: Record<string, string>): ImportRow {
  const { name = '', refs = '', connection = '' } = cells;
  const refuse = (message: string): ImportRow => ({ row, ok: false, name, message });
  if (name === '') return refuse(`Row ${row} has no name.`);
  const organization: ImportedOrganization = { name };
  if (refs !== '') {
    organization.externalRefs = [];
    for (const text of refs.split('|')) {
      const reference = parseReference(text);
      if (!reference) return refuse(notReference(text));
      organization.externalRefs.push(reference);
    }
  }
  for (const key of switches) {
    const text = cells[key] ?? '';
    if (text === '') continue;
    const value = parseFlag(text);
    if (value === undefined) return refuse(notFlag(key, text));
    organization.delivery = { ...organization.delivery, [key]: value };
  }
  if (connection !== '') organization.connectionId = connection === 'default' ? null : connection;
  return { row, ok: true, organization };
}

const kinds = ['id', 'domain', 'tenantId', 'name'];

/** "org-17", "domain:northwind.example", and with " @source" behind it for alerts of that source only. */
export function parseReference(text: string): WrittenReference | undefined {
  const [, main = '', source] = /^(.*?)(?: @(\S+))?$/s.exec(text.trim()) ?? [];
  const before = main.slice(0, Math.max(main.indexOf(':'), 0));
  const isNamed = kinds.includes(before);
  const value = (isNamed ? main.slice(before.length + 1) : main).trim();
  if (value === '') return undefined;
  return { kind: isNamed ? before : 'id', value, ...(source !== undefined && { source }) };
}

/** Undefined when it is neither on nor off. */
export function parseFlag(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['on', 'true', 'yes'].includes(word)) return true;
  return ['off', 'false', 'no'].includes(word) ? false : undefined;
}

export const notReference = (text: string): string =>
  `"${text}" is not a reference such as domain:x.example.`;
export const notFlag = (name: string, text: string): string => `${name} takes on or off, not "${text}".`;
