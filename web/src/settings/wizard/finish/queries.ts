/** What the finish asks: recent alerts, and what would happen to one of them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { previewAnswer } from '../../../../../src/connections/schemas.ts';
import { get, type Page, send } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';

interface RecentAlert {
  id: string;
  title: string;
  severity: string;
}

export const recentAlertsQuery = queryOptions({
  queryKey: ['alerts', 'recent'],
  queryFn: async ({ signal }) => (await get<Page<RecentAlert>>('/alerts?limit=10', signal)).items,
});

/** Of an alert of the store; of a made-up one when there is none. Writes nothing. */
export const previewQuery = (connectionId: string, alertId: string | undefined) =>
  queryOptions({
    queryKey: ['psa', 'connections', connectionId, 'preview', alertId ?? 'example'],
    queryFn: ({ signal }) =>
      send<z.output<typeof previewAnswer>>('POST', `${connectionPath(connectionId)}/preview`, {
        body: alertId === undefined ? { alert: example } : { alertId },
        signal,
      }),
    staleTime: 0,
  });

const example = {
  source: 'example',
  externalId: 'example-1',
  title: 'Sign-in from an unusual country',
  severity: 'high',
  description: 'A user has signed in from a country where nobody of the organization has been before.',
  user: { email: 'ana@customer.example' },
};
