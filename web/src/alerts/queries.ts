/** What the pages about alerts read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { listedAlert, wholeAlert } from '../../../src/alerts/schemas.ts';
import type { Alert } from '../../../src/alerts/types.ts';
import { get, getText, type Page, query } from '../api/client.ts';
import type { Delivery } from '../api/types.ts';

/** An alert as it is listed. */
export type ListedAlert = z.output<typeof listedAlert>;
/** One alert: `alert` is what came in, normalized; members that are not there were not sent. */
export type WholeAlert = Omit<z.output<typeof wholeAlert>, 'alert'> & { alert: Alert };

export interface AlertFilter {
  q?: string;
  severity?: string;
  state?: string;
  organizationId?: string;
  source?: string;
  group?: string;
  from?: string;
  to?: string;
}

const listOf = (filter: AlertFilter, cursor: string | undefined): string =>
  `/alerts${query({ ...filter, cursor })}`;

/** Pages of the list stand still while one reads; {@link newestAlertsQuery} tells what has come meanwhile. */
export const alertsQuery = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'list', filter],
    queryFn: ({ pageParam, signal }) => get<Page<ListedAlert>>(listOf(filter, pageParam), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<ListedAlert>) => page.nextCursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

const newestEveryMs = 5_000;

/** The first page of the same list, again and again. */
export const newestAlertsQuery = (filter: AlertFilter) =>
  queryOptions({
    queryKey: ['alerts', 'newest', filter],
    queryFn: ({ signal }) => get<Page<ListedAlert>>(listOf(filter, undefined), signal),
    refetchInterval: newestEveryMs,
  });

const liveEveryMs = 2_000;
const quietEveryMs = 20_000;
const isMoving = ({ state }: Delivery): boolean =>
  state === 'pending' || state === 'sending' || state === 'uncertain';

/** One alert; read often while something of it is on its way. */
export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'one', id],
    queryFn: ({ signal }) => get<WholeAlert>(`/alerts/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.deliveries.some(isMoving) ? liveEveryMs : quietEveryMs),
  });

/** The same as text, in which numbers stand as they were sent. */
export const alertTextQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', 'text', id],
    queryFn: ({ signal }) => getText(`/alerts/${encodeURIComponent(id)}`, signal),
  });

/** Whether there is any alert at all; asked again until there is one. */
export const anyAlertQuery = queryOptions({
  queryKey: ['alerts', 'any'],
  queryFn: ({ signal }) => get<Page<ListedAlert>>('/alerts?limit=1', signal),
  refetchInterval: ({ state }) => (state.data?.items.length === 0 ? newestEveryMs : false),
});
