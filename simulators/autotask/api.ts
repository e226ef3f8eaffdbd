import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, sendAnswer, sendFaulty } from '../common/answers.ts';
import { readBody } from '../common/body.ts';
import type { Fault } from '../common/faults.ts';
import type { RequestRecord } from '../common/ledger.ts';
import { refuseCredentials, wrongZone } from './auth.ts';
import type { Call } from './call.ts';
import { enterThread, latencyOf, leaveThread, refuseThreads, refuseThreshold } from './limits.ts';
import { noRoute, wrongMethod } from './refusals.ts';
import { findRoute, handleCall, type Route } from './routes.ts';
import type { Tenant } from './tenant.ts';
import { versionInformation, zoneInformation, zonePath } from './zone.ts';

/** Where a path of the API leads, judged before anything is asked of the caller. */
type Target = {
  kind: 'entity' | 'zone' | 'version' | 'nowhere';
  /** `/zone2` and the like; empty for the first zone. */
  zone: string;
  /** Name of the thread bucket: the first segment below the version. */
  bucket: string;
  route: Route | undefined;
  /** Path with ids left out, for the counters. */
  name: string;
};

const apiPath = /^(\/zone\d+)?\/+atservicesrest\/+(.*?)\/*$/i;

export function isApiPath(path: string): boolean {
  return apiPath.test(path);
}

/** Serves one request of the vendor's API, from thread count to (possibly faulty) answer, with its ledger entry. */
export async function serveApi(
  tenant: Tenant,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const origin = `http://${request.headers.host ?? 'localhost'}`;
  // Put together as text: a path that starts with two slashes must not be taken for a host.
  const url = new URL(`${origin}${request.url ?? '/'}`);
  const method = request.method ?? 'GET';
  const target = findTarget(url.pathname);
  const isCounted = target.kind === 'entity' || target.kind === 'nowhere';
  const bucket = `${request.headers.apiintegrationcode ?? ''} ${target.bucket}`;
  const inFlight = isCounted ? enterThread(tenant, bucket) : 0;
  const path = `${url.pathname}${url.search}`;
  const record = tenant.ledger.startRequest(method, path, `${method} ${target.name}`, inFlight);
  const startedMs = performance.now();
  tenant.open.add(response);
  response.once('close', () => {
    tenant.open.delete(response);
    if (isCounted) leaveThread(tenant, bucket);
    if (response.headersSent) record.status = response.statusCode;
    tenant.ledger.finishRequest(record, Math.round((performance.now() - startedMs) * 10) / 10);
  });
  // Before the body is read: a client that goes away in the middle has asked for nothing.
  const body = await readBody(request);
  const call = newCall(tenant, record, method, url, body, `${origin}${target.zone}/ATServicesRest`);
  const refusal = isCounted ? refuseEarly(tenant, request, target, inFlight) : undefined;
  if (refusal) return sendAnswer(response, refusal);
  const latencyMs = isCounted ? latencyOf(tenant) : 0;
  if (latencyMs > 0) await tenant.timers.pause(latencyMs);
  const fault = tenant.faults.strike({ method, path, body });
  if (fault) return serveFaulty(response, record, call, target, fault);
  sendAnswer(response, answer(call, target));
}

function findTarget(pathname: string): Target {
  const [, zone = '', rest = ''] = apiPath.exec(pathname) ?? [];
  const segments = rest.split('/').filter((segment) => segment !== '');
  const [version = '', ...below] = segments;
  const base = { zone: zone.toLowerCase(), bucket: (below[0] ?? '').toLowerCase(), route: undefined };
  if (segments.length === 1 && version.toLowerCase() === 'versioninformation') {
    return { ...base, kind: 'version', name: '/VersionInformation' };
  }
  if (version.toLowerCase() !== 'v1.0') return { ...base, kind: 'nowhere', name: '(no route)' };
  if (below.length === 1 && below[0]?.toLowerCase() === 'zoneinformation') {
    return { ...base, kind: 'zone', name: '/ZoneInformation' };
  }
  if (below.length === 1 && below[0]?.toLowerCase() === 'version') {
    return { ...base, kind: 'version', name: '/Version' };
  }
  const route = findRoute(below);
  return { ...base, kind: route ? 'entity' : 'nowhere', route, name: route?.name ?? '(no route)' };
}

/** Threads, then credentials and zone, then the hourly count. An unknown path is 404 whoever asks. */
function refuseEarly(
  tenant: Tenant,
  request: IncomingMessage,
  target: Target,
  inFlight: number,
): Answer | undefined {
  if (target.kind === 'nowhere') return undefined;
  const busy = refuseThreads(tenant, inFlight);
  if (busy) return busy;
  if (target.zone !== zonePath(tenant)) return wrongZone(tenant);
  return refuseCredentials(tenant, request.headers) ?? refuseThreshold(tenant);
}

function answer(call: Call, target: Target): Answer {
  if (target.kind === 'nowhere') return noRoute(call.path);
  if (target.kind === 'entity') return handleCall(target.route, call);
  if (call.method !== 'GET') return wrongMethod(call.method);
  if (target.kind === 'version') return versionInformation();
  return zoneInformation(call.tenant, new URL(call.apiUrl).origin, call.query.get('user'));
}

async function serveFaulty(
  response: ServerResponse,
  record: RequestRecord,
  call: Call,
  target: Target,
  fault: Fault,
): Promise<void> {
  const { timers } = call.tenant;
  record.fault = `${fault.kind}:${fault.answer}`;
  if (fault.kind === 'lateCommit') timers.later(fault.commitAfterMs, () => answer(call, target));
  const worksFirst = fault.kind === 'afterCommit';
  const done = worksFirst ? answer(distorted(call, fault), target) : undefined;
  if (fault.delayMs > 0) await timers.pause(fault.delayMs);
  const worksNow = fault.kind === 'beforeCommit' && rightAfterAll.has(fault.answer);
  const right = done ?? (worksNow ? answer(distorted(call, fault), target) : plausible);
  sendFaulty(response, fault, right, 'itemId', timers);
}

/** Answers of a `beforeCommit` fault that are made of the right one, so that the work is done after all. */
const rightAfterAll: ReadonlySet<string> = new Set([
  'ok',
  'rewrite',
  'emptyResult',
  'ignoreFilter',
  'bigHeader',
]);

/** What a success would look like, for spoiled answers to calls that did nothing. */
const plausible: Answer = {
  status: 200,
  body: '{"itemId":88999999}',
  contentType: 'application/json; charset=utf-8',
};

function distorted(call: Call, fault: Fault): Call {
  const isSearchFault = fault.answer === 'emptyResult' || fault.answer === 'ignoreFilter';
  return isSearchFault ? { ...call, distortion: fault.answer as Call['distortion'] } : call;
}

function newCall(
  tenant: Tenant,
  record: RequestRecord,
  method: string,
  url: URL,
  body: string,
  apiUrl: string,
): Call {
  return {
    tenant,
    n: record.n,
    method,
    path: url.pathname,
    query: url.searchParams,
    search: url.searchParams.get('search') ?? '',
    body,
    fullUrlLength: url.href.length,
    apiUrl,
    distortion: undefined,
  };
}
