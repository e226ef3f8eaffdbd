/** Contracts of an account and services, as the PSA has them now. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { contract, service } from '../../../../../src/connections/schemas.ts';
import { getAll } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';

export type Contract = z.output<typeof contract>;
export type Service = z.output<typeof service>;

/** Those that are not in force too. */
export const contractsQuery = (connectionId: string, accountId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'contracts', accountId],
    queryFn: ({ signal }) => {
      const search = `accountId=${encodeURIComponent(accountId)}`;
      return getAll<Contract>(`${connectionPath(connectionId)}/contracts?${search}`, signal);
    },
    staleTime: 60_000,
  });

/** The whole catalogue, inactive ones too. */
export const servicesQuery = (connectionId: string) =>
  queryOptions({
    queryKey: ['connections', connectionId, 'services'],
    queryFn: ({ signal }) => getAll<Service>(`${connectionPath(connectionId)}/services`, signal),
    staleTime: 60_000,
  });
