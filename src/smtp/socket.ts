/** Opens sockets to mail servers, each to an address that was resolved and judged for this very connection (promise G2). */
import { connect, type Socket } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { type Allow, type Resolve, resolveAllowed } from '../outbound/index.ts';
import { type Endpoint, unlisted } from './endpoint.ts';
import { Cut, explainFailure, explainSocket, type Trouble } from './trouble.ts';

/** Further addresses of one name are not tried. */
const mostAddresses = 6;

/** @param signal ends the attempt; its reason is a `Cut` */
export async function openSocket(
  { host, port, security, reach }: Endpoint,
  { allow, resolve, signal, ms }: { allow: Allow; resolve: Resolve; signal: AbortSignal; ms: number },
): Promise<{ ok: true; socket: Socket } | { ok: false; trouble: Trouble }> {
  const found = await Promise.race([resolveAllowed(host, allow, { reach, resolve }), whenEnded(signal)]);
  if (!found) return { ok: false, trouble: endedTrouble(host, signal) };
  if (!found.ok) {
    if (found.reason === 'dns') return { ok: false, trouble: { reason: 'network', text: found.detail } };
    if (reach === 'allowedAddress' && (await resolveAllowed(host, allow, { reach: 'public', resolve })).ok)
      return { ok: false, trouble: unlisted(security) };
    return { ok: false, trouble: { reason: 'address', text: found.detail } };
  }
  const addresses = found.addresses.slice(0, mostAddresses);
  let code = '';
  for (const address of addresses) {
    if (signal.aborted) break;
    const opened = await connectTo(address, port, ms / addresses.length, signal);
    if (typeof opened !== 'string') return { ok: true, socket: opened };
    code = opened;
  }
  return { ok: false, trouble: signal.aborted ? endedTrouble(host, signal) : explainSocket(host, code) };
}

/** The socket, or the code of the error. */
function connectTo(address: string, port: number, ms: number, signal: AbortSignal): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    const timer = setTimeout(() => settle('ETIMEDOUT'), ms);
    const onAbort = () => settle('ABORTED');
    const settle = (result: Socket | string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (typeof result === 'string') socket.destroy();
      resolve(result);
    };
    signal.addEventListener('abort', onAbort);
    // Stays: whatever becomes of the connection later is seen by whoever uses it.
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.name));
    socket.once('connect', () => settle(socket));
  });
}

function whenEnded(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

function endedTrouble(host: string, signal: AbortSignal): Trouble {
  return explainFailure(host, signal.reason instanceof Cut ? signal.reason : new Cut('stopped'));
}

const contexts = new Map<string, SecureContext>();

/** One for all mailers with the same authorities: each would parse all of them again. */
export function secureContextOf(ca = ''): SecureContext {
  const known = contexts.get(ca);
  if (known) return known;
  const made = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca ? { ca: [...getCACertificates('default'), ca] } : {}),
  });
  contexts.set(ca, made);
  return made;
}
