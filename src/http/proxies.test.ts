/** ASVS 4.1.3, 15.3.4; promise Q1: what a request says about where it comes from is believed of trusted proxies only. */
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyOf, startTestServer } from './fixtures/testServer.ts';
import { typed } from './typed.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

const seen = z.object({ ip: z.string(), protocol: z.string() });

/** What a server that trusts these says of a request from `peer` with these headers. */
async function ask(
  trustProxy: string[] | undefined,
  peer: string,
  headers: Record<string, string | string[]>,
): Promise<z.output<typeof seen>> {
  const config = { baseUrl: 'http://127.0.0.1:8080', ...(trustProxy && { trustProxy }) };
  const started = await startTestServer(
    [
      (scope) =>
        void typed(scope).get(
          '/seen',
          { config: { scope: 'read' }, schema: { summary: 'Seen', tags: [], response: { 200: seen } } },
          async ({ ip, protocol }) => ({ ip, protocol }),
        ),
    ],
    { config },
  );
  app = started.app;
  const answer = await app.inject({
    url: '/api/v1/seen',
    remoteAddress: peer,
    headers: { ...keyOf('read'), ...headers },
  });
  return answer.json();
}

const forwarded = (value: string) => ({ 'x-forwarded-for': value });

describe('the address of a request', () => {
  it('is that of the socket when nobody is trusted, whatever the headers say', async () => {
    const headers = { ...forwarded('203.0.113.9'), 'x-forwarded-proto': 'https' };
    expect(await ask(undefined, '10.0.0.1', headers)).toEqual({ ip: '10.0.0.1', protocol: 'http' });
    expect(await ask([], '127.0.0.1', headers)).toEqual({ ip: '127.0.0.1', protocol: 'http' });
  });

  it('is that of the socket when the header comes from somebody else than the proxy', async () => {
    const headers = { ...forwarded('203.0.113.9'), 'x-forwarded-proto': 'https' };
    expect(await ask(['10.0.0.1'], '198.51.100.7', headers)).toEqual({
      ip: '198.51.100.7',
      protocol: 'http',
    });
  });

  it.each([
    ['one proxy', ['10.0.0.1'], '10.0.0.1', '203.0.113.9', '203.0.113.9'],
    [
      'what the client wrote itself stands left',
      ['10.0.0.1'],
      '10.0.0.1',
      '1.2.3.4, 203.0.113.9',
      '203.0.113.9',
    ],
    ['a chain', ['10.0.0.0/24'], '10.0.0.1', '203.0.113.9, 10.0.0.3, 10.0.0.2', '203.0.113.9'],
    ['a chain with a stranger', ['10.0.0.0/24'], '10.0.0.1', '203.0.113.9, 192.0.2.8, 10.0.0.2', '192.0.2.8'],
    ['all trusted', ['10.0.0.0/24'], '10.0.0.1', '10.0.0.9, 10.0.0.2', '10.0.0.9'],
    ['the proxy alone', ['10.0.0.1'], '10.0.0.1', '', '10.0.0.1'],
    ['loopback', ['loopback'], '::1', '203.0.113.9', '203.0.113.9'],
    ['IPv4 in IPv6', ['10.0.0.1'], '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['IPv6', ['fd00::/64'], 'fd00::1', '2001:db8::7, fd00::2', '2001:db8::7'],
    ['a port', ['10.0.0.1'], '10.0.0.1', '203.0.113.9:51234', '203.0.113.9'],
    ['brackets and a port', ['10.0.0.1'], '10.0.0.1', '[2001:db8::7]:51234', '2001:db8::7'],
    ['a word', ['10.0.0.0/24'], '10.0.0.1', 'unknown', '10.0.0.1'],
    ['a word behind a second proxy', ['10.0.0.0/24'], '10.0.0.1', '1.2.3.4, unknown, 10.0.0.2', '10.0.0.2'],
    ['text for the log', ['10.0.0.1'], '10.0.0.1', 'access.signedIn', '10.0.0.1'],
  ])('%s', async (_name, trusted, peer, header, wanted) => {
    expect((await ask(trusted, peer, forwarded(header))).ip).toBe(wanted);
  });

  it('says https if the trusted proxy says so', async () => {
    const headers = { ...forwarded('203.0.113.9'), 'x-forwarded-proto': 'https' };
    expect(await ask(['10.0.0.1'], '10.0.0.1', headers)).toEqual({ ip: '203.0.113.9', protocol: 'https' });
  });
});
