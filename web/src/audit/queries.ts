/** What the page of the audit reads. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, type Page, query } from '../api/client.ts';
import type { AuditEntry, AuditVerdict } from '../api/types.ts';

export interface AuditFilter {
  q?: string;
  targetKind?: string;
  targetId?: string;
  actorId?: string;
  from?: string;
  to?: string;
}

export const entriesQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page<AuditEntry>>(`/audit${query({ ...filter, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<AuditEntry>) => page.nextCursor ?? undefined,
  });

/** For what is known by its id only. */
export const newestEntryQuery = (filter: AuditFilter) =>
  queryOptions({
    queryKey: ['audit', 'newest', filter],
    queryFn: ({ signal }) => get<Page<AuditEntry>>(`/audit${query({ ...filter, limit: 1 })}`, signal),
  });

export const entryQuery = (n: string) =>
  queryOptions({
    queryKey: ['audit', 'one', n],
    queryFn: ({ signal }) => get<AuditEntry>(`/audit/${encodeURIComponent(n)}`, signal),
    // An entry never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Goes through the whole chain: asked for when the page is opened, and when a person wants it again. */
export const chainQuery = queryOptions({
  queryKey: ['audit', 'chain'],
  queryFn: async ({ signal }) => get<AuditVerdict>('/audit/verify', signal),
  staleTime: 60_000,
  refetchOnWindowFocus: false,
});

/** Where the browser gets the file from. */
export const exportAddress = (filter: AuditFilter, format: 'csv' | 'ndjson'): string =>
  `/api/v1/audit/export${query({ ...filter, format })}`;
