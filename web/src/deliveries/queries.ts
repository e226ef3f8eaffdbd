/** What the pages about deliveries read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { cause } from '../../../src/receipts/causeSchemas.ts';
import { get, type Page, query } from '../api/client.ts';
import type { Delivery, DeliveryState } from '../api/types.ts';

/** What keeps deliveries waiting for a person, and how many. */
export type Cause = z.output<typeof cause>;

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
