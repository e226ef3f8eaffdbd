/**
 * Sends calls to the tenant's zone: headers, zone look-up, and the one renewal after a 401 (fact sheet autotask §1).
 * Nothing else is ever sent twice.
 */
import type { Permit, PsaHttp, PsaReply, PsaRequest, Read, Refusal } from '../contract.ts';
import { createScrub, type Scrub } from './evidence.ts';
import { judgeRead } from './outcome.ts';
import { isTransient, readErrorTexts } from './refusals.ts';
import { zoneInformationSchema } from './types.ts';
import { judgeZone, type LookUp, lookUpUrlFor, type Zone } from './zone.ts';

/** A tenant can be moved to another zone; 12–24 h is what is common (§1.1). */
const zoneAgeMs = 12 * 3_600_000;

export interface Call {
  method: 'GET' | 'POST' | 'PATCH';
  /** Below the base URL, starting with a slash. */
  path: string;
  body?: unknown;
  /** Set on writes. */
  permit?: Permit;
}

/** A refusal means that the call was not sent at all, because there is no zone to send it to. */
type Exchange = { kind: 'replied'; reply: PsaReply; zone: Zone } | Refusal;

export interface Connection {
  scrub: Scrub;
  now: () => number;
  /** The zone that is known now, for links. */
  zone(): Zone | undefined;
  /** Looks the zone up unless it is known. */
  findZone(): Promise<Read<Zone>>;
  send(call: Call): Promise<Exchange>;
}

export interface ConnectionOptions {
  credentials: Record<string, string>;
  http: PsaHttp;
  lookUp: LookUp;
  now: () => number;
}

/** Opens nothing: the first call looks the zone up. */
export function createConnection({ credentials, http, lookUp, now }: ConnectionOptions): Connection {
  const scrub = createScrub(credentials);
  const unusable = refuseUnusable(credentials);
  let known: { zone: Zone; since: number } | undefined;
  let underWay: Promise<Read<Zone>> | undefined;

  async function lookUpZone(): Promise<Read<Zone>> {
    const found = judgeLookUp(await http(lookUpRequest(lookUp, credentials)), { lookUp, scrub, now: now() });
    if (found.kind === 'ok') known = { zone: found.value, since: now() };
    return found;
  }

  /** Calls that need a zone at the same time share one look-up. */
  function renewZone(): Promise<Read<Zone>> {
    underWay ??= lookUpZone().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  async function findZone(): Promise<Read<Zone>> {
    if (unusable) return unusable;
    if (known && now() - known.since < zoneAgeMs) return { kind: 'ok', value: known.zone };
    return renewZone();
  }

  async function send(call: Call): Promise<Exchange> {
    const found = await findZone();
    if (found.kind === 'refused') return found;
    const zone = found.value;
    const reply = await http(toRequest(call, zone, credentials));
    if (reply.kind !== 'answered' || reply.status !== 401) return { kind: 'replied', reply, zone };
    // 401 proves that nothing was done, and is what a tenant that moved answers from its old zone (§1.4).
    const moved = known && known.zone.baseUrl !== zone.baseUrl ? known.zone : await movedFrom(zone);
    if (!moved) return { kind: 'replied', reply, zone };
    return { kind: 'replied', reply: await http(toRequest(call, moved, credentials)), zone: moved };
  }

  async function movedFrom(zone: Zone): Promise<Zone | undefined> {
    const renewed = await renewZone();
    return renewed.kind === 'ok' && renewed.value.baseUrl !== zone.baseUrl ? renewed.value : undefined;
  }

  return { scrub, now, zone: () => known?.zone, findZone, send };
}

/** What cannot stand in a header is wrong for certain: said without a call, which would count towards the lock. */
function refuseUnusable(credentials: Record<string, string>): Refusal | undefined {
  const labels = {
    username: 'API Username',
    secret: 'API Password',
    integrationCode: 'API Tracking Identifier',
  };
  for (const [field, label] of Object.entries(labels)) {
    if (/^[\x20-\x7e\x80-\xff]+$/.test(credentials[field] ?? '')) continue;
    const text = `The ${label} is empty or has characters that it cannot have.`;
    return { kind: 'refused', reason: 'auth', field, text };
  }
  return undefined;
}

/** Carries no credentials: they are not evaluated there, and the host is not yet judged (§1.1). */
function lookUpRequest(lookUp: LookUp, { username = '' }: Record<string, string>): PsaRequest {
  return {
    endpoint: 'zoneInformation',
    method: 'GET',
    url: lookUpUrlFor(lookUp, username),
    headers: { accept: 'application/json' },
    counted: false,
  };
}

function judgeLookUp(reply: PsaReply, context: { lookUp: LookUp; scrub: Scrub; now: number }): Read<Zone> {
  const read = judgeRead(reply, zoneInformationSchema, context);
  if (read.kind === 'refused') {
    if (isUnknownUser(reply, read)) return unknownUser;
    // A zone that cannot be read says nothing about the call that needs it: a write waits, it is not given up.
    const isChanged = reply.kind === 'answered' && reply.status < 300 && read.reason === 'invalid';
    return isChanged ? { ...read, reason: 'serverError' } : read;
  }
  const judged = judgeZone(read.value, context.lookUp);
  return judged.ok
    ? { kind: 'ok', value: judged.zone }
    : { kind: 'refused', reason: 'serverError', text: judged.text };
}

/** §1.1: a 500 with `errors`, whose wording is not settled, is an unknown user; without them it is an outage. */
function isUnknownUser(reply: PsaReply, refusal: Refusal): boolean {
  if (reply.kind !== 'answered' || reply.status !== 500 || refusal.reason === 'rateLimited') return false;
  const { shape, texts } = readErrorTexts(reply.text);
  return shape === 'errors' && !isTransient(texts);
}

const unknownUser: Refusal = {
  kind: 'refused',
  reason: 'auth',
  field: 'username',
  text: 'Autotask does not know the API Username.',
};

function toRequest(
  { method, path, body, permit }: Call,
  zone: Zone,
  credentials: Record<string, string>,
): PsaRequest {
  const { username = '', secret = '', integrationCode = '' } = credentials;
  const headers = {
    accept: 'application/json',
    ApiIntegrationCode: integrationCode,
    UserName: username,
    Secret: secret,
  };
  // The bucket of the thread limit is the first segment of the path (§3.4).
  const request = {
    endpoint: path.split('/')[1] ?? '',
    method,
    url: zone.baseUrl + path,
    ...(permit ? { permit } : {}),
  };
  if (body === undefined) return { ...request, headers };
  return {
    ...request,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
