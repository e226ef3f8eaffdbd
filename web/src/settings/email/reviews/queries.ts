/** What is to be looked at again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { review, reviewsPage } from '../../../../../src/email/schemas.ts';
import { get, query } from '../../../api/client.ts';

export type Review = z.output<typeof review>;

export type ReviewsPage = z.output<typeof reviewsPage>;

const countEveryMs = 300_000;

/** How many are due. */
export const reviewCountQuery = queryOptions({
  queryKey: ['reviews', 'count'],
  queryFn: async ({ signal }) => (await get<ReviewsPage>('/reviews?limit=1', signal)).counts,
  staleTime: 60_000,
  refetchInterval: countEveryMs,
});

/** Due or due within 30 days, oldest first. */
export const reviewsQuery = infiniteQueryOptions({
  queryKey: ['reviews', 'list'],
  queryFn: ({ pageParam, signal }) =>
    get<ReviewsPage>(`/reviews${query({ limit: 100, cursor: pageParam })}`, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
});
