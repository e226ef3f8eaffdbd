/** What the PSA of a connection offers to choose from. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  account,
  choice,
  contact,
  contract,
  namedAccount,
  service,
} from '../../../../../src/connections/schemas.ts';
import { get, getAll, type Page, query } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';

export type Account = z.output<typeof account>;
export type Contact = z.output<typeof contact>;
export type Contract = z.output<typeof contract>;
export type Service = z.output<typeof service>;
type Choice = z.output<typeof choice>;

/** Wanted values by the key of a declared account filter. */
export type AccountFilters = Readonly<Record<string, readonly string[]>>;

/** All that shows accounts of a connection: what is offered, ignored, suggested. */
export const accountsKey = (connectionId: string) => ['accounts', connectionId] as const;

/** So many accounts are offered at a time; who wants another one types more of its name. */
const mostOffered = 50;

/** The accounts that a chooser offers for what was typed. */
export const offeredAccountsQuery = (connectionId: string, q: string, filters: AccountFilters) =>
  queryOptions({
    queryKey: [...accountsKey(connectionId), 'offered', q, filters],
    queryFn: ({ signal }) => {
      const wanted = Object.entries(filters).map(([key, values]) => [key, values.join(',')]);
      const search = query({ q, limit: mostOffered, ...Object.fromEntries(wanted) });
      return get<Page<Account>>(`${connectionPath(connectionId)}/accounts${search}`, signal);
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });

/** One account by its id, also when it is no longer active. */
export const accountQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'account', accountId],
    queryFn: ({ signal }) => {
      const path = `${connectionPath(connectionId)}/accounts/${encodeURIComponent(accountId)}`;
      return get<z.output<typeof namedAccount>>(path, signal);
    },
    staleTime: 60_000,
  });

const ofAccount = (connectionId: string, what: 'contacts' | 'contracts', accountId: string): string =>
  `${connectionPath(connectionId)}/${what}?accountId=${encodeURIComponent(accountId)}`;

/** Active contacts of an account, as the PSA has them now. */
export const contactsQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['contacts', connectionId, accountId],
    queryFn: ({ signal }) => getAll<Contact>(ofAccount(connectionId, 'contacts', accountId), signal),
    staleTime: 60_000,
  });

/** Contracts of an account, as the PSA has them now; those that are not in force too. */
export const contractsQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'contracts', accountId],
    queryFn: ({ signal }) => getAll<Contract>(ofAccount(connectionId, 'contracts', accountId), signal),
    staleTime: 60_000,
  });

/** The whole catalogue of services, inactive ones too. */
export const servicesQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'services'],
    queryFn: ({ signal }) => getAll<Service>(`${connectionPath(connectionId)}/services`, signal),
    staleTime: 60_000,
  });

/** A list of the PSA, inactive values included. */
export const choicesQuery = (connectionId: string, field: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'choices', field],
    queryFn: async ({ signal }) => {
      const path = `${connectionPath(connectionId)}/choices?field=${encodeURIComponent(field)}`;
      return (await get<Page<Choice>>(path, signal)).items;
    },
    staleTime: 60_000,
  });
