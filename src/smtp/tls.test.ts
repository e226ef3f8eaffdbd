import { describe, expect, it } from 'vitest';
import { always, mailOf, openMailer } from './testing/mailer.ts';
import { authority, startScripted, tlsOptions } from './testing/scripted.ts';
import type { MailServer } from './types.ts';

const signIn = { user: 'herald@example.com', password: 'correct horse' };
const resolve = async () => ['127.0.0.1'];
const withAuth = '250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000';

type Setting = Pick<MailServer, 'security'> & { host?: string; isOpenToAll?: boolean };

async function sendTo(
  server: { port: number },
  { security, host = 'psa.test', isOpenToAll = false }: Setting,
  { ca = authority, ...options }: { ca?: string } = {},
) {
  const mailer = openMailer([{ host, port: server.port, security, ...(isOpenToAll ? {} : signIn) }], {
    allow: ['127.0.0.1', 'psa.test', 'other.test'],
    resolve,
    ca,
    limits: { setupMs: 500 },
    ...options,
  });
  return { outcome: await mailer.send(mailOf(), always), mailer };
}

/** Nothing of a sign-in, a mail or a password came where everyone can read it. */
const secretsIn = (text: string): string[] => text.match(/AUTH|MAIL FROM|correct|Y29ycmVjd|AGhlcmFsZ/g) ?? [];

describe('TLS from the start', () => {
  it.each(['psa.test', '127.0.0.1'])('signs in and sends to %s', async (host) => {
    const server = await startScripted({ EHLO: withAuth }, { tls: tlsOptions('good'), isTlsFromStart: true });
    const { outcome } = await sendTo(server, { security: 'tls', host });
    expect(outcome).toMatchObject({ kind: 'done', server: host });
    expect(server.commands.some((line) => line.startsWith('AUTH PLAIN'))).toBe(true);
  });

  it.each([
    ['expired', /expired/],
    ['self-signed', /self-signed/],
    ['other-name', /another name/],
  ])('refuses a certificate that is %s, and says nothing to it', async (cert, words) => {
    const server = await startScripted({}, { tls: tlsOptions(cert), isTlsFromStart: true });
    const { outcome } = await sendTo(server, { security: 'tls' });
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', reason: 'tls', isFinal: false });
    expect(outcome).toMatchObject({ text: expect.stringMatching(words) });
    expect(server.commands).toEqual([]);
  });

  it('is not given up for a server that speaks clear text', async () => {
    const server = await startScripted({});
    const { outcome } = await sendTo(server, { security: 'tls' });
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', reason: 'tls' });
    expect(secretsIn(server.clear())).toEqual([]);
  });
});

describe('STARTTLS (promise K-6)', () => {
  it('is used before anything else is said', async () => {
    const server = await startScripted({}, { tls: tlsOptions('good') });
    const { outcome } = await sendTo(server, { security: 'starttls' });
    expect(outcome.kind).toBe('done');
    expect(server.clear()).toMatch(/^EHLO \S+\r\nSTARTTLS\r\n/);
    expect(secretsIn(server.clear())).toEqual([]);
    expect(server.commands.filter((line) => line.startsWith('EHLO'))).toHaveLength(2);
  });

  it.each([
    ['is missing', { EHLO: withAuth, STARTTLS: '502 unknown command' }],
    [
      'was stripped on the way',
      { EHLO: '250-mail.test\r\n250-XXXXXXXX\r\n250 AUTH PLAIN', STARTTLS: '500 what?' },
    ],
    ['is refused now', { STARTTLS: '454 TLS not available' }],
    ['is answered with nonsense', { STARTTLS: 'hello' }],
    [
      'is granted, and then clear text follows',
      { STARTTLS: '220 go ahead\r\n250-mail.test\r\n250 AUTH PLAIN' },
    ],
    ['is no part of the old greeting', { EHLO: '502 unknown', HELO: '250 mail.test' }],
  ])('%s: refused, and neither a password nor a mail leaves', async (_words, answers) => {
    for (const isOpenToAll of [false, true]) {
      const server = await startScripted(answers);
      const { outcome, mailer } = await sendTo(server, { security: 'starttls', isOpenToAll });
      expect(outcome).toMatchObject({ kind: 'refused', about: 'server', isFinal: false });
      expect(secretsIn(server.clear())).toEqual([]);
      expect(mailer.state()[0]?.problem).toContain('psa.test');
    }
  });

  it.each(['expired', 'self-signed', 'other-name'])('refuses a certificate that is %s', async (cert) => {
    const server = await startScripted({}, { tls: tlsOptions(cert) });
    const { outcome } = await sendTo(server, { security: 'starttls' });
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', reason: 'tls' });
    expect(server.commands.map((line) => line.split(' ')[0])).toEqual(['EHLO', 'STARTTLS']);
  });

  it('refuses a certificate for another name than the configured one', async () => {
    const server = await startScripted({}, { tls: tlsOptions('good') });
    const { outcome } = await sendTo(server, { security: 'starttls', host: 'other.test' });
    expect(outcome).toMatchObject({
      kind: 'refused',
      reason: 'tls',
      text: expect.stringContaining('another name'),
    });
  });

  it('refuses an authority that nobody named', async () => {
    const server = await startScripted({}, { tls: tlsOptions('good') });
    const { outcome } = await sendTo(server, { security: 'starttls' }, { ca: '' });
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'tls' });
  });

  it('does not believe what was said before TLS', async () => {
    const before = '250-mail.test\r\n250-SIZE 10\r\n250-STARTTLS\r\n250 AUTH XOAUTH2';
    const EHLO = ({ number, socket }: { number: number; socket: object }) =>
      'encrypted' in socket && number ? withAuth : before;
    const STARTTLS = '220 go ahead';
    const server = await startScripted({ EHLO, STARTTLS }, { tls: tlsOptions('good') });
    expect((await sendTo(server, { security: 'starttls' })).outcome.kind).toBe('done');
  });

  it('throws away what came in the same breath as the answer to STARTTLS', async () => {
    const STARTTLS = ({ socket }: { socket: { write(text: string): unknown } }) => {
      socket.write('220 go ahead\r\n250-evil\r\n250 AUTH LOGIN\r\n235 welcome\r\n');
      return undefined;
    };
    const server = await startScripted({ STARTTLS });
    const { outcome } = await sendTo(server, { security: 'starttls' });
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server' });
    expect(secretsIn(server.clear())).toEqual([]);
  });
});

describe('without TLS', () => {
  it('no password is configured, let alone sent', async () => {
    const server = await startScripted({ EHLO: withAuth });
    const { outcome, mailer } = await sendTo(server, { security: 'none' });
    expect(outcome).toMatchObject({ kind: 'refused', about: 'server', isFinal: true, reason: 'auth' });
    expect(mailer.state()[0]).toMatchObject({
      stopped: true,
      problem: expect.stringContaining('without TLS'),
    });
    expect(server.connections()).toBe(0);
  });
});
