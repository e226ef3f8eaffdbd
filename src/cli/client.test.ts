import { describe, expect, it } from 'vitest';
import { createClient, type Fetcher, readAddress, readUrl } from './client.ts';
import { CommandError } from './errors.ts';

type Call = { url: string; init: RequestInit };

/** A server that always answers the same. */
function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const calls: Call[] = [];
  const fetcher = (async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return new Response(status === 204 ? null : JSON.stringify(body), { status, headers });
  }) as typeof fetch;
  return { calls, client: createClient({ url: 'http://herald.test', key: 'k' }, fetcher) };
}

describe('a request', () => {
  it('carries the key and JSON to the API', async () => {
    const { calls, client } = answering(200, { id: 'x' });
    expect(await client.post('/things', { a: 1 })).toEqual({ id: 'x' });
    expect(calls[0]?.url).toBe('http://herald.test/api/v1/things');
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    });
  });

  it('that changes something says why, so that a header can carry it; one that reads does not', async () => {
    const sent: (string | undefined)[] = [];
    const fetcher: Fetcher = async (_address, { headers }) => {
      sent.push(headers['herald-reason']);
      return new Response('{}');
    };
    const client = createClient({ url: 'http://herald.test', key: 'k', reason: 'größer, for Ana' }, fetcher);
    await client.get('/x');
    await client.put('/x', {});
    await client.delete('/x');
    const carried = 'gr%C3%B6%C3%9Fer%2C%20for%20Ana';
    expect(sent).toEqual([undefined, carried, carried]);
  });

  it('without a body sends no content type', async () => {
    const { calls, client } = answering(200, {});
    await client.get('/things');
    expect(calls[0]?.init.headers).toEqual({ authorization: 'Bearer k' });
  });
});

describe('a refusal in words', () => {
  it.each([
    [401, {}, /does not accept the API key/],
    [403, { detail: 'x' }, /lacks the scope/],
    [409, { detail: 'It is being sent.' }, /^It is being sent\.$/],
    [422, { detail: 'Wrong.', errors: [{ field: 'a', message: 'Missing.' }] }, /^Wrong\. a: Missing\.$/],
    [
      422,
      { detail: 'a is missing.', errors: [{ field: 'a', message: 'a is missing.' }] },
      /^a is missing\.$/,
    ],
    [422, { detail: 'Missing.', errors: [{ field: 'a', message: 'Missing.' }] }, /^a: Missing\.$/],
    [
      422,
      {
        detail: 'Bad. Missing. b is odd.',
        errors: [
          { field: 'a', message: 'Missing.' },
          { field: 'b', message: 'b is odd.' },
        ],
      },
      /^Bad\.\na: Missing\.\nb is odd\.$/,
    ],
    [409, { detail: '3 are open.', errors: [{ field: 'open', message: '3' }] }, /^3 are open\.$/],
    [404, '<html>', /answered 404 .* is this the address of a Herald/],
  ])('%i', async (status, body, words) => {
    const { client } = answering(status, body);
    const refusal = client.get('/things');
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.toBeInstanceOf(CommandError);
  });

  it('names the address when nobody answers', async () => {
    const refused = (async () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    }) as unknown as typeof fetch;
    const client = createClient({ url: 'http://herald.test', key: 'k' }, refused);
    await expect(client.get('/x')).rejects.toThrow('No Herald answers at http://herald.test (ECONNREFUSED)');
  });
});

it('answers how long to wait', async () => {
  const { client } = answering(503, {}, { 'retry-after': '2' });
  expect(await client.send('GET', '/x')).toMatchObject({ status: 503, retryAfterSeconds: 2 });
});

describe('the address', () => {
  it.each([
    [undefined, {}, 'http://127.0.0.1:8080'],
    [undefined, { HERALD_PORT: '9000' }, 'http://127.0.0.1:9000'],
    [undefined, { HERALD_BASE_URL: 'https://herald.example/' }, 'https://herald.example'],
    ['http://other:1', { HERALD_BASE_URL: 'https://herald.example' }, 'http://other:1'],
  ])('%s with %o is %s', (url, env, expected) => {
    expect(readUrl(url, env)).toBe(expected);
  });

  it.each(['herald', 'ftp://herald'])('%s is refused', (url) => {
    expect(() => readUrl(url, {})).toThrow('is not an address');
  });

  it('needs a key', () => {
    expect(() => readAddress({}, { env: {} })).toThrow('An API key is needed');
    expect(readAddress({}, { env: { HERALD_API_KEY: 'a' } }).key).toBe('a');
    expect(readAddress({ key: 'b' }, { env: { HERALD_API_KEY: 'a' } }).key).toBe('b');
  });
});
