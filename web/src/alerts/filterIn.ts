import { severities } from '../parts/Severity.tsx';
import { deliveryStates } from '../parts/StateBadge.tsx';
import { given, someIn, textIn } from '../parts/searchParams.ts';
import type { AlertFilter } from './queries.ts';

/** The filters of the alert list in an address, or in what was kept of one; anything that makes no sense is left out. */
export const filterIn = (search: Record<string, unknown>): AlertFilter =>
  given({
    q: textIn(search, 'q'),
    severity: someIn(search, 'severity', severities)?.join(','),
    state: someIn(search, 'state', deliveryStates)?.join(','),
    organizationId: textIn(search, 'organizationId'),
    source: textIn(search, 'source'),
    group: textIn(search, 'group'),
    from: textIn(search, 'from'),
    to: textIn(search, 'to'),
  });
