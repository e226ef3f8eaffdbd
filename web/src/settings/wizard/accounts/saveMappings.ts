/**
 * Saves changed rows of the mapping table. The server takes the whole set for the revision that it was made from: when
 * somebody else was first it is read again, and one's own rows are put into what is there now.
 */
import { isStale, type Versioned } from '../../../api/client.ts';
import { asProblem, type LastChange, Problem } from '../../../api/problem.ts';
import { conflictsOf, type Sent, type Stored, storedOf } from './draftRows.ts';
import type { Mapping, MappingSet } from './queries.ts';
import type { Target } from './rows.ts';

export type NewMapping = Omit<Mapping, 'organizationName' | 'accountName' | 'accountIsActive'>;

/** The mapping table of one connection on the server. */
export interface SetApi {
  read(): Promise<Versioned<MappingSet>>;
  /** @throws Problem 412 when the set is not that of `etag` any more, 422 that names rows */
  put(mappings: readonly NewMapping[], etag: string | null): Promise<Versioned<MappingSet>>;
}

interface Saved {
  /** As it is on the server now. */
  set: Versioned<MappingSet>;
  /** Why the server does not take rows, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Rows that are not stored: refused, or changed by somebody else meanwhile. */
  left: ReadonlySet<string>;
  /** Who was first, when somebody was. */
  lastChange: LastChange | undefined;
}

/** So often somebody else may be first in a row before a person has to press again. */
const mostTurns = 10;

/**
 * Stores all rows but those that were refused before. A row that the server refuses, or that somebody else has changed
 * meanwhile, is left out; the others are stored. `shown` is the set as it was last read.
 * @throws Problem for all but wrong rows
 */
export async function saveMappings(
  api: SetApi,
  shown: Versioned<MappingSet>,
  changes: Sent,
  refusedBefore: ReadonlyMap<string, string>,
): Promise<Saved> {
  const refused = new Map([...refusedBefore].filter(([id]) => changes.has(id)));
  let set = shown;
  let lastChange: LastChange | undefined;
  // Each turn leaves out more rows than the one before, or is one of few that others were faster in: so it ends.
  for (let late = 0; ; ) {
    const stored = storedOf(set.value.mappings);
    const left = new Set([...refused.keys(), ...conflictsOf(stored, changes).keys()]);
    const wanted = [...changes].filter(([id]) => !left.has(id));
    if (wanted.length === 0) return { set, refused, left, lastChange };
    const rows = merged(
      stored,
      wanted.map(([id, { target }]) => [id, target]),
    );
    try {
      return { set: await api.put(rows, set.etag), refused, left, lastChange };
    } catch (error) {
      if (isStale(error) && late < mostTurns) {
        late += 1;
        lastChange = asProblem(error).lastChange;
        set = await api.read();
        continue;
      }
      const wrong = [...wrongRows(error, rows)].filter(([id]) => changes.has(id) && !left.has(id));
      if (wrong.length === 0) throw error;
      for (const [id, words] of wrong) refused.set(id, words);
    }
  }
}

function merged(stored: Stored, wanted: readonly (readonly [string, Target])[]): NewMapping[] {
  const rows = new Map([...stored].map(([id, mapping]) => [id, toNew(mapping)]));
  for (const [organizationId, target] of wanted) {
    const before = rows.get(organizationId);
    if (!target) rows.delete(organizationId);
    // A contract belongs to its account: it goes with it.
    else if (before?.accountId === target.accountId)
      rows.set(organizationId, { ...before, ...chosenOf(target) });
    else rows.set(organizationId, { ...withoutContract, organizationId, ...chosenOf(target) });
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

const chosenOf = ({ accountId, contactId, note = '', reviewOn = null }: NonNullable<Target>) => ({
  accountId,
  contactId,
  note,
  reviewOn,
});

/** A row as the server takes it. */
export function toNew(mapping: Mapping): NewMapping {
  const { organizationName: _name, accountName: _account, accountIsActive: _isActive, ...row } = mapping;
  return row;
}

/** The rows that a refusal names: `mappings[3].accountId`. */
export function wrongRows(error: unknown, rows: readonly NewMapping[]): Map<string, string> {
  const wrong = new Map<string, string>();
  if (!(error instanceof Problem) || error.status !== 422) return wrong;
  for (const { field, message } of error.errors) {
    const row = rows[Number(/^mappings\[(\d+)\]/.exec(field)?.[1] ?? -1)];
    if (row && !wrong.has(row.organizationId)) wrong.set(row.organizationId, message);
  }
  return wrong;
}
