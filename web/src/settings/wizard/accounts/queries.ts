/** What the mapping table reads: organizations, the stored set, suggestions, and the PSA's accounts and contacts. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  account,
  choice,
  contact,
  mappingSet,
  namedAccount,
} from '../../../../../src/connections/schemas.ts';
import { get, getAll, getVersioned, type Page, query } from '../../../api/client.ts';
import type { Organization } from '../../../api/types.ts';

export type MappingSet = z.output<typeof mappingSet>;
export type Mapping = MappingSet['mappings'][number];
export type Account = z.output<typeof account>;
export type Contact = z.output<typeof contact>;
type Choice = z.output<typeof choice>;

/** An account whose name is like that of an organization that has none yet. */
export interface Suggestion {
  organizationId: string;
  accountId: string;
  accountName: string;
  match: 'exact' | 'near';
}

/** The values of a declared filter that accounts have. */
interface AccountFacet {
  filter: string;
  values: { value: string; count: number }[];
}

/** Wanted values by the key of a declared account filter. */
export type AccountFilters = Readonly<Record<string, readonly string[]>>;

const base = (connectionId: string) => `/psa/connections/${encodeURIComponent(connectionId)}`;

/** All that shows accounts of a connection: what is offered, ignored, suggested. */
export const accountsKey = (connectionId: string) => ['accounts', connectionId] as const;

/** The names and ids of all organizations that may go to this connection. */
export const organizationsQuery = queryOptions({
  queryKey: ['organizations', 'all'],
  queryFn: ({ signal }) => getAll<Organization>('/organizations', signal),
  staleTime: 60_000,
});

export const mappingsPath = (connectionId: string): string => `${base(connectionId)}/mappings`;

/** The set; what is kept of it has its revision too. */
export const mappingsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['mappings', connectionId],
    queryFn: ({ signal }) => getVersioned<MappingSet>(mappingsPath(connectionId), signal),
    select: ({ value }) => value,
  });

export const suggestionsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'suggestions'],
    queryFn: ({ signal }) => get<Page<Suggestion>>(`${base(connectionId)}/suggestions`, signal),
    staleTime: 60_000,
  });

/** So many accounts are offered at a time; who wants another one types more of its name. */
const mostOffered = 50;

/** The accounts that a chooser offers for what was typed. */
export const offeredAccountsQuery = (connectionId: string, q: string, filters: AccountFilters) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'offered', q, filters],
    queryFn: ({ signal }) => {
      const wanted = Object.entries(filters).map(([key, values]) => [key, values.join(',')]);
      const search = query({ q, limit: mostOffered, ...Object.fromEntries(wanted) });
      return get<Page<Account>>(`${base(connectionId)}/accounts${search}`, signal);
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** How many of the accounts that are offered have each value of a filter. */
export const accountCountsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'counts'],
    queryFn: async ({ signal }) => {
      const path = `${base(connectionId)}/accounts?facets=true&limit=1`;
      return (await get<{ facets?: AccountFacet[] }>(path, signal)).facets ?? [];
    },
    staleTime: 60_000,
  });

/** One account by its id, also when it is no longer active. */
export const accountQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'account', accountId],
    queryFn: ({ signal }) =>
      get<z.output<typeof namedAccount>>(
        `${base(connectionId)}/accounts/${encodeURIComponent(accountId)}`,
        signal,
      ),
    staleTime: 60_000,
  });

/** Accounts that are not offered for mapping (req 65). */
export const ignoredAccountsQuery = (connectionId: string) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'ignored'],
    queryFn: ({ signal }) => getAll<Account>(`${base(connectionId)}/accounts?ignored=true`, signal),
  });

/** Active contacts of an account, as the PSA has them now. */
export const contactsQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['contacts', connectionId, accountId],
    queryFn: ({ signal }) =>
      getAll<Contact>(`${base(connectionId)}/contacts?accountId=${encodeURIComponent(accountId)}`, signal),
    staleTime: 60_000,
  });

/** A list of the PSA, inactive values included. */
export const choicesQuery = (connectionId: string, field: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'choices', field],
    queryFn: async ({ signal }) => {
      const path = `${base(connectionId)}/choices?field=${encodeURIComponent(field)}`;
      return (await get<Page<Choice>>(path, signal)).items;
    },
    staleTime: 60_000,
  });
