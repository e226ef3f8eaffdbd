/** POST /organizations/import: makes the organizations of a table, and changes those that are there by name. */
import type { By } from '../audit/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { toFieldErrors } from '../http/index.ts';
import { type ImportLine, inPieces, rowsOf } from '../tables/index.ts';
import { changeOrganization, createOrganization } from './change.ts';
import { type ImportedOrganization, type ImportRow, readImport } from './importRows.ts';
import { recordChange } from './record.ts';
import { newOrganization, organizationChange } from './schemas.ts';
import { connectionExists, listNames } from './store.ts';

interface OrganizationLine extends ImportLine {
  name: string;
}

/** `isApplied` false: only says what would happen. @throws Problem 422 for a table that cannot be read */
export async function importOrganizations(
  db: Database,
  { workspaceId, by }: { workspaceId: string; by: By },
  { csv, isApplied }: { csv: string; isApplied: boolean },
): Promise<OrganizationLine[]> {
  const lines: OrganizationLine[] = [];
  const inFile = new Set<string>();
  await inPieces(db, workspaceId, {
    rows: rowsOf(readImport(csv)),
    isApplied,
    work: (tx, rows) => importRows(tx, { workspaceId, by, isApplied, inFile }, rows),
    onDone(done, rows) {
      lines.push(...done);
      for (const row of rows) if (row.ok) inFile.add(keyOf(row.organization.name));
    },
  });
  return lines;
}

interface Import {
  workspaceId: string;
  by: By;
  isApplied: boolean;
  /** Names of the pieces before, which a dry run has not made. */
  inFile: ReadonlySet<string>;
}

async function importRows(tx: Tx, order: Import, rows: readonly ImportRow[]): Promise<OrganizationLine[]> {
  const idsOf = Map.groupBy(await listNames(tx, order.workspaceId), ({ name }) => keyOf(name));
  const known = new Map([...idsOf].map(([key, all]) => [key, all.map(({ id }) => id)]));
  for (const key of order.isApplied ? [] : order.inFile) if (!known.has(key)) known.set(key, ['new']);
  const lines: OrganizationLine[] = [];
  for (const row of rows) lines.push(await importRow(tx, order, row, known));
  return lines;
}

async function importRow(
  tx: Tx,
  order: Import,
  row: ImportRow,
  known: Map<string, string[]>,
): Promise<OrganizationLine> {
  const name = row.ok ? row.organization.name : row.name;
  const refuse = (message: string): OrganizationLine => ({ row: row.row, name, outcome: 'refuse', message });
  if (!row.ok) return refuse(row.message);
  const key = keyOf(name);
  const [id, ...others] = known.get(key) ?? [];
  if (others.length > 0) return refuse('Several organizations have this name.');
  const wrong = await whatIsWrong(tx, order.workspaceId, row.organization);
  if (wrong) return refuse(wrong);
  const outcome = id === undefined ? 'make' : 'change';
  if (order.isApplied) known.set(key, [await apply(tx, order, id, row.organization)]);
  else known.set(key, [id ?? 'new']);
  return { row: row.row, name, outcome, message: null };
}

async function whatIsWrong(
  tx: Tx,
  workspaceId: string,
  organization: ImportedOrganization,
): Promise<string | undefined> {
  const { error, data } = newOrganization.safeParse(organization);
  const [wrong] = error ? toFieldErrors(error) : [];
  if (wrong) return wrong.message;
  const connectionId = data?.connectionId;
  if (!connectionId || (await connectionExists(tx, workspaceId, connectionId))) return undefined;
  return 'There is no such connection.';
}

/** Its name stays as it is written there. */
async function apply(
  tx: Tx,
  { workspaceId, by }: Import,
  id: string | undefined,
  { name, ...change }: ImportedOrganization,
): Promise<string> {
  if (id === undefined) {
    return recordChange(tx, { workspaceId, by }, 'organization.create', () =>
      createOrganization(tx, workspaceId, newOrganization.parse({ name, ...change })),
    );
  }
  return recordChange(tx, { workspaceId, id, by }, 'organization.change', async () => {
    await changeOrganization(tx, workspaceId, id, organizationChange.parse(change), async () => undefined);
    return id;
  });
}

const keyOf = (name: string): string => name.trim().toLowerCase();
