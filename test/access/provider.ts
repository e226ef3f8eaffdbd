/** An identity provider on the loopback: OpenID Connect as it should be, or bent in one way. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

/** How the identity token is made, from what it should be. */
export type Bend = (claims: JWTPayload, honest: (claims: JWTPayload) => Promise<string>) => Promise<string>;

function backTo(asked: URLSearchParams, answer: Record<string, string>): URL {
  const back = new URL(asked.get('redirect_uri') ?? '');
  back.search = String(new URLSearchParams({ ...answer, state: asked.get('state') ?? '' }));
  return back;
}

/** For people: a browser shows it. */
const signInPage = (yes: string, no: string) => `<!doctype html><title>Provider</title><h1>The provider</h1>
<p><a href="${yes.replaceAll('&', '&amp;')}">Sign in here</a></p>
<p><a href="${no.replaceAll('&', '&amp;')}">Cancel</a></p>`;

export async function startProvider() {
  const [keys, others] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const nonces = new Map<string, string>();
  const state = {
    person: { sub: 'subject-1', email: 'ana@msp.example', email_verified: true, name: 'Ana' } as JWTPayload,
    bend: undefined as Bend | undefined,
  };
  let issuer = '';

  async function idToken(nonce: string): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, aud: 'herald', iat: now, exp: now + 300, nonce, ...state.person };
    const honest = (some: JWTPayload) =>
      new SignJWT(some).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(keys.privateKey);
    return state.bend ? state.bend(claims, honest) : honest(claims);
  }

  /** Back to Herald, with a code. */
  function granted({ searchParams: asked }: URL): URL {
    const code = `code-${nonces.size}`;
    nonces.set(code, asked.get('nonce') ?? '');
    return backTo(asked, { code });
  }

  const declined = ({ searchParams: asked }: URL) => backTo(asked, { error: 'access_denied' });

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const answer = (body: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    }
    if (url.pathname === '/authorize') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(signInPage(granted(url).href, declined(url).href));
    }
    if (url.pathname === '/keys') return answer({ keys: [jwk] });
    if (url.pathname === '/token') {
      let text = '';
      for await (const chunk of request) text += chunk;
      const nonce = nonces.get(new URLSearchParams(text).get('code') ?? '') ?? '';
      return answer({
        access_token: 'a',
        token_type: 'Bearer',
        expires_in: 60,
        id_token: await idToken(nonce),
      });
    }
    response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    issuer,
    state,
    /** The person has signed in at the provider: the address to which the browser goes back. */
    authorize(location: string): string {
      const back = granted(new URL(location));
      return back.pathname + back.search;
    },
    unsigned: async (claims: JWTPayload) => new UnsecuredJWT(claims).encode(),
    signedByAnother: (claims: JWTPayload) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(others.privateKey),
    /** With the published key as if it were a shared secret. */
    signedByPublicKey: (claims: JWTPayload) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(new TextEncoder().encode(JSON.stringify(jwk))),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

export type Provider = Awaited<ReturnType<typeof startProvider>>;
