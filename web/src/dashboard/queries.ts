/** What the dashboard reads. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { dashboard } from '../../../src/dashboard/schemas.ts';
import { get, type Page } from '../api/client.ts';
import type { Organization } from '../api/types.ts';
import type { spans } from './routes.ts';

export type Span = (typeof spans)[number];

export type Dashboard = z.output<typeof dashboard>;
/** Deliveries by what has become of them, of the alerts that came in within an hour or a day. */
export type SeriesPoint = Dashboard['series'][number];
export type DashboardConnection = Dashboard['connections'][number];
/** How the mail of the workspace stands. */
export type DashboardMail = NonNullable<Dashboard['mail']>;

const everyMs = 10_000;

export const dashboardQuery = (hours: Span) =>
  queryOptions({
    queryKey: ['dashboard', hours],
    queryFn: ({ signal }) => get<Dashboard>(`/dashboard?hours=${hours}`, signal),
    refetchInterval: everyMs,
  });

/** Whether there is any organization. */
export const anyOrganizationQuery = queryOptions({
  queryKey: ['organizations', 'any'],
  queryFn: ({ signal }) => get<Page<Organization>>('/organizations?limit=1', signal),
});
