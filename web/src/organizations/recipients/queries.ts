import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { outlook } from '../../../../src/organizations/schemas.ts';
import { get } from '../../api/client.ts';
import { organizationPath } from '../queries.ts';

type Outlook = z.output<typeof outlook>;
/** What would happen to an alert of a severity right now. */
export type SeverityOutlook = Outlook['severities'][number];

/** Most severe first. */
export const outlookQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organizations', 'outlook', organizationId],
    queryFn: async ({ signal }) =>
      (await get<Outlook>(`${organizationPath(organizationId)}/outlook`, signal)).severities,
    staleTime: 0,
  });
