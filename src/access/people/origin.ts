/** Requests that another site makes a browser send (ASVS 3.5): a change with a cookie must come from our own pages. */
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../../errors.ts';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

const foreignOrigin = new Problem(
  403,
  'foreignOrigin',
  'This request did not come from a page of Herald. Open Herald at its own address and try again.',
);

/** @throws Problem 403 for a change that no page of ours has asked for */
export function refuseForeign(
  { method, headers }: { method: string; headers: IncomingHttpHeaders },
  baseUrl: string,
): void {
  if (harmless.has(method)) return;
  const { origin } = new URL(baseUrl);
  if (headers.origin === origin || headers['sec-fetch-site'] === 'same-origin') return;
  throw foreignOrigin;
}
