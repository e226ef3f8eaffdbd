/** What the pages of connections read. */
import { queryOptions } from '@tanstack/react-query';
import { get, getAll, getVersioned } from '../../api/client.ts';
import type { Connection, PsaKind } from '../../api/types.ts';

/** The PSAs that this version can connect, with their declared fields. */
export const kindsQuery = queryOptions({
  queryKey: ['psa', 'kinds'],
  queryFn: async ({ signal }) => (await get<{ items: PsaKind[] }>('/psa/kinds', signal)).items,
  staleTime: Number.POSITIVE_INFINITY,
});

/** All connections, oldest first. */
export const connectionsQuery = queryOptions({
  queryKey: ['psa', 'connections'],
  queryFn: ({ signal }) => getAll<Connection>('/psa/connections', signal),
});

export const connectionPath = (id: string): string => `/psa/connections/${encodeURIComponent(id)}`;

/** While accounts are loaded one wants to see how far it is: so often, in milliseconds. */
const loadingMs = 1_000;

/** One connection with its revision. */
export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['psa', 'connections', id],
    queryFn: ({ signal }) => getVersioned<Connection>(connectionPath(id), signal),
    refetchInterval: ({ state }) => (state.data?.value.directory.state === 'loading' ? loadingMs : false),
  });
