/**
 * Whose address a request has behind reverse proxies (ASVS 4.1.3): `request.ip` is the rightmost entry of
 * X-Forwarded-For that no trusted proxy has, and that of the socket for everybody else. Throttle, audit and log all read
 * that one member. The header of whoever is not trusted is never looked at; other headers of that kind say nothing.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

const header = 'x-forwarded-for';

/** Makes the header readable before anybody asks for the address. */
export function readForwardedAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    tidy(raw);
    done();
  });
}

/**
 * Some proxies write ports, brackets or words ("unknown"). Ports would give each connection limits of its own; what is
 * no address ends the chain there, so that the proxy who wrote it stands for what is behind it.
 */
function tidy({ headers }: IncomingMessage): void {
  const given = headers[header];
  if (given === undefined) return;
  const entries = [given].flat().join(',').split(',').map(addressOf);
  const known = entries.slice(entries.lastIndexOf(undefined) + 1);
  if (known.length > 0) headers[header] = known.join(', ');
  else delete headers[header];
}

function addressOf(entry: string): string | undefined {
  const text = entry.trim();
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : bare;
}
