/** What the finish asks: what would happen to an alert by what is stored now. */
import { queryOptions } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import { connectionPath } from '../../psa/queries.ts';
import { exampleAlert, type Preview } from '../tickets/queries.ts';

/** Of an alert of the store; of a made-up one when there is none. Writes nothing (decision 21). */
export const previewQuery = (connectionId: string, alertId: string | undefined) =>
  queryOptions({
    queryKey: ['psa', 'connections', connectionId, 'preview', alertId ?? 'example'],
    queryFn: ({ signal }) =>
      send<Preview>('POST', `${connectionPath(connectionId)}/preview`, {
        body: alertId === undefined ? { alert: exampleAlert } : { alertId },
        signal,
      }),
    staleTime: 0,
  });

/** Whether this connection would make no ticket of it: what one would look like is of no use then. */
export const isSkipped = ({ deliveries }: Preview, connectionId: string): boolean =>
  deliveries.some((one) => one.connectionId === connectionId && one.state === 'skipped');
