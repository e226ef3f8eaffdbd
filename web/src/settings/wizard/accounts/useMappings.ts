/** The mapping table while it is edited: what was changed, what the server did not take, and how it is saved as one set. */
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSession } from '../../../api/session.ts';
import { type Kept, readKept, writeKept } from './keptChanges.ts';
import { type Mapping, mappingsQuery, suggestionsQuery } from './queries.ts';
import { isSame, type Target, targetOf } from './rows.ts';
import { saveMappings } from './saveMappings.ts';

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
  // Of this person: whoever signs in next in this tab saves nothing in their name.
  const place = `${user.id}.${connectionId}`;
  const [kept, show] = useState(() => readKept(place));
  // Also when the page has gone meanwhile: what was saved is not kept any more.
  const setKept = useCallback(
    (change: (before: Kept) => Kept) => {
      const next = change(readKept(place));
      writeKept(place, next);
      show(next);
    },
    [place],
  );
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const [problem, setProblem] = useState<unknown>();
  const [isSaving, setIsSaving] = useState(false);
  const stored = useMemo(
    () => new Map(data.mappings.map((mapping) => [mapping.organizationId, mapping])),
    [data.mappings],
  );
  const ignored = useMemo(() => new Set(data.ignoredAccountIds), [data.ignoredAccountIds]);
  const changes = useMemo(() => new Map(kept.map(([id, { target }]) => [id, target])), [kept]);

  const change: MappingEdits['change'] = useCallback(
    (targets) => {
      setKept((before) => withTargets(before, targets, stored));
      setRefused((before) =>
        without(
          before,
          targets.map(([id]) => id),
        ),
      );
      setProblem(undefined);
    },
    [setKept, stored],
  );
  const undo = useCallback(
    (ids?: readonly string[]) => {
      const gone = new Set(ids);
      setKept((before) => (ids ? before.filter(([id]) => !gone.has(id)) : []));
      setRefused((before) => (ids ? without(before, ids) : new Map()));
    },
    [setKept],
  );

  const save = async () => {
    setIsSaving(true);
    setProblem(undefined);
    const sent = new Map(kept);
    try {
      const { set, refused: wrong } = await saveMappings(connectionId, sent, refused);
      if (set) client.setQueryData(mappingsQuery(connectionId).queryKey, set);
      setRefused(wrong);
      setKept((before) =>
        before.filter(([id, one]) => wrong.has(id) || !isSame(one.target, sent.get(id)?.target ?? null)),
      );
      // Who has lost its account may be suggested one again.
      if ([...sent.values()].some(({ target }) => target === null))
        void client.invalidateQueries({ queryKey: suggestionsQuery(connectionId).queryKey });
      await onSaved();
    } catch (error) {
      setProblem(error);
    } finally {
      setIsSaving(false);
    }
  };
  const waiting = kept.filter(([id]) => !refused.has(id)).length;
  useSaveAfterRest(save, isAutomatic && !isSaving && problem === undefined && waiting > 0, kept);
  return { stored, ignored, changes, refused, isSaving, problem, change, undo, save };
}

function useSaveAfterRest(save: () => Promise<void>, isWanted: boolean, kept: unknown): void {
  const latest = useRef(save);
  const isWaiting = useRef(isWanted);
  latest.current = save;
  isWaiting.current = isWanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each further change begins the rest anew
  useEffect(() => {
    if (!isWanted) return;
    const timer = setTimeout(() => void latest.current(), restMs);
    return () => clearTimeout(timer);
  }, [isWanted, kept]);
  // Whoever goes on at once finds it saved in the next step.
  useEffect(
    () => () => {
      if (isWaiting.current) void latest.current();
    },
    [],
  );
}

/** A change that leads back to what is stored is none. */
function withTargets(
  before: Kept,
  targets: readonly (readonly [string, Target])[],
  stored: ReadonlyMap<string, Mapping>,
): Kept {
  const next = new Map(before);
  for (const [id, target] of targets) {
    const from = targetOf(stored.get(id));
    if (isSame(from, target)) next.delete(id);
    else next.set(id, { target, from });
  }
  return [...next];
}

function without<T>(map: ReadonlyMap<string, T>, ids: readonly string[]): ReadonlyMap<string, T> {
  const gone = new Set(ids);
  return new Map([...map].filter(([id]) => !gone.has(id)));
}
