import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addressesInside } from '../outbound/testing/urls.ts';
import { always, mailOf, openMailer, plainServer } from './testing/mailer.ts';
import { authority, startScripted, tlsOptions } from './testing/scripted.ts';

const inside = ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254'];

describe('where mail may go (promises G1, G2)', () => {
  const hosts = [
    ...addressesInside.map((url) => /^https:[/\\]*([^/\\]+?)(:8443)?(\/.*)?$/.exec(url)?.[1] ?? url),
    ...['localhost', 'LOCALHOST.', 'inside.test', '::1', '::ffff:127.0.0.1', 'metadata', 'fe80::1%eth0'],
    ...[
      '',
      ' ',
      'a b',
      'a@127.0.0.1',
      '127.0.0.1:25',
      'mail.test/x',
      'mail..test',
      '.',
      'mail.test#',
      'a\r\nb',
    ],
  ];

  it.each([25, 465, 587, 2525])(
    'no spelling of an address inside is connected to at port %i',
    async (port) => {
      for (const host of hosts) {
        const mailer = openMailer([{ host, port, security: 'starttls' }], {
          allow: [],
          resolve: async () => inside,
        });
        expect(await mailer.send(mailOf(), always), host).toMatchObject({
          kind: 'refused',
          about: 'server',
          reason: 'address',
        });
        expect(mailer.state()[0]?.problem, host).toBeTruthy();
      }
    },
  );

  it('metadata services are never connected to, even where everything is allowed', async () => {
    const server = await startScripted();
    for (const host of ['169.254.169.254', 'metadata.google.internal', '100.100.100.200', 'meta.lan']) {
      const mailer = openMailer([{ host, port: server.port, security: 'none' }], {
        allow: ['0.0.0.0/0', '::/0', 'meta.lan', 'metadata.google.internal'],
        resolve: async () => ['169.254.169.254'],
      });
      expect(await mailer.send(mailOf(), always)).toMatchObject({ about: 'server', reason: 'address' });
    }
    expect(server.connections()).toBe(0);
  });

  it.each([
    [['127.0.0.1'], '127.0.0.1', true],
    [['127.0.0.0/8'], 'mail.lan', true],
    [['mail.lan'], 'Mail.LAN.', true],
    [['bücher.test'], 'xn--bcher-kva.test', true],
    [['xn--bcher-kva.test'], 'BÜCHER.test', true],
    [['mail.lan'], '127.0.0.1', false],
    [['mail.lan'], 'sub.mail.lan', false],
    [['127.0.0.2/31'], '127.0.0.1', false],
    [[], '127.0.0.1', false],
  ])('with %j allowed, %s is reached without TLS: %s', async (allow, host, isReached) => {
    const server = await startScripted();
    const mailer = openMailer([{ host, port: server.port, security: 'none' }], {
      allow,
      resolve: async () => ['127.0.0.1'],
    });
    const outcome = await mailer.send(mailOf(), always);
    expect(outcome.kind).toBe(isReached ? 'done' : 'refused');
    expect(server.connections()).toBe(isReached ? 1 : 0);
    if (!isReached) expect(outcome).toMatchObject({ text: expect.stringContaining('HERALD_OUTBOUND_ALLOW') });
  });

  it.each([80, 443, 5432, 6379, 22, 0, -1, 70_000, 2.5])(
    'port %d of a public host is not used',
    async (port) => {
      const mailer = openMailer([{ host: 'mail.example.com', port, security: 'tls' }], { allow: [] });
      expect(await mailer.send(mailOf(), always)).toMatchObject({
        about: 'server',
        isFinal: true,
        reason: 'address',
      });
      expect(mailer.state()[0]?.stopped).toBe(true);
    },
  );

  it.each([
    ['none', 25, 'tls'],
    ['tls', 4_650, 'address'],
  ] as const)(
    'a public host is told that it must be listed for %s at port %i',
    async (security, port, reason) => {
      const mailer = openMailer([{ host: 'mail.example.com', port, security }], {
        allow: ['10.0.0.0/8'],
        resolve: async () => ['8.8.8.8'],
      });
      const text = expect.stringContaining('listed in HERALD_OUTBOUND_ALLOW');
      expect(await mailer.send(mailOf(), always)).toMatchObject({ about: 'server', reason, text });
    },
  );

  it('of several addresses only those outside are used, and the name is asked for each connection anew', async () => {
    const server = await startScripted({}, { tls: tlsOptions('good') });
    let asked = 0;
    const mailer = openMailer([{ host: 'psa.test', port: server.port, security: 'starttls' }], {
      allow: ['127.0.0.1'],
      ca: authority,
      resolve: async () => {
        asked += 1;
        return asked === 1 ? ['10.0.0.1', '127.0.0.1'] : ['10.0.0.1', '169.254.169.254'];
      },
      limits: { mailsEach: 1 },
    });
    expect((await mailer.send(mailOf(), always)).kind).toBe('done');
    expect(await mailer.send(mailOf(), always)).toMatchObject({
      kind: 'refused',
      about: 'server',
      reason: 'address',
    });
    expect(server.connections()).toBe(1);
  });

  it('is decided in this room: no other opens a connection for mail', () => {
    const root = new URL('../', import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|\/(testing|fixtures)\//.test(file));
    const opening = /from 'nodemailer(\/lib\/(smtp|sendmail|ses)[^']*)?'/;
    const found = files.filter((file) => opening.test(readFileSync(new URL(file, root), 'utf8')));
    expect(found).toEqual(['smtp/session.ts']);
  });
});

describe('the envelope (promise M12)', () => {
  it.each([
    'ann@example.com>\r\nRCPT TO:<evil@example.com',
    'ann@example.com\r\nRSET',
    'ann@example.com\n',
    'ann@example.com> SIZE=1',
    '<ann@example.com>',
    'ann@example.com, evil@example.com\u2028',
    'ann @example.com',
    'ann\u00a0b@example.com',
    'ann\0@example.com',
    'ann\u202e@example.com',
    'ann\ud800@example.com',
    '@example.com',
    'ann@',
    'ann',
    '',
    `${'a'.repeat(400)}@example.com`,
    'ann@exa\u3002\u3002mple.com',
  ])('refuses %j without asking a server', async (address) => {
    const server = await startScripted();
    const mailer = openMailer([plainServer(server.port)]);
    for (const mail of [
      { ...mailOf(), to: address },
      { ...mailOf(), from: address },
    ])
      expect(await mailer.send(mail, always)).toMatchObject({
        about: 'message',
        isFinal: true,
        reason: 'address',
      });
    expect(server.connections()).toBe(0);
  });

  it.each(['a,b@example.com', "o'neil+x=y@example.com", 'a@[192.0.2.1]', 'evil@example.com@example.com'])(
    'names %s to the server as it is, and nobody else',
    async (address) => {
      const server = await startScripted();
      const mailer = openMailer([plainServer(server.port)]);
      await mailer.send(mailOf(undefined, address), always);
      expect(server.commands.filter((line) => line.startsWith('RCPT'))).toEqual([`RCPT TO:<${address}>`]);
    },
  );

  it('writes international domains in punycode, which every server can read', async () => {
    const server = await startScripted();
    const mailer = openMailer([plainServer(server.port)]);
    expect((await mailer.send(mailOf(undefined, 'ann@bücher.example'), always)).kind).toBe('done');
    expect(server.commands).toContain('RCPT TO:<ann@xn--bcher-kva.example>');
  });

  it('writes other international addresses only to servers that take them', async () => {
    const to = 'änn@example.com';
    const server = await startScripted({ EHLO: '250-mail.test\r\n250 SMTPUTF8' });
    const mailer = openMailer([plainServer(server.port)]);
    expect((await mailer.send(mailOf(undefined, to), always)).kind).toBe('done');
    expect(server.commands).toContain('MAIL FROM:<herald@example.com> SMTPUTF8');
    const other = await startScripted();
    const outcome = await openMailer([plainServer(other.port)]).send(mailOf(undefined, to), always);
    expect(outcome).toMatchObject({ about: 'recipient', isFinal: true, reason: 'address' });
    expect(other.commands.some((line) => line.startsWith('MAIL'))).toBe(false);
  });
});
