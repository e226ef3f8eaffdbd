/** One part of the mappings while it is edited: what was changed, what the server did not take, and how it is saved. */
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useSession } from '../../../api/session.ts';
import { placeOf } from '../../../drafts/rowDrafts.ts';
import { conflictsOf, mistakesOf, withoutRows, withRows } from './keptRows.ts';
import type { MappingPart, Sent, Wanted } from './part.ts';
import { saveDraft } from './saveDraft.ts';
import { type MappingSet, mappingsQuery, type Stored, storedOf } from './set.ts';
import { useSaveAfterRest } from './useSaveAfterRest.ts';

interface Order<V> {
  connectionId: string;
  /** Saves by itself; else {@link RowEdits.save} does. */
  isAutomatic: boolean;
  /** The server was asked to store these rows. */
  onSaved?(sent: Sent<V>): Promise<void>;
}

export interface RowEdits<V> {
  /** As the server has it. */
  set: MappingSet;
  stored: Stored;
  /** Not stored yet, by organization. */
  changes: ReadonlyMap<string, V>;
  /** Why a row is not stored, by organization. */
  refused: ReadonlyMap<string, string>;
  isSaving: boolean;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
  /** Why the rows are changed; it goes with each save until it is emptied. */
  reason: string;
  setReason(text: string): void;
  change(rows: Wanted<V>): void;
  /** Takes back what is not stored of these organizations; all of it when none is named. */
  undo(...organizationIds: string[]): void;
  save(): Promise<void>;
}

/** What is changed survives leaving the page; it is kept in this browser until the server has it. */
export function useRowEdits<V>(
  part: MappingPart<V>,
  { connectionId, isAutomatic, onSaved }: Order<V>,
): RowEdits<V> {
  const client = useQueryClient();
  const { data: set } = useSuspenseQuery(mappingsQuery(connectionId));
  const { user } = useSession();
  const place = placeOf(user.id, connectionId);
  const { drafts } = part;
  const { kept, refused: notTaken, lastChange, saves, problem, reason } = drafts.use(place);
  const stored = useMemo(() => storedOf(set.mappings), [set.mappings]);
  const changes = useMemo(() => new Map(kept.map(([id, { to }]) => [id, to])), [kept]);
  const refused = useMemo(
    () =>
      new Map([...notTaken, ...conflictsOf(part, stored, kept, lastChange?.by), ...mistakesOf(part, kept)]),
    [part, notTaken, stored, kept, lastChange],
  );

  // The PSA, or somebody else, may have changed what stood in the way when one was here last.
  // What was said stays while rows wait that were changed because of it; else a new visit begins without.
  useEffect(
    () =>
      drafts.change(place, ({ kept, reason }) => ({
        refused: new Map(),
        problem: undefined,
        reason: kept.length > 0 ? reason : '',
      })),
    [drafts, place],
  );
  const setReason = useCallback(
    (text: string) => drafts.change(place, () => ({ reason: text })),
    [drafts, place],
  );

  const change: RowEdits<V>['change'] = useCallback(
    (rows) =>
      part.drafts.change(place, (is) => ({
        kept: withRows(part, is.kept, rows, { stored, sent: is.sent }),
        refused: without(is.refused, new Set(rows.map(([id]) => id))),
        problem: undefined,
      })),
    [part, place, stored],
  );
  const undo: RowEdits<V>['undo'] = useCallback(
    (...named) =>
      drafts.change(place, (is) => {
        const ids = named.length > 0 ? new Set(named) : undefined;
        return { kept: withoutRows(is.kept, ids, is.sent), refused: without(is.refused, ids) };
      }),
    [drafts, place],
  );
  const save = async () => {
    const sent = await saveDraft(client, part, { connectionId, place });
    if (sent) await onSaved?.(sent);
  };
  const isWaiting = isAutomatic && problem === undefined && kept.some(([id]) => !refused.has(id));
  useSaveAfterRest(save, { isWaiting, isSaving: saves > 0, kept });
  return {
    set,
    stored,
    changes,
    refused,
    isSaving: saves > 0,
    problem,
    reason,
    setReason,
    change,
    undo,
    save,
  };
}

/** All of them are gone when none is named. */
function without<T>(map: ReadonlyMap<string, T>, gone: ReadonlySet<string> | undefined): Map<string, T> {
  return new Map(gone && [...map].filter(([id]) => !gone.has(id)));
}
