import type { QueryClient } from '@tanstack/react-query';
import { sendVersioned } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';
import { inTurn, type MappingSet, show } from '../mapping/set.ts';

interface Mark {
  accountId: string;
  isIgnored: boolean;
  /** Why, for the audit. */
  reason: string | undefined;
}

/** Marks an account as not to be offered, or takes the mark away; the rows stay as they are. @throws Problem */
export function ignoreAccount(
  client: QueryClient,
  connectionId: string,
  { accountId, isIgnored, reason }: Mark,
): Promise<void> {
  return inTurn(connectionId, async () => {
    const path = `${connectionPath(connectionId)}/accounts/ignored`;
    const body = isIgnored ? { add: [accountId] } : { remove: [accountId] };
    await show(client, connectionId, await sendVersioned<MappingSet>('PATCH', path, { body, reason }));
  });
}
