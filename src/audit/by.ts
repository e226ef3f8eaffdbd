/** Who a change is ascribed to. */
import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '../errors.ts';
import type { Actor } from '../http/index.ts';
import type { By, Who } from './types.ts';

const mostReason = 500;

/** The request header with the reason of a change, for routes whose body has no place for one. */
const reasonHeader = 'herald-reason';

interface Asked {
  actor: Actor;
  ip: string;
  headers: IncomingHttpHeaders;
}

/**
 * Who asks, from where, and why: `reason` of the body, else that of the header.
 * @throws Problem 400 when the header cannot be read
 */
export function byOf({ actor, ip, headers }: Asked, reason?: string): By {
  return { who: whoOf(actor), address: ip, reason: reason || readReason(headers[reasonHeader]) };
}

/** What Herald does by itself, or a command that works on the database; `id` names which part of it. */
export const bySystem = (id: string, name = 'Herald'): By => ({
  who: { kind: 'system', id, name },
  address: null,
  reason: null,
});

/** The actor of a request in the words of the audit. */
function whoOf({ keyId, userId, name }: Actor): Who {
  return userId === undefined
    ? { kind: 'apiKey', id: keyId ?? '', name }
    : { kind: 'user', id: userId, name };
}

function readReason(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const text = decode([header].flat().join(', '))?.trim();
  if (text === undefined || text.length > mostReason) {
    const message = `Herald-Reason is a URI-encoded text of at most ${mostReason} characters.`;
    throw new Problem(400, 'invalidReason', message);
  }
  return text || null;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
