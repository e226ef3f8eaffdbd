import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { createSecureContext, getCACertificates } from 'node:tls';
import { buildConnector } from 'undici';
import { type Allow, isAddressAllowed, type Reach } from './addresses.ts';
import { resolveAllowed } from './resolve.ts';
import type { Resolve } from './types.ts';
import { reachOf, refusal } from './urls.ts';

/** A connection that was not even tried, as the HTTP client hands it to the waiting calls. */
export class ConnectRefusal extends Error {
  readonly reason: 'dns' | 'address';

  constructor(reason: 'dns' | 'address', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

type ConnectorOptions = { allow: Allow; connectTimeoutMs: number; ca?: string; resolve: Resolve };

/** Opens sockets, each only to an address that was resolved and judged for this very connection. */
export function createConnector({ allow, connectTimeoutMs, ca, resolve }: ConnectorOptions) {
  // Made once: a context per connection would parse all authorities again.
  const secureContext = createSecureContext(ca ? { ca: [...getCACertificates('default'), ca] } : {});
  const connectorFor = (reach: Reach) =>
    buildConnector({
      secureContext,
      timeout: connectTimeoutMs,
      allowH2: false,
      lookup: guardedLookup(reach, allow, resolve),
    });
  const connectors: Record<Reach, buildConnector.connector> = {
    public: connectorFor('public'),
    allowedAddress: connectorFor('allowedAddress'),
    allowedHost: connectorFor('allowedHost'),
  };
  return (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const host = options.hostname;
    const reach = reachOf(options.protocol, host, options.port, allow);
    // An address written as such never passes the lookup of a socket, so it is judged here.
    const isLiteral = isIP(host) !== 0;
    if (!reach || (isLiteral && !isAddressAllowed(host, reach, allow))) {
      callback(new ConnectRefusal('address', refusal(host)), null);
    } else {
      connectors[reach](options, (...result) => {
        result[1]?.prependListener('error', asCut);
        callback(...result);
      });
    }
  };
}

/**
 * Undici takes a reset for the end of a body that has no stated length, and fails a request that waits on an idle
 * connection. As an error of its own kind, a reset is a cut in the first case and a reason to connect anew in the second.
 */
function asCut(error: Error & { code?: string }): void {
  if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET';
}

function guardedLookup(reach: Reach, allow: Allow, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    void resolveAllowed(hostname, allow, { reach, resolve }).then((resolution) => {
      if (!resolution.ok) return callback(new ConnectRefusal(resolution.reason, resolution.detail), []);
      const found = resolution.addresses.map((address) => ({ address, family: isIP(address) }));
      if (options.all) return callback(null, found);
      callback(null, found[0]!.address, found[0]!.family);
    });
  };
}
