/**
 * The conversation with an identity provider (OpenID Connect, authorization code with PKCE). Each of our calls leaves by
 * the one door out. Identity tokens are checked whole: signature by a published key, algorithm, issuer, audience, time,
 * nonce; a token that is not signed is refused, although it came over TLS.
 */
import * as oidc from 'openid-client';
import type { Outbound } from '../../../outbound/index.ts';

/** Who the provider says this is. */
export interface Claims {
  issuer: string;
  subject: string;
  email: string | undefined;
  isEmailVerified: boolean;
  name: string | undefined;
}

export interface ProviderAccess {
  issuer: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
}

export interface Checks {
  state: string;
  nonce: string;
  codeVerifier: string;
}

const deadlineMs = 10_000;
const maxBytes = 1024 * 1024;

export function createSignOnClient(outbound: Outbound) {
  async function configure({ issuer, clientId, clientSecret }: ProviderAccess): Promise<oidc.Configuration> {
    const server = new URL(issuer);
    // Plain http is for hosts that HERALD_OUTBOUND_ALLOW names: the door out refuses the others.
    const insecure = server.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(server, clientId, undefined, oidc.ClientSecretPost(clientSecret), {
      [oidc.customFetch]: (url, options) => call(outbound, url, options),
      execute: [oidc.enableNonRepudiationChecks, ...insecure],
      timeout: deadlineMs / 1_000,
    });
  }

  return {
    /** The address to which the browser goes. @throws when the provider cannot be asked */
    async begin(access: ProviderAccess, { state, nonce, codeVerifier }: Checks): Promise<URL> {
      const config = await configure(access);
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: access.redirectUri,
        scope: 'openid email profile',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
    },
    /** @throws when anything in the answer is not as it must be */
    async finish(access: ProviderAccess, answeredAt: URL, checks: Checks): Promise<Claims> {
      const config = await configure(access);
      const tokens = await oidc.authorizationCodeGrant(config, answeredAt, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('the provider sent no identity token');
      return {
        issuer: claims.iss,
        subject: claims.sub,
        email: typeof claims.email === 'string' ? claims.email.toLowerCase() : undefined,
        isEmailVerified: claims.email_verified === true,
        name: typeof claims.name === 'string' ? claims.name : undefined,
      };
    },
  };
}

export type SignOnClient = ReturnType<typeof createSignOnClient>;

/** One call of the library, by the door out. */
async function call(outbound: Outbound, url: string, options: oidc.CustomFetchOptions): Promise<Response> {
  const { method, headers, body, signal } = options;
  const sent = body instanceof URLSearchParams ? body.toString() : body;
  const reply = await outbound.call({
    method: method === 'POST' ? 'POST' : 'GET',
    url,
    headers,
    deadlineMs,
    maxBytes,
    ...(typeof sent === 'string' && { body: sent }),
    ...(signal && { signal }),
  });
  if (reply.kind !== 'answered') throw new Error(reply.detail);
  const kept = Object.entries(reply.headers).flatMap(([name, value]) =>
    value === undefined || name.startsWith('content-encoding')
      ? []
      : [[name, String(value)] as [string, string]],
  );
  const isEmpty = reply.status === 204 || reply.status === 304;
  return new Response(isEmpty ? null : new Uint8Array(reply.body), { status: reply.status, headers: kept });
}
