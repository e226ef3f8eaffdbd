/** Bodies that are no alert, or too much of one (promises I-1 to I-5, I-8), over a real socket. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canary, expectNoLeak, expectProblem } from './expectations.ts';
import { sendBytes } from './rawHttp.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

const limit = 10 * 1024 * 1024;
const good = () => JSON.stringify(least());
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

/** The same bytes twice are the same answer twice, and nothing is stored. */
async function expectRefused(
  body: string | Buffer,
  status: number,
  code: string,
  headers?: Record<string, string>,
): Promise<void> {
  const before = await server.count();
  const first = await server.post(body, headers);
  const second = await server.post(body, headers);
  expectProblem(first, status, code);
  expect(second.text).toBe(first.text);
  expect(await server.count()).toBe(before);
}

describe('bodies that are not one JSON document (I-1)', () => {
  it.each([
    ['nothing', '', 'emptyBody'],
    ['blanks', ' \r\n\t ', 'malformedJson'],
    ['a byte order mark', `\uFEFF${good()}`, 'byteOrderMark'],
    ['garbage', canary, 'malformedJson'],
    ['a truncated object', good().slice(0, -1), 'malformedJson'],
    ['a truncated text', `{"source":"${canary}`, 'malformedJson'],
    ['trailing garbage', `${good()}${canary}`, 'malformedJson'],
    ['lines of JSON', `${good()}\n${good()}\n`, 'malformedJson'],
    ['two documents', `${good()}${good()}`, 'malformedJson'],
    ['a raw NUL', '{"title":"\0"}', 'malformedJson'],
    ['NaN', '{"title":NaN}', 'malformedJson'],
    ['a form', `source=edr&title=${canary}`, 'malformedJson'],
  ])('%s', (_name, body, code) => expectRefused(body, 400, code));

  it.each(['null', '1', '"text"', 'true', '-0', '1e400'])('%s is JSON, but no alert', (body) =>
    expectRefused(body, 422, 'invalid'),
  );

  it('no body at all', async () => {
    const answer = await server.send({ path: '/alerts', headers: { 'content-type': 'application/json' } });
    expectProblem(answer, 400, 'emptyBody');
  });
});

describe('content types (I-2)', () => {
  it.each([
    'application/json',
    'APPLICATION/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    '\tapplication/json',
    ' application/json ',
    'application/json\t',
  ])('%j is JSON, judged as always', async (type) => {
    expect((await server.post(good(), { 'content-type': type })).status).toBe(202);
    expectProblem(await server.post('{"title":1}', { 'content-type': type }), 422, 'invalid');
  });

  it.each([
    'text/plain',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json garbage',
    'application/jsonx',
    'application/json,text/plain',
    'application\t/json',
    'application/json;',
    ';application/json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/x-ndjson',
    'a/b/c',
    canary,
    '*',
  ])('%j is refused', (type) => {
    return expectRefused(good(), 415, 'unsupportedMediaType', { 'content-type': type });
  });

  it('none is refused', async () => {
    expectProblem(await server.send({ path: '/alerts', body: good() }), 415, 'unsupportedMediaType');
  });

  it('of two, the first one counts', async () => {
    const head = [
      'POST /api/v1/alerts HTTP/1.1',
      'host: a',
      `authorization: Bearer ${server.keys.intake}`,
      'content-type: text/plain',
      'content-type: application/json',
      'content-length: 2',
      'connection: close',
    ];
    const answer = await sendBytes(server.port, [Buffer.from(`${head.join('\r\n')}\r\n\r\n{}`)]);
    expectProblem(answer, 415, 'unsupportedMediaType');
  });
});

/** An alert of exactly so many bytes. */
function sized(bytes: number): string {
  const alert = least({ description: '' });
  const empty = JSON.stringify(alert).length;
  return JSON.stringify({ ...alert, description: 'x'.repeat(bytes - empty) });
}

describe('size (I-3)', () => {
  it.each([limit - 1, limit])('%i bytes are taken', async (bytes) => {
    const answer = await server.post(sized(bytes));
    expect([answer.status, answer.body.results[0].status]).toEqual([202, 'accepted']);
  });

  it.each([limit + 1, limit + 65_536])('%i bytes are too much', async (bytes) => {
    const before = await server.count();
    expectProblem(await server.post(sized(bytes)), 413, 'bodyTooLarge');
    expect(await server.count()).toBe(before);
  });

  it('1 GB announced is refused before it comes', async () => {
    const headers = { 'content-length': '1000000000' };
    expectProblem(await server.post('{"title":"', headers), 413, 'bodyTooLarge');
  });

  it('a body in chunks without a length is counted as it comes', async () => {
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    const head = [
      'POST /api/v1/alerts HTTP/1.1',
      'host: a',
      `authorization: Bearer ${server.keys.intake}`,
      'content-type: application/json',
      'transfer-encoding: chunked',
    ];
    const pieces = [Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ...Array(11).fill(Buffer.from(chunk))];
    expectProblem(await sendBytes(server.port, pieces), 413, 'bodyTooLarge');
  });

  it('a small body in chunks is taken', async () => {
    const bytes = Buffer.from(good());
    const body = `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`;
    const answer = await server.post(body, { 'transfer-encoding': 'chunked' });
    expect(answer.status).toBe(202);
  });

  it.each([
    ['gzip', gzipSync('[]')],
    ['gzip', gzipSync(Buffer.alloc(50_000_000, ' '))],
    ['GZIP', gzipSync('[]')],
    ['gzip, gzip', gzipSync(gzipSync('[]'))],
    ['br', Buffer.from('[]')],
    ['deflate', Buffer.from('[]')],
    [canary, Buffer.from('[]')],
  ])('content encoding %s is refused without a look inside', (encoding, body) =>
    expectRefused(body, 415, 'unsupportedEncoding', { 'content-encoding': encoding }),
  );

  it.each([
    ['a length that is none', { 'content-length': 'ten' }],
    ['a negative length', { 'content-length': '-1' }],
    ['length and chunks at once', { 'content-length': '2', 'transfer-encoding': 'chunked' }],
    ['an encoding of transfers that does not exist', { 'transfer-encoding': canary }],
    ['a control character in a header', { 'content-type': 'application/json\x0btext' }],
    ['a NUL in a header', { 'x-note': 'a\0b' }],
  ])('%s is no HTTP', async (_name, headers) => {
    expectProblem(await server.post('{}', headers as Record<string, string>), 400, 'badRequest');
  });
});

describe('nesting (I-4)', () => {
  it.each([65, 3_000, 5_000, 100_000])('%i levels are too deep', async (depth) => {
    await expectRefused(nested(depth, '[', ']'), 400, 'tooDeep');
    await expectRefused(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`, 400, 'tooDeep');
    await expectRefused('['.repeat(depth), 400, 'tooDeep');
  });

  it('64 levels are read, stored and shown again', async () => {
    // The alert itself is the first level, its member the second.
    const deep = `${nested(63, '[', ']')}`;
    const alert = JSON.stringify(least());
    const answer = await server.post(`${alert.slice(0, -1)},"deep":${deep}}`);
    expect(answer.status).toBe(202);
    const shown = await server.get(`/alerts/${answer.body.results[0].id}`);
    expect(JSON.stringify(shown.body.alert.raw.deep)).toBe(deep);
    expectProblem(await server.post(`${alert.slice(0, -1)},"deep":[${deep}]}`), 400, 'tooDeep');
  });
});

describe('how much there may be (I-5)', () => {
  const members = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, n]));

  it('10,000 members', () => expectRefused(JSON.stringify(members(10_000)), 400, 'tooManyKeys'));

  it('a name of a megabyte', () =>
    expectRefused(JSON.stringify({ ['k'.repeat(1_000_000)]: 1 }), 400, 'keyTooLong'));

  it('a million elements', () => expectRefused(`[${'1,'.repeat(999_999)}1]`, 400, 'tooManyElements'));

  it('9,000 members that nobody knows are kept', async () => {
    const answer = await server.post(JSON.stringify(least(members(9_000))));
    const shown = await server.get(`/alerts/${answer.body.results[0].id}`);
    expect(shown.body.alert.raw).toEqual(members(9_000));
  });
});

describe('bytes that are no text (I-8)', () => {
  const around = (bytes: number[]) =>
    Buffer.concat([Buffer.from('{"title":"'), Buffer.from(bytes), Buffer.from('"}')]);

  it.each([
    ['a lone continuation byte', [0x80]],
    ['a sequence that breaks off', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xe0, 0x80, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['0xFF', [0xff]],
    ['Latin-1', [0xe9]],
    ['UTF-16', [0x00, 0x41, 0xd8, 0x00]],
  ])('%s', (_name, bytes) => expectRefused(around(bytes), 400, 'invalidUtf8'));
});

it('the log has none of it, and no surprise', () => {
  const lines = server.logLines.join('');
  expect(lines).not.toContain('http.surprise');
  expect(lines).not.toContain(canary);
});

it('an address that does not exist repeats nothing', async () => {
  for (const path of [`/${canary}`, `/intake/${canary}`, '/alerts/%00', `/alerts/${'9'.repeat(19)}`]) {
    const answer = await server.send({ method: 'GET', path });
    expectNoLeak(answer);
    expect([answer.status, answer.body.code]).toEqual([404, 'notFound']);
  }
  expectProblem(await server.send({ method: 'GET', path: '/%' }), 400, 'badUrl');
});
