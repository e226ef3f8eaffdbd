/** What only the mapping of accounts reads: organizations, suggestions, counts, and accounts that are set aside. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { accountFacet, suggestion } from '../../../../../src/connections/directorySchemas.ts';
import { get, getAll } from '../../../api/client.ts';
import type { Organization } from '../../../api/types.ts';
import { connectionPath } from '../../psa/queries.ts';
import { type Account, accountsKey } from '../offers/queries.ts';

/** An account whose name is like that of an organization that has none yet. */
export type Suggestion = z.output<typeof suggestion>;
type AccountFacet = z.output<typeof accountFacet>;

/** The names and ids of all organizations that may go to this connection. */
export const organizationsQuery = queryOptions({
  queryKey: ['organizations', 'all'],
  queryFn: ({ signal }) => getAll<Organization>('/organizations', signal),
  staleTime: 60_000,
});

export const suggestionsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'suggestions'],
    queryFn: ({ signal }) =>
      get<{ items: Suggestion[] }>(`${connectionPath(connectionId)}/suggestions`, signal),
    staleTime: 60_000,
  });

/** How many of the accounts that are offered have each value of a filter. */
export const accountCountsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'counts'],
    queryFn: async ({ signal }) => {
      const path = `${connectionPath(connectionId)}/accounts?facets=true&limit=1`;
      return (await get<{ facets?: AccountFacet[] }>(path, signal)).facets ?? [];
    },
    staleTime: 60_000,
  });

/** Accounts that are not offered for mapping (req 65). */
export const ignoredAccountsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'ignored'],
    queryFn: ({ signal }) => getAll<Account>(`${connectionPath(connectionId)}/accounts?ignored=true`, signal),
  });
