/**
 * Saves changed rows. The server takes the whole set for the revision that it was made from: when somebody else was first
 * it is read again, and one's own rows are put into what is there now.
 */
import { isStale, type Versioned } from '../../../api/client.ts';
import { asProblem, type LastChange, Problem } from '../../../api/problem.ts';
import { conflictsOf } from './keptRows.ts';
import type { PartRules, Sent, Wanted } from './part.ts';
import { type MappingSet, type NewMapping, type SetApi, type Stored, storedOf, toNew } from './set.ts';

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

interface Order<V> {
  /** The set as it was last read. */
  shown: Versioned<MappingSet>;
  changes: Sent<V>;
  /** Rows that are not sent, and why. */
  refusedBefore?: ReadonlyMap<string, string>;
}

/** So often somebody else may be first in a row before a person has to press again. */
const mostTurns = 10;

/**
 * Stores all rows but those that were refused before. A row that the server refuses, or that somebody else has changed
 * meanwhile, is left out; the others are stored.
 * @throws Problem for all but wrong rows
 */
export async function saveRows<V>(
  rules: PartRules<V>,
  api: SetApi,
  { shown, changes, refusedBefore }: Order<V>,
): Promise<Saved> {
  const refused = new Map([...(refusedBefore ?? [])].filter(([id]) => changes.has(id)));
  let set = shown;
  let lastChange: LastChange | undefined;
  // Each turn leaves out more rows than the one before, or is one of few that others were faster in: so it ends.
  for (let late = 0; ; ) {
    const stored = storedOf(set.value.mappings);
    const left = new Set([...refused.keys(), ...conflictsOf(rules, stored, changes).keys()]);
    const wanted = [...changes].filter(([id]) => !left.has(id));
    if (wanted.length === 0) return { set, refused, left, lastChange };
    const rows = merged(
      rules,
      stored,
      wanted.map(([id, { to }]) => [id, to]),
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

function merged<V>({ mappingOf }: PartRules<V>, stored: Stored, wanted: Wanted<V>): NewMapping[] {
  const rows = new Map([...stored].map(([id, mapping]) => [id, toNew(mapping)]));
  for (const [id, to] of wanted) {
    const row = mappingOf(id, stored.get(id), to);
    if (row) rows.set(id, row);
    else rows.delete(id);
  }
  return [...rows.values()];
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
