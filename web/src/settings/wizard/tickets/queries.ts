/** What the live ticket is made of: recent alerts, and what would become of one of them. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { previewAnswer } from '../../../../../src/connections/schemas.ts';
import type { ListedAlert } from '../../../alerts/queries.ts';
import { get, type Page, send } from '../../../api/client.ts';
import { asProblem } from '../../../api/problem.ts';
import { connectionPath } from '../../psa/queries.ts';
import type { StepValues } from '../step.ts';

export type Preview = z.output<typeof previewAnswer>;

/** The newest alerts, to try settings on. */
export const recentAlertsQuery = queryOptions({
  queryKey: ['alerts', 'recent'],
  queryFn: async ({ signal }) => (await get<Page<ListedAlert>>('/alerts?limit=30', signal)).items,
  staleTime: 60_000,
});

/** Stands in while no alert has come in. */
export const exampleAlert = {
  source: 'example',
  externalId: 'example-1',
  title: 'Sign-in outside approved location',
  severity: 'critical',
  description: 'Signed in from a country that nobody of the organization is in.',
  eventType: 'iam.outside_location',
  user: { email: 'ana@northwind.example', name: 'Ana Lima' },
  device: { name: 'laptop-7' },
  organization: { name: 'Northwind Dental' },
  recommendedAction: 'Reset the password and end all sessions.',
};

/** The ticket of an alert with these values of the tickets step, stored or not. Writes nothing. */
export const previewQuery = (connectionId: string, alertId: string | undefined, tickets: StepValues) =>
  queryOptions({
    queryKey: ['preview', connectionId, alertId, tickets],
    queryFn: ({ signal }) =>
      send<Preview>('POST', `${connectionPath(connectionId)}/preview`, {
        body: { ...(alertId ? { alertId } : { alert: exampleAlert }), steps: { tickets } },
        signal,
      }),
    placeholderData: keepPreviousData,
    retry: (failures, error) => failures < 1 && asProblem(error).status >= 500,
    staleTime: 30_000,
  });
