/** The adapter of Autotask PSA. Facts about the vendor are cited as "fact sheet autotask §n"; see README.md. */
import type { Adapter } from '../contract.ts';
import { accountFilters, fields } from './fields.ts';
import { limits } from './limits.ts';
import { openSession } from './session.ts';
import { setup } from './setup.ts';
import { parseLookUpUrl, vendorLookUpUrl } from './zone.ts';

export interface AutotaskOptions {
  /**
   * Full URL of the zone look-up, to which `?user=` is appended; the vendor's own if absent. With one of your own,
   * the zone must stay on its origin; with the vendor's, on the vendor's hosts (fact sheet autotask §1.1).
   */
  zoneUrl?: string | undefined;
  /** The clock, for the age of caches and for dates in `Retry-After`. */
  now?: () => number;
}

/** Makes the adapter. Throws when `zoneUrl` is not an http or https URL, or carries a query. */
export function createAutotask({ zoneUrl, now = Date.now }: AutotaskOptions = {}): Adapter {
  const lookUp = zoneUrl === undefined ? vendorLookUpUrl : parseLookUpUrl(zoneUrl);
  return {
    kind: 'autotask',
    label: 'Autotask',
    fields,
    accountFilters,
    limits,
    setup,
    open: (credentials, http) => openSession({ credentials, http, lookUp, now }),
  };
}

/** The adapter with the vendor's own address. */
export const autotask: Adapter = createAutotask();
