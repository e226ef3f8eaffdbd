import { queryOptions } from '@tanstack/react-query';
import { get, type Page } from '../../api/client.ts';
import type { Severity } from '../../parts/Severity.tsx';
import type { Recipient } from '../../settings/email/queries.ts';
import { organizationPath } from '../queries.ts';

interface Way {
  kind: 'goes' | 'held' | 'none';
  words: string;
}

/** What would happen to an alert of a severity right now. */
export interface SeverityOutlook {
  severity: Severity;
  ticket: Way;
  mail: Way & { recipients: { address: string }[] };
}

/** Most severe first. */
export const outlookQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', 'outlook', organizationId],
    queryFn: async ({ signal }) =>
      (await get<{ severities: SeverityOutlook[] }>(`${organizationPath(organizationId)}/outlook`, signal))
        .severities,
    staleTime: 0,
  });

const mostStopped = 200;

/** Addresses that were refused so often that nothing goes there. */
export const stoppedQuery = queryOptions({
  queryKey: ['recipients', 'stopped'],
  queryFn: async ({ signal }) => {
    const { items } = await get<Page<Recipient>>(`/recipients?stopped=true&limit=${mostStopped}`, signal);
    return new Set(items.map(({ address }) => address.toLowerCase()));
  },
});
