/** What the pages about deliveries read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, type Page, query } from '../api/client.ts';
import type { Delivery, DeliveryState } from '../api/types.ts';

/** What keeps deliveries waiting for a person, and how many. */
export interface Cause {
  id: string;
  words: string;
  /** Null for e-mail. */
  connectionId: string | null;
  connectionName: string | null;
  state: 'held' | 'failed' | 'uncertain';
  count: number;
  /** When the oldest of their alerts came in; null when that was removed. */
  oldest: string | null;
}

const causesEveryMs = 10_000;

export const causesQuery = queryOptions({
  queryKey: ['deliveries', 'causes'],
  queryFn: async ({ signal }) => (await get<{ items: Cause[] }>('/deliveries/causes', signal)).items,
  refetchInterval: causesEveryMs,
});

export interface DeliveryFilter {
  causeId?: string;
  state?: DeliveryState;
  connectionId?: string;
}

/** Newest first, page by page. */
export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: ['deliveries', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Delivery>>(`/deliveries${query({ ...filter, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Delivery>) => page.nextCursor ?? undefined,
  });
