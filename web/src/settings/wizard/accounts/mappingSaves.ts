/** How this tab changes the mapping table and the ignored accounts of a connection: one change after the other. */
import type { QueryClient } from '@tanstack/react-query';
import { getVersioned, sendVersioned, type Versioned } from '../../../api/client.ts';
import { afterSave, type Sent } from './draftRows.ts';
import { changeDraft, readDraft } from './mappingDraft.ts';
import { type MappingSet, mappingsPath, mappingsQuery, suggestionsQuery } from './queries.ts';
import { type SetApi, saveMappings } from './saveMappings.ts';

/** The last change in line, by connection. */
const lastInLine = new Map<string, Promise<unknown>>();

/** Begins when those before it have ended, however they ended. */
export function inTurn<T>(connectionId: string, change: () => Promise<T>): Promise<T> {
  const before = lastInLine.get(connectionId) ?? Promise.resolve();
  const mine = before.then(change, change);
  lastInLine.set(connectionId, mine);
  return mine;
}

export const apiOf = (connectionId: string): SetApi => ({
  read: () => getVersioned<MappingSet>(mappingsPath(connectionId)),
  put: (mappings, ifMatch) =>
    sendVersioned<MappingSet>('PUT', mappingsPath(connectionId), { body: { mappings }, ifMatch }),
});

/** Saves the changed rows that a person has in this tab. What goes wrong stands in the draft. True when the server was asked. */
export async function saveDraft(client: QueryClient, connectionId: string, place: string): Promise<boolean> {
  changeDraft(place, ({ saves }) => ({ saves: saves + 1, problem: undefined }));
  try {
    return await inTurn(connectionId, () => saveNow(client, connectionId, place));
  } catch (problem) {
    changeDraft(place, ({ kept }) => ({
      problem,
      sent: new Map(),
      kept: afterSave(kept, new Map(), new Set()),
    }));
    return false;
  } finally {
    changeDraft(place, ({ saves }) => ({ saves: saves - 1 }));
  }
}

async function saveNow(client: QueryClient, connectionId: string, place: string): Promise<boolean> {
  const { kept, refused: refusedBefore } = readDraft(place);
  // One before in line may have taken them along.
  if (kept.length === 0) return false;
  const sent: Sent = new Map(kept);
  changeDraft(place, () => ({ sent }));
  const api = apiOf(connectionId);
  const shown = client.getQueryData(mappingsQuery(connectionId).queryKey) ?? (await api.read());
  const { set, refused, left, lastChange } = await saveMappings(api, shown, sent, refusedBefore);
  await show(client, connectionId, set);
  changeDraft(place, (is) => ({
    kept: afterSave(is.kept, sent, left),
    refused,
    lastChange,
    sent: new Map(),
  }));
  // Who has lost its account may be suggested one again.
  if ([...sent.values()].some(({ target }) => target === null))
    void client.invalidateQueries({ queryKey: suggestionsQuery(connectionId).queryKey });
  return true;
}

/** Marks an account as not to be offered, or takes the mark away; the rows stay as they are. @throws Problem */
export function saveIgnored(
  client: QueryClient,
  connectionId: string,
  accountId: string,
  isIgnored: boolean,
): Promise<void> {
  return inTurn(connectionId, async () => {
    const path = `/psa/connections/${encodeURIComponent(connectionId)}/accounts/ignored`;
    const body = isIgnored ? { add: [accountId] } : { remove: [accountId] };
    await show(client, connectionId, await sendVersioned<MappingSet>('PATCH', path, { body }));
  });
}

/** An answer that was asked for earlier and comes later does not replace it. */
export async function show(
  client: QueryClient,
  connectionId: string,
  set: Versioned<MappingSet>,
): Promise<void> {
  const { queryKey } = mappingsQuery(connectionId);
  await client.cancelQueries({ queryKey });
  client.setQueryData(queryKey, set);
}
