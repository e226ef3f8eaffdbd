import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, jsonAnswer } from '../common/answers.ts';
import { assumed, refuse, texts } from './refusals.ts';
import type { Tenant } from './tenant.ts';

/**
 * Judges the three headers; fact sheet autotask §1.3 and §1.4. Undefined lets the call pass. A wrong secret counts
 * towards the lock-out, and from then on the right one is 401 as well.
 */
export function refuseCredentials(tenant: Tenant, headers: IncomingHttpHeaders): Answer | undefined {
  const { credentials, otherCodes, locked } = tenant.settings;
  const username = text(headers.username);
  const secret = text(headers.secret);
  const code = text(headers.apiintegrationcode);
  if (username === '' || secret === '') return unauthorized(tenant, 'empty');
  if (username.toLowerCase() !== credentials.username.toLowerCase()) return refuse(assumed.unknownUser);
  if (locked) return unauthorized(tenant);
  if (secret !== credentials.secret) {
    countWrongSecret(tenant);
    return unauthorized(tenant);
  }
  tenant.wrongSecrets = 0;
  const isKnownCode = code === credentials.integrationCode || otherCodes.includes(code);
  return isKnownCode ? undefined : refuse(texts.unknownIntegration);
}

/** The answer of an address where the tenant does not live (any more). */
export function wrongZone(tenant: Tenant): Answer {
  return unauthorized(tenant);
}

function unauthorized(tenant: Tenant, form = tenant.settings.unauthorizedBody): Answer {
  if (form === 'empty') return { status: 401, body: '', contentType: '' };
  return jsonAnswer(401, { errors: [assumed.lockedOrWrong] });
}

function countWrongSecret(tenant: Tenant): void {
  tenant.wrongSecrets += 1;
  const { lockAfter } = tenant.settings;
  if (lockAfter > 0 && tenant.wrongSecrets >= lockAfter) tenant.change({ locked: true });
}

function text(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.[0] ?? '');
}
