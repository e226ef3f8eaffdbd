/** What the pages of organizations read. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { unassignedReference } from '../../../src/organizations/schemas.ts';
import { get, getVersioned, type Page, query } from '../api/client.ts';
import type { Organization } from '../api/types.ts';

export type UnassignedReference = z.output<typeof unassignedReference>;

export interface OrganizationFilters {
  q?: string;
  connectionId?: string;
  /** PSA & email on or off. */
  enabled?: 'true' | 'false';
}

const pageSize = 100;

/** By name; `q` is found in names and references. */
export const organizationsQuery = (filters: OrganizationFilters) =>
  infiniteQueryOptions({
    queryKey: ['organizations', 'list', filters],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Organization>>(
        `/organizations${query({ ...filters, limit: pageSize, cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

/** The first organizations that a text is found in, to choose one of them. */
export const organizationChoicesQuery = (q: string) =>
  queryOptions({
    queryKey: ['organizations', 'choices', q],
    queryFn: ({ signal }) => get<Page<Organization>>(`/organizations${query({ q, limit: 20 })}`, signal),
    placeholderData: keepPreviousData,
  });

export const organizationPath = (id: string): string => `/organizations/${encodeURIComponent(id)}`;

/** One organization with its revision. */
export const organizationQuery = (id: string) =>
  queryOptions({
    queryKey: ['organizations', 'one', id],
    queryFn: ({ signal }) => getVersioned<Organization>(organizationPath(id), signal),
  });

/** References of senders that lead to no organization, those seen last first. */
export const unassignedQuery = infiniteQueryOptions({
  queryKey: ['organizations', 'unassigned'],
  queryFn: ({ pageParam, signal }) =>
    get<Page<UnassignedReference>>(
      `/organizations/unassigned${query({ limit: pageSize, cursor: pageParam })}`,
      signal,
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
});
