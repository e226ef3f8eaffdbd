/** Contracts and services of a PSA; a version that does not read them answers with 501 and says so. */
import { queryOptions } from '@tanstack/react-query';
import { get, type Page } from '../../../api/client.ts';
import { asProblem } from '../../../api/problem.ts';
import { connectionPath } from '../../psa/queries.ts';

interface Named {
  id: string;
  name: string;
}

const listQuery = (connectionId: string, what: 'contracts' | 'services') =>
  queryOptions({
    queryKey: ['connections', connectionId, what],
    queryFn: async ({ signal }) =>
      (await get<Page<Named>>(`${connectionPath(connectionId)}/${what}`, signal)).items,
    retry: (failures, error) => asProblem(error).status !== 501 && failures < 2,
    staleTime: 60_000,
  });

export const contractsQuery = (connectionId: string) => listQuery(connectionId, 'contracts');

export const servicesQuery = (connectionId: string) => listQuery(connectionId, 'services');
