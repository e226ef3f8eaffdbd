/** The mapping table while it is edited: what was changed, what the server did not take, and how it is saved as one set. */
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useSession } from '../../../api/session.ts';
import { placeOf } from '../../../drafts/rowDrafts.ts';
import { conflictsOf, storedOf, withoutRows, withTargets } from './draftRows.ts';
import { changeDraft, useMappingDraft } from './mappingDraft.ts';
import { saveDraft } from './mappingSaves.ts';
import { type Mapping, mappingsQuery } from './queries.ts';
import type { Target } from './rows.ts';

/** A moment after the last change, so that ten keys are one save. */
const restMs = 800;

interface Order {
  connectionId: string;
  /** Saves by itself; else {@link MappingEdits.save} does. */
  isAutomatic: boolean;
  onSaved(): Promise<void>;
}

export interface MappingEdits {
  stored: ReadonlyMap<string, Mapping>;
  ignored: ReadonlySet<string>;
  /** Not stored yet, by organization. */
  changes: ReadonlyMap<string, Target>;
  /** Why a row was not taken, by organization. */
  refused: ReadonlyMap<string, string>;
  isSaving: boolean;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
  change(targets: readonly (readonly [organizationId: string, target: Target])[]): void;
  /** Takes back what is not stored of these organizations; all of them if left out. */
  undo(organizationIds?: readonly string[]): void;
  save(): Promise<void>;
}

/** What is typed survives leaving the page; it is kept in this browser until the server has it. */
export function useMappings({ connectionId, isAutomatic, onSaved }: Order): MappingEdits {
  const client = useQueryClient();
  const { data } = useSuspenseQuery(mappingsQuery(connectionId));
  const { user } = useSession();
  const place = placeOf(user.id, connectionId);
  const { kept, refused: notTaken, lastChange, saves, problem } = useMappingDraft(place);
  const stored = useMemo(() => storedOf(data.mappings), [data.mappings]);
  const ignored = useMemo(() => new Set(data.ignoredAccountIds), [data.ignoredAccountIds]);
  const changes = useMemo(() => new Map(kept.map(([id, { target }]) => [id, target])), [kept]);
  const refused = useMemo(
    () => new Map([...notTaken, ...conflictsOf(stored, kept, lastChange?.by)]),
    [notTaken, stored, kept, lastChange],
  );

  // The PSA, or somebody else, may have changed what stood in the way when one was here last.
  useEffect(() => changeDraft(place, () => ({ refused: new Map(), problem: undefined })), [place]);

  const change: MappingEdits['change'] = useCallback(
    (targets) =>
      changeDraft(place, (is) => ({
        kept: withTargets(is.kept, targets, { stored, sent: is.sent }),
        refused: without(
          is.refused,
          targets.map(([id]) => id),
        ),
        problem: undefined,
      })),
    [place, stored],
  );
  const undo = useCallback(
    (ids?: readonly string[]) =>
      changeDraft(place, (is) => ({
        kept: withoutRows(is.kept, ids, is.sent),
        refused: ids ? without(is.refused, ids) : new Map(),
      })),
    [place],
  );
  const save = async () => {
    if (await saveDraft(client, connectionId, place)) await onSaved();
  };
  const isWaiting = isAutomatic && problem === undefined && kept.some(([id]) => !refused.has(id));
  useSaveAfterRest(save, { isWaiting, isSaving: saves > 0, kept });
  return { stored, ignored, changes, refused, isSaving: saves > 0, problem, change, undo, save };
}

interface Rest {
  /** There is something to save. */
  isWaiting: boolean;
  isSaving: boolean;
  /** Each further change begins the rest anew. */
  kept: unknown;
}

/** Saves a moment after the last change, and when one goes on. */
export function useSaveAfterRest(save: () => Promise<void>, { isWaiting, isSaving, kept }: Rest): void {
  const latest = useRef({ save, isWaiting });
  latest.current = { save, isWaiting };
  const isWanted = isWaiting && !isSaving;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each further change begins the rest anew
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(() => void latest.current.save(), restMs);
    return () => clearTimeout(timer);
  }, [isWanted, kept]);
  // Whoever goes on at once finds it saved in the next step; it waits for its turn behind what is on its way.
  useEffect(
    () => () => {
      if (latest.current.isWaiting) void latest.current.save();
    },
    [],
  );
}

function without<T>(map: ReadonlyMap<string, T>, ids: readonly string[]): ReadonlyMap<string, T> {
  const gone = new Set(ids);
  return new Map([...map].filter(([id]) => !gone.has(id)));
}
