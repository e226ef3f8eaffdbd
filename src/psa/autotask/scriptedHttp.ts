/** For tests: answers calls from a script instead of a network, and keeps what was asked. */
import type { PsaHttp, PsaReply, PsaRequest } from '../contract.ts';

export interface ScriptedHttp {
  http: PsaHttp;
  /** Everything that was asked, zone look-ups included. */
  requests: PsaRequest[];
  /** The requests other than zone look-ups. */
  calls(): PsaRequest[];
}

/** A complete answer; objects are sent as JSON. */
export function reply(status: number, body: unknown): PsaReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answered', status, headers: { 'content-type': 'application/json' }, text };
}

/** The usual answer of the zone look-up. */
export function zoneReply(host = 'webservices14'): PsaReply {
  return reply(200, {
    zoneName: 'America East 2',
    url: `https://${host}.autotask.net/ATServicesRest/`,
    webUrl: 'https://ww14.autotask.net/',
    ci: 1,
  });
}

/** Zone look-ups take from `zones`, other calls from `script`, in order; the last of each is repeated. */
export function scriptedHttp(
  script: readonly PsaReply[],
  zones: readonly PsaReply[] = [zoneReply()],
): ScriptedHttp {
  const requests: PsaRequest[] = [];
  const isLookUp = (request: PsaRequest) => request.endpoint === 'zoneInformation';
  const http: PsaHttp = async (request) => {
    const replies = isLookUp(request) ? zones : script;
    const asked = requests.filter((other) => isLookUp(other) === isLookUp(request)).length;
    requests.push(request);
    const answer = replies[Math.min(asked, replies.length - 1)];
    if (!answer) throw new Error(`The script has no answer for ${request.method} ${request.url}`);
    return answer;
  };
  return { http, requests, calls: () => requests.filter((request) => !isLookUp(request)) };
}
