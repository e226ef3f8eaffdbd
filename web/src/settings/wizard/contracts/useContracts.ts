/** The contract mapping while it is edited: what was chosen, what the server did not take, and how it is saved. */
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useSession } from '../../../api/session.ts';
import { placeOf } from '../../../drafts/rowDrafts.ts';
import { storedOf } from '../accounts/draftRows.ts';
import { apiOf, inTurn, show } from '../accounts/mappingSaves.ts';
import { mappingsQuery } from '../accounts/queries.ts';
import { useSaveAfterRest } from '../accounts/useMappings.ts';
import { changeDraft, readDraft, useContractDraft } from './contractDraft.ts';
import {
  afterSave,
  type Choice,
  choiceOf,
  conflictOf,
  type KnownContract,
  type Row,
  rowsOf,
  withChange,
} from './rows.ts';
import { saveContracts } from './saveContracts.ts';

export interface ContractEdits {
  rows: readonly Row[];
  /** Changed rows that are not stored. */
  unsaved: number;
  /** Why a row is not stored, by organization. */
  refused: ReadonlyMap<string, string>;
  isSaving: boolean;
  /** What kept the last save from being done that belongs to no row. */
  problem: unknown;
  /** `contract`: the chosen one as it was offered. */
  change(row: Row, choice: Choice, contract?: KnownContract): void;
  /** Takes back what is not stored of this organization; all of it if left out. */
  undo(organizationId?: string): void;
  save(): Promise<void>;
}

/** What is chosen survives leaving the page; with `isAutomatic` it saves itself. */
export function useContracts(connectionId: string, isAutomatic: boolean): ContractEdits {
  const client = useQueryClient();
  const { data } = useSuspenseQuery(mappingsQuery(connectionId));
  const { user } = useSession();
  const place = placeOf(user.id, connectionId);
  const { kept, refused: notTaken, saves, problem } = useContractDraft(place);
  const stored = useMemo(() => storedOf(data.mappings), [data.mappings]);
  const rows = useMemo(() => rowsOf(data, kept), [data, kept]);
  const refused = useMemo(() => {
    const conflicts = kept.flatMap(([id, change]): [string, string][] => {
      const words = conflictOf(stored.get(id), change);
      return words === undefined ? [] : [[id, words]];
    });
    return new Map([...notTaken, ...conflicts]);
  }, [notTaken, stored, kept]);

  // The PSA, or somebody else, may have changed what stood in the way when one was here last.
  useEffect(() => changeDraft(place, () => ({ refused: new Map(), problem: undefined })), [place]);

  const change: ContractEdits['change'] = useCallback(
    ({ organizationId: id, accountId, contract: before }, choice, contract = before) =>
      changeDraft(place, (is) => {
        const known = new Map(is.kept).get(id);
        const isSeen = known !== undefined && conflictOf(stored.get(id), known) === undefined;
        const from = isSeen ? known.from : choiceOf(stored.get(id));
        return {
          kept: withChange(is.kept, id, { choice, from, accountId, contract }),
          refused: new Map([...is.refused].filter(([one]) => one !== id)),
          problem: undefined,
        };
      }),
    [place, stored],
  );
  const undo = useCallback(
    (id?: string) =>
      changeDraft(place, (is) => ({
        kept: is.kept.filter(([one]) => id !== undefined && one !== id),
        refused: new Map([...is.refused].filter(([one]) => id !== undefined && one !== id)),
      })),
    [place],
  );
  const save = async () => {
    changeDraft(place, (is) => ({ saves: is.saves + 1, problem: undefined }));
    try {
      await inTurn(connectionId, async () => {
        const sent = new Map(readDraft(place).kept);
        if (sent.size === 0) return;
        const api = apiOf(connectionId);
        const shown = client.getQueryData(mappingsQuery(connectionId).queryKey) ?? (await api.read());
        const saved = await saveContracts(api, shown, sent);
        await show(client, connectionId, saved.set);
        changeDraft(place, (is) => ({
          kept: afterSave(is.kept, sent, saved.left),
          refused: saved.refused,
        }));
      });
    } catch (error) {
      changeDraft(place, () => ({ problem: error }));
    } finally {
      changeDraft(place, (is) => ({ saves: is.saves - 1 }));
    }
  };
  const isWaiting = isAutomatic && problem === undefined && kept.some(([id]) => !refused.has(id));
  useSaveAfterRest(save, { isWaiting, isSaving: saves > 0, kept });
  return { rows, unsaved: kept.length, refused, isSaving: saves > 0, problem, change, undo, save };
}
