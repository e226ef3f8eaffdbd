/** Saves the changed rows that a person has in this tab. */
import type { QueryClient } from '@tanstack/react-query';
import { reasonOf } from '../../../parts/Why.tsx';
import { afterSave, mistakesOf } from './keptRows.ts';
import type { MappingPart, Sent } from './part.ts';
import { saveRows } from './saveRows.ts';
import { apiOf, inTurn, mappingsQuery, show } from './set.ts';

/** Which draft, and of which connection. */
interface Which {
  connectionId: string;
  place: string;
}

/** What goes wrong stands in the draft. Answers the rows that the server was asked to store; undefined when it was not. */
export async function saveDraft<V>(
  client: QueryClient,
  part: MappingPart<V>,
  { connectionId, place }: Which,
): Promise<Sent<V> | undefined> {
  const { drafts } = part;
  drafts.change(place, ({ saves }) => ({ saves: saves + 1, problem: undefined }));
  try {
    return await inTurn(connectionId, () => saveNow(client, part, { connectionId, place }));
  } catch (problem) {
    const sent: Sent<V> = new Map();
    drafts.change(place, ({ kept }) => ({ problem, sent, kept: afterSave(part, kept, sent, new Set()) }));
    return undefined;
  } finally {
    drafts.change(place, ({ saves }) => ({ saves: saves - 1 }));
  }
}

async function saveNow<V>(
  client: QueryClient,
  part: MappingPart<V>,
  { connectionId, place }: Which,
): Promise<Sent<V> | undefined> {
  const { drafts } = part;
  const { kept, refused: refusedBefore, reason } = drafts.read(place);
  const mistakes = mistakesOf(part, kept);
  const changes: Sent<V> = new Map(kept.filter(([id]) => !mistakes.has(id)));
  // One before in line may have taken them along.
  if (changes.size === 0) return undefined;
  drafts.change(place, () => ({ sent: changes }));
  const api = apiOf(connectionId, reasonOf(reason));
  const shown = client.getQueryData(mappingsQuery(connectionId).queryKey) ?? (await api.read());
  const order = { shown, changes, ...(!part.asksAgain && { refusedBefore }) };
  const { set, refused, left, lastChange } = await saveRows(part, api, order);
  await show(client, connectionId, set);
  drafts.change(place, (is) => ({
    kept: afterSave(part, is.kept, changes, left),
    refused,
    lastChange,
    sent: new Map(),
  }));
  return changes;
}
