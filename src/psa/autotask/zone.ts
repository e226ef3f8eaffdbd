/**
 * The zone of a tenant: which of the vendor's hosts serves it (fact sheet autotask §1.1). All decisions about where
 * credentials may be sent are here; the call itself is in connection.ts.
 */
import type { ZoneInformation } from './types.ts';

/** Where zones are looked up, and where the zone found may then lie. */
export interface LookUp {
  url: string;
  /** `vendorHosts`: any of the vendor's web-service hosts. `sameOrigin`: where the look-up itself is. */
  bound: 'vendorHosts' | 'sameOrigin';
}

export interface Zone {
  /** Without a slash at the end; paths such as `/Tickets/query` are appended. */
  baseUrl: string;
  /** Root of the web pages, without a slash at the end; absent if the vendor gave none that we would show. */
  webUrl?: string;
}

export const vendorLookUpUrl: LookUp = {
  url: 'https://webservices.autotask.net/atservicesrest/v1.0/zoneInformation',
  bound: 'vendorHosts',
};

const vendorHosts = /^(webservices\d*|prde|pres)\.autotask\.net$/;
const vendorWebHosts = /^[a-z0-9-]+\.autotask\.net$/;

/** Reads a look-up URL of the operator. Throws when it is no http(s) URL, or has a query, fragment or user name. */
export function parseLookUpUrl(text: string): LookUp {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(`The zone look-up of Autotask is not an http or https URL: ${text}`);
  }
  if (url.search || url.hash || url.username || url.password) {
    throw new Error(
      'The zone look-up of Autotask must have no query, fragment or user name: ?user= is appended.',
    );
  }
  return { url: url.href, bound: 'sameOrigin' };
}

/** The look-up for one user name. */
export function lookUpUrlFor(lookUp: LookUp, username: string): string {
  return `${lookUp.url}?user=${encodeURIComponent(username)}`;
}

/** Judges where a look-up sends us; refuses, with a sentence, a host that must not see the credentials. */
export function judgeZone(
  answer: ZoneInformation,
  lookUp: LookUp,
): { ok: true; zone: Zone } | { ok: false; text: string } {
  const url = URL.parse(answer.url);
  if (!url || !isWithin(url, lookUp, vendorHosts)) {
    const host = url ? url.host : 'an address that is not a URL';
    return {
      ok: false,
      text: `The zone look-up of Autotask points to ${host}, which is not a host of Autotask.`,
    };
  }
  const webUrl = URL.parse(answer.webUrl ?? '');
  const isShown = webUrl !== null && isWithin(webUrl, lookUp, vendorWebHosts);
  return {
    ok: true,
    zone: { baseUrl: `${rootOf(url)}/V1.0`, ...(isShown ? { webUrl: rootOf(webUrl) } : {}) },
  };
}

/** The page of a ticket (fact sheet autotask §6.12). */
export function ticketLink(zone: Zone | undefined, ticketId: string): string | undefined {
  if (!zone?.webUrl) return undefined;
  return `${zone.webUrl}/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=${ticketId}`;
}

function isWithin(url: URL, lookUp: LookUp, hosts: RegExp): boolean {
  if (url.username || url.password) return false;
  if (lookUp.bound === 'sameOrigin') return url.origin === new URL(lookUp.url).origin;
  return url.protocol === 'https:' && url.port === '' && hosts.test(url.hostname);
}

/** Origin and path without double slashes (seen in live answers), slash at the end, query. */
function rootOf(url: URL): string {
  return url.origin + url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
}
