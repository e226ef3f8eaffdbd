/** The accounts of the mappings while they are edited. */
import { useQueryClient } from '@tanstack/react-query';
import { type RowEdits, useRowEdits } from '../mapping/useRowEdits.ts';
import { accountPart } from './accountPart.ts';
import { suggestionsQuery } from './queries.ts';
import type { Target } from './rows.ts';

export type AccountEdits = RowEdits<Target>;

interface Order {
  connectionId: string;
  isAutomatic: boolean;
  onSaved(): Promise<void>;
}

/** `onSaved`: the server was asked to store rows. */
export function useAccountEdits({ connectionId, isAutomatic, onSaved }: Order): AccountEdits {
  const client = useQueryClient();
  return useRowEdits(accountPart, {
    connectionId,
    isAutomatic,
    onSaved(sent) {
      // Who has lost its account may be suggested one again.
      if ([...sent.values()].some(({ to }) => to === null))
        void client.invalidateQueries({ queryKey: suggestionsQuery(connectionId).queryKey });
      return onSaved();
    },
  });
}
