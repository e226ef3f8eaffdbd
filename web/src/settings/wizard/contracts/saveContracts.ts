/** Saves chosen contracts: rows of the mapping table, which the server takes as a whole for the revision it was made from. */
import { isStale, type Versioned } from '../../../api/client.ts';
import { storedOf } from '../accounts/draftRows.ts';
import type { MappingSet } from '../accounts/queries.ts';
import { type SetApi, toNew, wrongRows } from '../accounts/saveMappings.ts';
import { type Change, conflictOf } from './rows.ts';

interface Saved {
  /** As it is on the server now. */
  set: Versioned<MappingSet>;
  /** Why the server does not take rows, by organization. */
  refused: ReadonlyMap<string, string>;
  /** Rows that are not stored: refused, or changed by somebody else meanwhile. */
  left: ReadonlySet<string>;
}

/** So often somebody else may be first in a row before a person has to press again. */
const mostTurns = 10;

/**
 * Stores all rows but those that the server refuses or that somebody else has changed meanwhile. `shown` is the set as
 * it was last read. @throws Problem for all but wrong rows
 */
export async function saveContracts(
  api: SetApi,
  shown: Versioned<MappingSet>,
  changes: ReadonlyMap<string, Change>,
): Promise<Saved> {
  const refused = new Map<string, string>();
  let set = shown;
  // Each turn leaves out more rows than the one before, or is one of few that others were faster in: so it ends.
  for (let late = 0; ; ) {
    const stored = storedOf(set.value.mappings);
    const left = new Set(refused.keys());
    for (const [id, change] of changes) if (conflictOf(stored.get(id), change)) left.add(id);
    if (left.size === changes.size) return { set, refused, left };
    const rows = set.value.mappings.map((mapping) => {
      const change = left.has(mapping.organizationId) ? undefined : changes.get(mapping.organizationId);
      return { ...toNew(mapping), ...change?.choice };
    });
    try {
      return { set: await api.put(rows, set.etag), refused, left };
    } catch (error) {
      if (isStale(error) && late < mostTurns) {
        late += 1;
        set = await api.read();
        continue;
      }
      const wrong = [...wrongRows(error, rows)].filter(([id]) => changes.has(id) && !left.has(id));
      if (wrong.length === 0) throw error;
      for (const [id, words] of wrong) refused.set(id, words);
    }
  }
}
