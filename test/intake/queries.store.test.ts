/** Queries, ids and cursors that are not what they should be (promises I-7, I-16, I-27). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canary, expectNoLeak, expectProblem } from './expectations.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
  const alerts = Array.from({ length: 5 }, (_, n) => least({ title: `Needle ${n} 100%_\\`, source: 'a\0b' }));
  await server.post(JSON.stringify(alerts));
});
afterAll(() => server.close());

const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('queries that are refused (I-27)', () => {
  it.each([
    'limit=0',
    'limit=-1',
    'limit=201',
    'limit=1000000000',
    'limit=1e2',
    'limit=+5',
    'limit=%205',
    'limit=0x10',
    'limit=5&limit=6',
    'limit[]=5',
    'limit=',
    `organizationId=${canary}`,
    `organizationId='%20or%201=1`,
    'organizationId=a&organizationId=b',
    'severity=urgent',
    'severity=high&severity=low',
    'severity[]=high',
    'source=a&source=b',
    'q=a&q=b',
    `q=${'x'.repeat(201)}`,
    'state=lost',
    'from=yesterday',
    'from=2026-13-01T00:00:00Z',
    'from=2026-11-20',
    'to=2026-11-20T00:00:00',
    'group=abc',
    'group=-1',
    `group=${'9'.repeat(19)}`,
    `unknown=${canary}`,
    '__proto__=1',
    'constructor=1',
    'LIMIT=5',
    'limit%00=5',
  ])('%s', async (query) => {
    const first = await server.get(`/alerts?${query}`);
    expectProblem(first, 400, 'invalidQuery');
    expect((await server.get(`/alerts?${query}`)).text).toBe(first.text);
  });

  it.each([
    ['no base64', canary],
    ['no JSON', Buffer.from(canary).toString('base64url')],
    ['of another list', cursor(['deliveries', '5'])],
    ['without a position', cursor(['alerts'])],
    ['with too much of it', cursor(['alerts', '5', '6'])],
    ['with a number for an id', cursor(['alerts', 5])],
    ['with SQL', cursor(['alerts', '5; drop table alerts'])],
    ['with an id beyond all', cursor(['alerts', '9'.repeat(30)])],
    ['with an object', cursor({ alerts: '5' })],
    ['in another spelling', `${cursor(['alerts', '5'])}==`],
    ['with a NUL', cursor(['alerts', '5\0'])],
  ])('a cursor %s', async (_name, forged) => {
    expectProblem(await server.get(`/alerts?cursor=${encodeURIComponent(forged)}`), 400, 'invalidCursor');
    expectProblem(await server.get('/deliveries?cursor=x'), 400, 'invalidCursor');
  });

  it('a cursor twice, or one that is far too long', async () => {
    const good = cursor(['alerts', '5']);
    expectProblem(await server.get(`/alerts?cursor=${good}&cursor=${good}`), 400, 'invalidQuery');
    expectProblem(await server.get(`/alerts?cursor=${'x'.repeat(1_001)}`), 400, 'invalidQuery');
  });

  it('a query where none is taken', async () => {
    const headers = { 'content-type': 'application/json' };
    const before = await server.count();
    const sent = { path: `/alerts?org=a&org=${canary}`, headers, body: JSON.stringify(least()) };
    expectProblem(await server.send(sent), 400, 'invalidQuery');
    expect(await server.count()).toBe(before);
  });
});

describe('texts in a query are texts (I-7, I-16)', () => {
  const odd = [
    "' or 1=1 --",
    "'; drop table alerts; --",
    '\0',
    'a\0b',
    '\\x00',
    '$1',
    '::text',
    '%',
    '_',
    '\\',
    '100%_\\',
    '\u202E',
    '\r\n',
    '👩‍👩‍👧',
    'x'.repeat(200),
  ];

  it.each(odd)('%j finds what has it and nothing else', async (text) => {
    for (const name of ['q', 'source']) {
      const answer = await server.get(`/alerts?${name}=${encodeURIComponent(text)}`);
      if (text.includes('\0')) {
        // No stored text has it (it is shown as U+2400), so there is nothing to look for.
        expectProblem(answer, 400, 'invalidText');
        continue;
      }
      expectNoLeak(answer);
      expect(answer.status).toBe(200);
      for (const item of answer.body.items) {
        expect(name === 'q' ? item.title + item.externalId : item.source).toContain(text);
      }
    }
  });

  it('what stands for NUL is found', async () => {
    expect((await server.get(`/alerts?source=${encodeURIComponent('a\u2400b')}`)).body.items).toHaveLength(5);
  });

  it('broken escapes and bytes that are no UTF-8 break nothing', async () => {
    for (const query of ['q=%', 'q=%zz', 'q=%c3%28', 'q=%ff%fe', 'q=%ed%a0%80']) {
      const answer = await server.get(`/alerts?${query}`);
      expectNoLeak(answer);
      expect([200, 400]).toContain(answer.status);
    }
  });

  it('wildcards stand for themselves', async () => {
    expect((await server.get(`/alerts?q=${encodeURIComponent('100%_\\')}`)).body.items).toHaveLength(5);
    expect((await server.get(`/alerts?q=${encodeURIComponent('N%dle')}`)).body.items).toEqual([]);
  });
});

describe('times in a query', () => {
  it.each([
    ['0001-01-01T00:00:00Z', 5, 0],
    ['9999-12-31T23:59:59Z', 0, 5],
    ['2016-12-31T23:59:59+23:59', 5, 0],
    ['2024-02-29T00:00:00.123456789Z', 5, 0],
  ])('%s is one', async (time, after, before) => {
    const at = encodeURIComponent(time);
    expect((await server.get(`/alerts?from=${at}`)).body.items).toHaveLength(after);
    expect((await server.get(`/alerts?to=${at}`)).body.items).toHaveLength(before);
  });

  it.each([
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999999999-23:59',
    '2023-02-29T00:00:00Z',
  ])('%s is none', async (time) => {
    for (const name of ['from', 'to']) {
      const answer = await server.get(`/alerts?${name}=${encodeURIComponent(time)}`);
      expectProblem(answer, 400, 'invalidQuery');
    }
  });
});

describe('ids in a path', () => {
  it.each([
    '0',
    '-1',
    '01',
    '1.0',
    '1e3',
    'abc',
    canary,
    `${'9'.repeat(18)}`,
    '9'.repeat(19),
    '%00',
    '1%00',
    '..%2f1',
    `'%20or%201=1`,
  ])('%s is nothing that exists', async (id) => {
    for (const path of [`/alerts/${id}`, `/deliveries/${id}`]) {
      expectProblem(await server.get(path), 404, 'notFound');
    }
    for (const what of ['retry', 'discard']) {
      const answer = await server.send({ path: `/deliveries/${id}/${what}`, key: server.keys.admin });
      expectProblem(answer, 404, 'notFound');
    }
  });
});

it('nothing of it was a surprise', () => {
  expect(server.logLines.join('')).not.toContain('http.surprise');
});
