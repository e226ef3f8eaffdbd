/** For tests: a session whose calls are answered from a script, and what it sent. */
import type { PsaReply, PsaRequest, Session } from '../contract.ts';
import { reply, scriptedHttp } from './scriptedHttp.ts';
import { openSession } from './session.ts';
import { vendorLookUpUrl } from './zone.ts';

export const scriptedCredentials = {
  username: 'k3y@MSP.EXAMPLE',
  secret: 'S3cr$t#1',
  integrationCode: 'CODE0001',
};

export interface ScriptedSession {
  session: Session;
  /** The calls so far, zone look-ups left out. */
  calls(): PsaRequest[];
  /** Their bodies, read. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of many shapes
  bodies(): any[];
}

/** Opens a session; the last answer of the script is repeated. */
export function openScripted(...script: PsaReply[]): ScriptedSession {
  const { http, calls } = scriptedHttp(script);
  const session = openSession({
    credentials: scriptedCredentials,
    http,
    lookUp: vendorLookUpUrl,
    now: () => 0,
  });
  return { session, calls, bodies: () => calls().map(({ body }) => JSON.parse(body ?? 'null')) };
}

/** A page of a query, the only one. */
export function rows(...items: unknown[]): PsaReply {
  return reply(200, { items, pageDetails: { count: items.length, requestCount: 500, nextPageUrl: null } });
}

/** Lets every write begin. */
export const always = (): boolean => true;
