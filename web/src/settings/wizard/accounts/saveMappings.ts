/** Saves changed rows of the mapping table: the server replaces the whole set, so rows of others are kept by merging. */
import { get, send } from '../../../api/client.ts';
import { Problem } from '../../../api/problem.ts';
import type { Mapping, MappingSet } from './queries.ts';
import { isSame, type Target, targetOf } from './rows.ts';

/** What a row shall be, and what it was when that was chosen. */
export interface Change {
  target: Target;
  from: Target;
}

interface Saved {
  /** What is stored now; undefined when nothing of it could be. */
  set: MappingSet | undefined;
  /** Why rows are not stored, by organization. */
  refused: ReadonlyMap<string, string>;
}

type NewMapping = Omit<Mapping, 'organizationName' | 'accountName' | 'accountIsActive'>;

const path = (connectionId: string) => `/psa/connections/${connectionId}/mappings`;

/**
 * Stores all changes but those that were refused before. A row that the server refuses, or that somebody else has
 * changed meanwhile, is left out and named; the others are stored. @throws Problem for all but wrong rows
 */
export async function saveMappings(
  connectionId: string,
  changes: ReadonlyMap<string, Change>,
  refusedBefore: ReadonlyMap<string, string>,
): Promise<Saved> {
  const { mappings } = await get<MappingSet>(path(connectionId));
  const stored = new Map(mappings.map((mapping) => [mapping.organizationId, mapping]));
  const refused = new Map(refusedBefore);
  for (const [id, change] of changes) {
    const words = changedMeanwhile(stored.get(id), change);
    if (words) refused.set(id, words);
  }
  // Each turn leaves out more rows than the one before, so it ends.
  for (;;) {
    const wanted = [...changes].filter(([id]) => !refused.has(id));
    if (wanted.length === 0) return { set: await get<MappingSet>(path(connectionId)), refused };
    const rows = merged(stored, wanted);
    try {
      return {
        set: await send<MappingSet>('PUT', path(connectionId), { body: { mappings: rows } }),
        refused,
      };
    } catch (error) {
      const wrong = wrongRows(error, rows);
      const isChanged = [...wrong.keys()].some((id) => changes.has(id) && !refused.has(id));
      for (const [id, words] of wrong) refused.set(id, words);
      if (!isChanged) throw error;
    }
  }
}

/** Marks an account as not to be offered, or takes the mark away; the rows stay as they are. @throws Problem */
export async function saveIgnored(
  connectionId: string,
  accountId: string,
  isIgnored: boolean,
): Promise<MappingSet> {
  const { mappings, ignoredAccountIds } = await get<MappingSet>(path(connectionId));
  const others = ignoredAccountIds.filter((id) => id !== accountId);
  return send<MappingSet>('PUT', path(connectionId), {
    body: {
      mappings: mappings.map(toNew),
      ignoredAccountIds: isIgnored ? [...others, accountId] : others,
    },
  });
}

function changedMeanwhile(mapping: Mapping | undefined, { target, from }: Change): string | undefined {
  const now = targetOf(mapping);
  if (isSame(now, from) || isSame(now, target)) return undefined;
  const what = now ? `mapped it to ${now.accountName}` : 'removed its mapping';
  return `Somebody else ${what} meanwhile. Undo to take that over, or choose again.`;
}

function merged(stored: ReadonlyMap<string, Mapping>, wanted: readonly [string, Change][]): NewMapping[] {
  const rows = new Map([...stored].map(([id, mapping]) => [id, toNew(mapping)]));
  for (const [organizationId, { target }] of wanted) {
    const before = rows.get(organizationId);
    if (!target) rows.delete(organizationId);
    // A contract belongs to its account: it goes with it.
    else if (before?.accountId === target.accountId)
      rows.set(organizationId, { ...before, contactId: target.contactId });
    else rows.set(organizationId, { ...withoutContract, organizationId, ...idsOf(target) });
  }
  return [...rows.values()];
}

const withoutContract = {
  contractId: null,
  serviceId: null,
  addService: null,
  unitCost: null,
  unitPrice: null,
} as const;

const idsOf = ({ accountId, contactId }: NonNullable<Target>) => ({ accountId, contactId });

function toNew(mapping: Mapping): NewMapping {
  const { organizationName: _name, accountName: _account, accountIsActive: _isActive, ...row } = mapping;
  return row;
}

/** The rows that a refusal names: `mappings[3].accountId`. */
function wrongRows(error: unknown, rows: readonly NewMapping[]): Map<string, string> {
  const wrong = new Map<string, string>();
  if (!(error instanceof Problem) || error.status !== 422) return wrong;
  for (const { field, message } of error.errors) {
    const row = rows[Number(/^mappings\[(\d+)\]/.exec(field)?.[1] ?? -1)];
    if (row && !wrong.has(row.organizationId)) wrong.set(row.organizationId, message);
  }
  return wrong;
}
