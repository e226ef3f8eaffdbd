/** What the pages about alerts read. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, getText, type Page, query } from '../api/client.ts';
import type { Delivery } from '../api/types.ts';
import type { Severity } from '../parts/Severity.tsx';

/** An alert as it is listed. */
export interface ListedAlert {
  id: string;
  source: string;
  externalId: string;
  title: string;
  severity: Severity;
  originalSeverity: string;
  status: string | null;
  eventType: string | null;
  user: string | null;
  device: string | null;
  organization: { id: string; name: string } | null;
  unassignedReference: string | null;
  receivedAt: string;
  occurredAt: string | null;
  flags: string[];
  deliveries: Delivery[];
}

/** What came in, normalized; members that are not there were not sent. */
interface AlertBody {
  description?: string;
  user?: { email?: string; name?: string };
  device?: { name?: string; ip?: string };
  organization?: { externalId?: string; domain?: string; tenantId?: string; name?: string };
  application?: string;
  ip?: string;
  location?: { country?: string; city?: string };
  rule?: { kind?: string; id?: string; name?: string };
  events?: { type?: string; at?: string; summary?: string }[];
  incidentId?: string;
  url?: string;
  recommendedAction?: string;
  labels?: Record<string, string>;
}

interface Revision {
  revision: number;
  severity: Severity;
  status: string | null;
  receivedAt: string;
}

export interface WholeAlert extends ListedAlert {
  revision: number;
  alert: AlertBody;
  trace: string[];
  /** Earlier states, oldest first. */
  revisions: Revision[];
}

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
