/** What the dashboard reads. */
import { queryOptions } from '@tanstack/react-query';
import { get, type Page } from '../api/client.ts';
import type { Connection, Organization } from '../api/types.ts';
import type { spans } from './routes.ts';

export type Span = (typeof spans)[number];

/** Deliveries by what has become of them, of the alerts that came in within an hour or a day. */
export interface SeriesPoint {
  at: string;
  delivered: number;
  waiting: number;
  held: number;
  skipped: number;
  failed: number;
}

export interface DashboardConnection
  extends Pick<Connection, 'id' | 'name' | 'status' | 'health' | 'budget'> {
  waiting: number;
  oldestWaitingSince: string | null;
  delivered: number;
}

/** How the mail of the workspace stands. */
export type DashboardMail = Pick<
  DashboardConnection,
  'health' | 'waiting' | 'oldestWaitingSince' | 'delivered'
>;

export interface Dashboard {
  accounted: { alerts: number; unaccounted: number };
  needsPerson: {
    failed: number;
    held: number;
    uncertain: number;
    unassigned: number;
    attention: { connectionId: string; name: string; reason: string }[];
  };
  series: SeriesPoint[];
  latency: { medianMs: number | null; p95Ms: number | null; count: number };
  connections: DashboardConnection[];
  /** Null while no mail can leave. */
  mail: DashboardMail | null;
}

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
