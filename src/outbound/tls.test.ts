import { readFileSync } from 'node:fs';
import type { TlsOptions } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDoor, receive } from './testing/door.ts';
import { startTlsReceiver } from './testing/receiver.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}.pem`, import.meta.url), 'utf8');
const ca = fixture('authority');
const key = fixture('key');

async function receiveTls(cert: string, options: TlsOptions = {}) {
  const receiver = await startTlsReceiver({ key, cert: fixture(cert), ...options });
  onTestFinished(receiver.close);
  return receiver;
}

const psa = { allow: ['psa.test', '127.0.0.1'], resolve: async () => ['127.0.0.1'] };

async function callTls(port: number, options: { ca?: string } = { ca }, host = 'psa.test') {
  return openDoor({ ...psa, ...options }).call({
    method: 'POST',
    body: '{}',
    url: `https://${host}:${port}/`,
  });
}

describe('TLS', () => {
  it.each(['psa.test', '127.0.0.1'])('accepts a certificate for %s', async (host) => {
    const receiver = await receiveTls('good');
    expect(await callTls(receiver.port, { ca }, host)).toMatchObject({ kind: 'answered', status: 200 });
    expect(receiver.requests()).toBe(1);
  });

  it.each([
    ['expired', /expired/],
    ['self-signed', /self-signed/],
    ['other-name', /another name/],
  ])('refuses a certificate that is %s, and sends nothing', async (cert, text) => {
    const receiver = await receiveTls(cert);
    const reply = await callTls(receiver.port);
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'tls', detail: expect.stringMatching(text) });
    expect(receiver.received()).toBe('');
  });

  it('refuses an unknown authority', async () => {
    const receiver = await receiveTls('good');
    const reply = await callTls(receiver.port, {});
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'tls',
      detail: expect.stringContaining('not trusted'),
    });
  });

  it('refuses old versions', async () => {
    const receiver = await receiveTls('good', {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const reply = await callTls(receiver.port);
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'tls',
      detail: expect.stringContaining('1.2 or newer'),
    });
  });

  it('refuses a port that speaks something else', async () => {
    const receiver = await receive((socket) => socket.write('220 mail.test ESMTP\r\n'));
    const reply = await callTls(receiver.port);
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'tls',
      detail: expect.stringContaining('not speak TLS'),
    });
  });

  it('reports a server that hangs up in the handshake', async () => {
    const receiver = await receive((socket) => socket.end());
    const reply = await callTls(receiver.port);
    expect(reply).toMatchObject({
      kind: 'notSent',
      reason: 'tls',
      detail: expect.stringContaining('handshake'),
    });
  });

  it('gives up a handshake that hangs', async () => {
    const receiver = await receive(() => {});
    const door = openDoor({ ...psa, ca, limits: { connectTimeoutMs: 50 } });
    const reply = await door.call({ method: 'GET', url: `https://psa.test:${receiver.port}/` });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'connect' });
    expect(receiver.received()).not.toContain('GET');
  });

  it('notices a certificate that changes: each new connection is judged anew', async () => {
    const receiver = await receiveTls('good');
    const door = openDoor({ ...psa, ca, limits: { keepAliveMs: 1 } });
    const url = `https://psa.test:${receiver.port}/`;
    expect((await door.call({ method: 'GET', url })).kind).toBe('answered');
    await receiver.close();
    onTestFinished(() => {});
    const changed = await receiveTls('other-name');
    const reply = await door.call({ method: 'GET', url: `https://psa.test:${changed.port}/` });
    expect(reply).toMatchObject({ kind: 'notSent', reason: 'tls' });
  });
});
