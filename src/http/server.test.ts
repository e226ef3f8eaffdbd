import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { invalid, Problem } from '../errors.ts';
import { keyOf, startTestServer, type TestServer, workspaceId } from './fixtures/testServer.ts';
import { idParams, keepRawBodies, pageOf, pageQuery, typed } from './index.ts';

const thing = z.object({ id: z.string() });
const summary = 'A route of this test';

function routesOfThings(app: FastifyInstance): void {
  const routes = typed(app);
  routes.get(
    '/things',
    {
      config: { scope: 'read' },
      schema: { summary, querystring: z.strictObject(pageQuery), response: { 200: pageOf(thing) } },
    },
    async ({ query }) => ({ items: [{ id: String(query.limit), secret: 's' }], nextCursor: null }),
  );
  routes.get(
    '/things/:id',
    { config: { scope: 'read' }, schema: { summary, params: idParams, response: { 200: thing } } },
    async ({ params }) => ({ id: params.id }),
  );
  routes.post(
    '/things',
    {
      config: { scope: 'admin' },
      schema: { summary, body: z.object({ name: z.string().min(1).max(5) }), response: { 201: thing } },
    },
    async ({ body }, reply) => reply.code(201).send({ id: body.name }),
  );
  routes.post(
    '/things/check',
    {
      config: { scope: 'admin' },
      schema: {
        summary,
        body: z.object({ deep: z.boolean().optional() }).optional(),
        response: { 200: thing },
      },
    },
    async ({ body }) => ({ id: String(body?.deep) }),
  );
  routes.get(
    '/fail/:how',
    { config: { scope: 'read' }, schema: { summary, response: { 200: thing } } },
    fail,
  );
}

async function fail({ params }: { params: unknown }): Promise<never> {
  const { how } = params as { how: string };
  if (how === 'problem') throw new Problem(409, 'taken', 'The name is taken.', { retryAfterSeconds: 7 });
  if (how === 'invalid') throw invalid([{ field: 'a', code: 'required', message: 'a is required.' }]);
  if (how === 'busy') throw Object.assign(new Error('canceling statement'), { code: '57014' });
  throw new Error('password=hunter2');
}

let server: TestServer | undefined;
afterEach(() => server?.app.close());

async function start(...args: Parameters<typeof startTestServer>): Promise<FastifyInstance> {
  server = await startTestServer(...args);
  return server.app;
}

describe('keys and scopes', () => {
  it.each([
    ['no key', {}, 401, 'unauthorized'],
    ['an unknown key', { authorization: 'Bearer nobody' }, 401, 'unauthorized'],
    ['a key without the scope', keyOf('intake'), 403, 'forbidden'],
    ['another workspace', { ...keyOf('read'), 'herald-workspace': 'another' }, 404, 'notFound'],
  ])('%s is refused', async (_name, headers, status, code) => {
    const app = await start([routesOfThings]);
    const answer = await app.inject({ url: '/api/v1/things', headers });
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
  });

  it('a refusal is logged, without the key', async () => {
    const app = await start([routesOfThings]);
    await app.inject({ url: '/api/v1/things', headers: { authorization: 'Bearer nobody' } });
    await app.inject({ url: '/api/v1/things', headers: keyOf('intake') });
    const lines = server!.lines.map((line) => JSON.parse(line));
    expect(lines.map(({ msg, code, keyId }) => [msg, code, keyId])).toEqual([
      ['access.refused', 'unauthorized', undefined],
      ['access.refused', 'forbidden', 'intake'],
    ]);
    expect(server!.lines.join('')).not.toContain('nobody');
  });

  it('the own workspace may be named', async () => {
    const app = await start([routesOfThings]);
    const headers = { ...keyOf('read'), 'herald-workspace': workspaceId };
    expect((await app.inject({ url: '/api/v1/things', headers })).statusCode).toBe(200);
  });

  it('is refused before the body is looked at', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject({
      method: 'POST',
      url: '/api/v1/things',
      headers: { ...keyOf('read'), 'content-type': 'application/json' },
      payload: '{',
    });
    expect(answer.statusCode).toBe(403);
  });
});

describe('problems', () => {
  const get = (url: string) => ({ url, headers: keyOf('read') });

  it('carry type, title, status, code and detail', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject(get('/api/v1/fail/problem'));
    expect(answer.json()).toEqual({
      type: 'urn:herald:problem:taken',
      title: 'Conflict',
      status: 409,
      code: 'taken',
      detail: 'The name is taken.',
    });
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers['retry-after']).toBe('7');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('say which members are wrong', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject(get('/api/v1/fail/invalid'));
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [{ field: 'a', code: 'required', message: 'a is required.' }],
    ]);
  });

  it('a busy database is a matter of waiting', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject(get('/api/v1/fail/busy'));
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      503,
      'databaseBusy',
      '2',
    ]);
  });

  it('a surprise is shown as an id and logged whole under it', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject(get('/api/v1/fail/surprise'));
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('hunter2');
    const [line] = server!.lines.map((text) => JSON.parse(text));
    expect(answer.json().detail).toContain(line.errorId);
    expect(line).toMatchObject({
      msg: 'http.surprise',
      route: '/api/v1/fail/:how',
      err: { message: 'password=hunter2' },
    });
  });

  it.each(['/api/v1/nothing', '/nothing', '/api/v1/things/not-an-id', `/api/v1/things/${'x'.repeat(300)}`])(
    '%s is not found',
    async (url) => {
      const app = await start([routesOfThings]);
      const answer = await app.inject(get(url));
      expect([answer.statusCode, answer.json().code]).toEqual([404, 'notFound']);
    },
  );

  it('a broken escape in the address is 400', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject(get('/api/v1/%zz'));
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'badUrl']);
  });
});

describe('bodies', () => {
  async function post(
    payload: string | Buffer,
    headers: Record<string, string> = {},
    url = '/api/v1/things',
  ) {
    const app = await start([routesOfThings]);
    return app.inject({
      method: 'POST',
      url,
      headers: { ...keyOf('admin'), 'content-type': 'application/json', ...headers },
      payload,
    });
  }

  it.each([
    ['malformed JSON', '{', {}, 400, 'malformedJson'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'invalidUtf8'],
    [
      'a form',
      'name=a',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupportedMediaType',
    ],
    ['text', '{"name":"a"}', { 'content-type': 'text/plain' }, 415, 'unsupportedMediaType'],
    ['gzip', 'x', { 'content-encoding': 'gzip' }, 415, 'unsupportedEncoding'],
    ['more than 10 MB', Buffer.alloc(10 * 1024 * 1024 + 1, 0x20), {}, 413, 'bodyTooLarge'],
    ['nested too deep', '['.repeat(65) + ']'.repeat(65), {}, 400, 'tooDeep'],
    ['no body', '', {}, 422, 'invalid'],
  ])('%s is refused', async (_name, payload, headers, status, code) => {
    const answer = await post(payload, headers);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('wrong and unknown members are named, their values are not repeated', async () => {
    const answer = await post('{"name":"secret-value","extra":1}');
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toEqual([
      { field: 'name', code: 'tooBig', message: 'name takes at most 5 characters.' },
      { field: 'extra', code: 'unknown', message: 'extra is not known here.' },
    ]);
    expect(answer.body).not.toContain('secret-value');
  });

  it('may be absent where the schema says so', async () => {
    expect((await post('', {}, '/api/v1/things/check')).json()).toEqual({ id: 'undefined' });
    expect((await post('{"deep":true}', {}, '/api/v1/things/check')).json()).toEqual({ id: 'true' });
    expect((await post('{"deep":true,"x":1}', {}, '/api/v1/things/check')).statusCode).toBe(422);
  });

  it('a plugin can have them raw', async () => {
    const app = await start([
      (scope) => {
        keepRawBodies(scope);
        scope.post(
          '/raw',
          { config: { scope: 'intake' }, schema: { summary, response: { 200: z.string() } } },
          async (request) => `${Buffer.isBuffer(request.body)}${request.body}`,
        );
      },
    ]);
    const headers = { ...keyOf('intake'), 'content-type': 'application/ndjson' };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/raw', headers, payload: '{' });
    expect(answer.body).toBe('true{');
  });
});

describe('queries', () => {
  it.each([
    'limit=1&limit=2',
    'limit=0',
    'limit=201',
    'limit=1000000000',
    'limit=1e2',
    'other=1',
    'cursor[]=a',
  ])('%s is refused', async (query) => {
    const app = await start([routesOfThings]);
    const answer = await app.inject({ url: `/api/v1/things?${query}`, headers: keyOf('read') });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalidQuery']);
  });

  it('a route that takes none refuses all', async () => {
    const app = await start([routesOfThings]);
    expect((await app.inject({ url: '/healthz?a=1' })).statusCode).toBe(400);
  });

  it('a page has 50 items unless told', async () => {
    const app = await start([routesOfThings]);
    const answer = await app.inject({ url: '/api/v1/things', headers: keyOf('read') });
    expect(answer.json()).toEqual({ items: [{ id: '50' }], nextCursor: null });
  });
});

describe('the server itself', () => {
  it('says that it lives, and whether it is ready', async () => {
    const app = await start([], { whyNotReady: async () => 'The database does not answer.' });
    expect((await app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
    const ready = await app.inject({ url: '/readyz' });
    expect([ready.statusCode, ready.json().code]).toEqual([503, 'notReady']);
  });

  it('counts for those who run it only: the key of metrics and that of the environment', async () => {
    const statusOf = async (app: FastifyInstance, authorization?: string) =>
      (await app.inject({ url: '/metrics', headers: authorization ? { authorization } : {} })).statusCode;
    const metricsKey = 'metrics-0123456789-0123456789-0123456789';
    const app = await start([], { metricsKey });
    expect(await statusOf(app)).toBe(401);
    for (const unknown of ['Bearer undefined', 'Bearer ', `Bearer ${metricsKey}x`, metricsKey]) {
      expect([unknown, await statusOf(app, unknown)]).toEqual([unknown, 401]);
    }
    for (const scope of ['intake', 'read', 'admin'] as const) {
      expect([scope, await statusOf(app, keyOf(scope).authorization)]).toEqual([scope, 403]);
    }
    expect(await statusOf(app, `Bearer ${metricsKey}`)).toBe(200);
    expect(await statusOf(app, 'Bearer environment')).toBe(200);
    const withoutKey = await start([]);
    expect(await statusOf(withoutKey, `Bearer ${metricsKey}`)).toBe(401);
    expect(await statusOf(withoutKey, 'Bearer environment')).toBe(200);
    // It reads nothing else.
    const answer = await app.inject({
      url: '/api/openapi.json',
      headers: { authorization: `Bearer ${metricsKey}` },
    });
    expect(answer.statusCode).toBe(401);
  });

  it('answers carry the security headers; HSTS behind https only', async () => {
    const plain = (await (await start([])).inject({ url: '/nothing' })).headers;
    expect(plain).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(plain['content-security-policy']).toContain("default-src 'none'");
    expect(plain).not.toHaveProperty('strict-transport-security');
    const secure = await start([], { config: { baseUrl: 'https://herald.example' } });
    expect((await secure.inject({ url: '/healthz' })).headers['strict-transport-security']).toContain(
      'max-age=31536000',
    );
  });

  it.each([
    ['no scope', { schema: { summary, response: { 200: thing } } }],
    ['no schema', { config: { scope: 'read' } }],
    ['no response', { config: { scope: 'read' }, schema: { summary } }],
  ])('does not start with a route that has %s', async (_name, options) => {
    await expect(start([(app) => void app.get('/x', options as never, async () => 'x')])).rejects.toThrow(
      '/api/v1/x',
    );
  });

  it('closes a connection whose request drips in', async () => {
    const app = await start([], { timeouts: { headers: 150, request: 300, check: 50 } });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
    const drip = setInterval(() => socket.write('x'), 20);
    socket.write('POST /api/v1/things HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
    clearInterval(drip);
    expect(text).toContain('HTTP/1.1 408');
  });

  it('headers that are too large are 431', async () => {
    const app = await start([]);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as { port: number }).port, '127.0.0.1');
    socket.write(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
    expect(text).toContain('HTTP/1.1 431');
    expect(text).toContain('application/problem+json');
  });
});

describe('the description of the API', () => {
  it('has the routes with their schemas, scopes and problems', async () => {
    const app = await start([routesOfThings]);
    const document = (await app.inject({ url: '/api/openapi.json', headers: keyOf('read') })).json();
    expect(document.openapi).toBe('3.1.0');
    const post = document.paths['/api/v1/things'].post;
    expect(post['x-scope']).toBe('admin');
    expect(post.security).toEqual([{ apiKey: [] }]);
    expect(post.requestBody.content['application/json'].schema.additionalProperties).toBe(false);
    expect(post.responses.default.content).toHaveProperty('application/problem+json');
  });

  it('is a page without scripts and inline styles', async () => {
    const app = await start([routesOfThings]);
    const page = await app.inject({ url: '/api/docs', headers: keyOf('intake') });
    expect(page.headers['content-security-policy']).toContain("style-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline');
    expect(page.body).toContain('/api/v1/things');
    expect(page.body).not.toMatch(/<script|<style|style=/);
    const sheet = await app.inject({ url: '/api/docs.css', headers: keyOf('intake') });
    expect(sheet.headers['content-type']).toContain('text/css');
  });

  it.each(['/api/openapi.json', '/api/docs', '/api/docs.css'])(
    '%s is for those who have signed in or have a key',
    async (url) => {
      const app = await start([routesOfThings], {
        people: {
          isPerson: ({ headers }) => headers.cookie !== undefined,
          admit: async ({ headers }) =>
            headers.cookie === 'right'
              ? { workspaceId: 'w', userId: 'u', name: 'Ana', scopes: ['read'] }
              : undefined,
        },
      });
      const statusOf = async (headers: Record<string, string>) =>
        (await app.inject({ url, headers })).statusCode;
      expect(await statusOf({})).toBe(401);
      expect(await statusOf({ authorization: 'Bearer nobody' })).toBe(401);
      expect(await statusOf({ cookie: 'wrong' })).toBe(401);
      expect(await statusOf({ cookie: 'right' })).toBe(200);
      expect(await statusOf(keyOf('intake'))).toBe(200);
    },
  );
});
