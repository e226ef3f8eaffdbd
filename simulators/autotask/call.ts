import type { Tenant } from './tenant.ts';

/** One call of the API, past authentication and limits, with its body read. */
export type Call = {
  tenant: Tenant;
  /** Number in the ledger. */
  n: number;
  method: string;
  /** Path as it was sent, without the query. */
  path: string;
  query: URLSearchParams;
  /** The `search` parameter. */
  search: string;
  body: string;
  fullUrlLength: number;
  /** Address of this simulator as the caller reaches it, up to and with `/ATServicesRest`. */
  apiUrl: string;
  /** A fault that makes a search answer wrongly. */
  distortion: 'emptyResult' | 'ignoreFilter' | undefined;
};
