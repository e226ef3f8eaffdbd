import { createServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutbound } from './index.ts';
import { gate, openDoor, receive } from './testing/door.ts';
import { OK } from './testing/receiver.ts';

const post = { method: 'POST', body: '{"title":"x"}' } as const;

function answer(headers: string, body: Buffer | string = ''): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`), Buffer.from(body)]);
}

async function callOnce(reply: Buffer | string, options: { end?: boolean; maxBytes?: number } = {}) {
  const receiver = await receive((socket) => (options.end ? socket.end(reply) : socket.write(reply)));
  return openDoor().call({ ...post, url: receiver.url, maxBytes: options.maxBytes ?? 1000 });
}

describe('a request', () => {
  it('arrives as it was given, with our own framing', async () => {
    const receiver = await receive();
    const headers = {
      authorization: 'Bearer x',
      Host: 'other.test',
      'Accept-Encoding': 'gzip',
      'Content-Length': '1',
      'Transfer-Encoding': 'chunked',
    };
    await openDoor().call({ ...post, url: `${receiver.url}?a=1#part`, headers });
    expect(receiver.received()).toBe(
      `POST /tickets?a=1 HTTP/1.1\r\nhost: 127.0.0.1:${receiver.port}\r\nconnection: keep-alive\r\n` +
        'accept-encoding: identity\r\nauthorization: Bearer x\r\ncontent-length: 13\r\n\r\n{"title":"x"}',
    );
  });

  it.each([
    ['authorization', 'Bearer x\r\nx-injected: 1'],
    ['x', 'a\0b'],
    ['bad name', 'x'],
  ])('with the header %j: %j is not sent', async (name, value) => {
    const receiver = await receive();
    const reply = await openDoor().call({ ...post, url: receiver.url, headers: { [name]: value } });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'badRequest' });
    expect(JSON.stringify(reply)).not.toContain('Bearer');
    expect(receiver.received()).toBe('');
  });

  it('to a port where nobody listens is not sent', async () => {
    const receiver = await receive();
    await receiver.close();
    onTestFinished(() => {});
    const reply = await openDoor().call({ ...post, url: receiver.url });
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'connect',
      detail: expect.stringContaining('refuses'),
    });
  });

  it('to a name that does not exist is not sent', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const reply = await openDoor({ resolve }).call({ ...post, url: 'https://nowhere.test/' });
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'dns',
      detail: expect.stringContaining('ENOTFOUND'),
    });
  });
});

describe('an answer', () => {
  it('is given with status, headers and body', async () => {
    const reply = await callOnce('HTTP/1.1 404 Not Found\r\nX-A: 1\r\ncontent-length: 4\r\n\r\nnone');
    expect(reply).toMatchObject({ kind: 'answered', status: 404, headers: { 'x-a': '1' } });
    expect(reply.kind === 'answered' && reply.body.toString()).toBe('none');
  });

  it('may follow early hints', async () => {
    const reply = await callOnce(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}`);
    expect(reply).toMatchObject({ kind: 'answered', status: 200, body: Buffer.from('{}') });
  });

  it('without a length ends with the connection', async () => {
    expect(await callOnce(answer('x: y', '{}'), { end: true })).toMatchObject({ kind: 'answered' });
  });

  it.each([
    ['length', answer('content-length: 10', 'abc')],
    ['length, connection: close', answer('content-length: 10\r\nconnection: close', 'abc')],
    ['chunks', answer('transfer-encoding: chunked', '5\r\nabc')],
    ['chunks, connection: close', answer('transfer-encoding: chunked\r\nconnection: close', '5\r\nabc')],
  ])('that is cut is unknown (%s)', async (_name, reply) => {
    expect(await callOnce(reply, { end: true })).toMatchObject({
      kind: 'unknown',
      reason: 'truncated',
      status: 200,
      partialBody: Buffer.from('abc'),
    });
  });

  it('that ends in a reset is unknown, also when it states no length', async () => {
    const receiver = await receive((socket) => {
      socket.write(answer('x: y', 'abc'), () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
    const reply = await openDoor().call({ ...post, url: receiver.url });
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'truncated', status: 200 });
  });

  it.each([
    ['', 'reset'],
    ['HTTP/1.1 200 O', 'reset'],
    ['220 mail.test ESMTP\r\n', 'protocol'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'protocol'],
    ['HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', 'protocol'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'protocol'],
  ])('of %j is unknown: %s', async (reply, reason) => {
    expect(await callOnce(reply, { end: true })).toMatchObject({ kind: 'unknown', reason });
  });

  it('with 10 MB of headers is ended', async () => {
    const reply = await callOnce(answer(`x: ${'a'.repeat(10_000_000)}`));
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'protocol' });
  });

  it('with endless headers is ended', async () => {
    const receiver = await receive((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = setInterval(() => socket.write(`x: ${'a'.repeat(1000)}\r\n`), 1);
      socket.on('close', () => clearInterval(more));
    });
    const reply = await openDoor().call({ ...post, url: receiver.url });
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'protocol' });
  });
});

describe('the size limit', () => {
  it.each([
    ['by its length', answer('content-length: 1001', 'abc')],
    ['by its bytes', answer('transfer-encoding: chunked', `bb8\r\n${'a'.repeat(3000)}`)],
  ])('ends a large answer %s', async (_name, reply) => {
    const result = await callOnce(reply);
    expect(result).toMatchObject({ kind: 'unknown', reason: 'tooLarge', status: 200 });
    expect(result.kind === 'unknown' && result.partialBody!.length).toBeLessThanOrEqual(2048);
  });

  it('lets an answer of exactly that size through', async () => {
    expect((await callOnce(answer('content-length: 1000', 'a'.repeat(1000)))).kind).toBe('answered');
  });

  it('does not apply to the length that HEAD announces', async () => {
    const receiver = await receive((socket) => socket.write(answer('content-length: 5000')));
    const reply = await openDoor().call({ method: 'HEAD', url: receiver.url, maxBytes: 1000 });
    expect(reply).toMatchObject({ kind: 'answered', status: 200 });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('holds for the decoded body (%s)', async (encoding, compress) => {
    const send = (size: number) => {
      const body = compress(Buffer.alloc(size));
      return callOnce(answer(`content-encoding: ${encoding}\r\ncontent-length: ${body.length}`, body), {
        maxBytes: 100_000,
      });
    };
    const whole = await send(100_000);
    expect(whole.kind === 'answered' && whole.body.length).toBe(100_000);
    expect(await send(100_001)).toMatchObject({ kind: 'unknown', reason: 'tooLarge' });
    expect(await send(50_000_000)).toMatchObject({ kind: 'unknown', reason: 'tooLarge' });
  });

  it.each(['zstd', 'gzip, gzip', 'x'])('makes a body in the encoding %j unknown', async (encoding) => {
    const reply = await callOnce(answer(`content-encoding: ${encoding}\r\ncontent-length: 2`, '{}'));
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'encoding', status: 200 });
  });

  it('makes a damaged compressed body unknown', async () => {
    const body = gzipSync('{}').subarray(0, 15);
    const reply = await callOnce(answer(`content-encoding: gzip\r\ncontent-length: ${body.length}`, body));
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'encoding' });
  });
});

describe('the deadline', () => {
  it('ends a body that drips', async () => {
    const receiver = await receive((socket) => {
      socket.write(answer('content-length: 1000', 'a'));
      const drip = setInterval(() => socket.write('a'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    const reply = await openDoor().call({ ...post, url: receiver.url, deadlineMs: 150 });
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'timeout', status: 200 });
    expect(reply.kind === 'unknown' && reply.partialBody!.length).toBeGreaterThan(0);
  });

  it('ends a silent server, and closes that connection', async () => {
    const ended = gate<void>();
    const receiver = await receive((socket) => socket.on('close', () => ended.open()));
    const reply = await openDoor().call({ ...post, url: receiver.url, deadlineMs: 50 });
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'timeout' });
    expect(reply).not.toHaveProperty('status');
    await ended.promise;
  });

  it('covers waiting for a connection', async () => {
    const receiver = await receive(() => {});
    const door = openDoor({ limits: { connectionsPerOrigin: 1 } });
    const held = door.call({ ...post, url: receiver.url, deadlineMs: 200 });
    const reply = await door.call({ ...post, url: `${receiver.url}/second`, deadlineMs: 50 });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'connect' });
    await held;
    expect(receiver.requests()).toBe(1);
  });

  it('for connecting covers DNS', async () => {
    const door = openDoor({ resolve: () => new Promise(() => {}), limits: { connectTimeoutMs: 50 } });
    const reply = await door.call({ ...post, url: 'https://slow.test/' });
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'connect',
      detail: expect.stringContaining('in time'),
    });
  });

  it('gives way to a signal', async () => {
    const controller = new AbortController();
    const receiver = await receive(() => controller.abort());
    const reply = await openDoor().call({ ...post, url: receiver.url, signal: controller.signal });
    expect(reply).toMatchObject({ kind: 'unknown', reason: 'aborted' });
  });

  it('is measured by the clock that was given', async () => {
    const receiver = await receive();
    let ms = 0;
    const reply = await openDoor({ now: () => (ms += 5) }).call({ ...post, url: receiver.url });
    expect(reply.durationMs).toBe(5);
  });
});

describe('the door', () => {
  it('refuses to open with a bad allow list', () => {
    expect(() => createOutbound({ allow: ['10.0.0.0/99'] })).toThrow('“10.0.0.0/99”');
  });

  it('that is aborted ends every call by what had left, takes no more, and closes at once', async () => {
    const receiver = await receive(() => undefined);
    const door = openDoor({ limits: { connectionsPerOrigin: 1 } });
    const sent = door.call({ ...post, url: receiver.url });
    const queued = door.call({ ...post, url: receiver.url });
    await expect.poll(() => receiver.received()).toContain('POST');
    door.abort();
    expect(await sent).toMatchObject({ kind: 'unknown', reason: 'aborted' });
    expect(await queued).toMatchObject({ kind: 'notSent', reason: 'aborted' });
    expect(await door.call({ ...post, url: receiver.url })).toMatchObject({ kind: 'notSent' });
    await door.close();
    expect(receiver.received().match(/POST/g)).toHaveLength(1);
  });

  it('closes when the calls under way have ended, and takes no more', async () => {
    const arrived = gate<() => void>();
    const receiver = await receive((socket) => arrived.open(() => socket.write(OK)));
    const door = createOutbound({ allow: ['127.0.0.1'] });
    const call = door.call({ ...post, url: receiver.url });
    const answerNow = await arrived.promise;
    const closed = door.close();
    const late = await door.call({ ...post, url: receiver.url });
    answerNow();
    await closed;
    expect(late).toMatchObject({ kind: 'notSent', reason: 'aborted' });
    expect((await call).kind).toBe('answered');
  });

  it('does not let a reset at accept count as sent or as answered', async () => {
    const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const reply = await openDoor().call({ ...post, url: `http://127.0.0.1:${port}/` });
    expect(['notSent', 'unknown']).toContain(reply.kind);
  });
});
