import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('HERALD_TRUST_PROXY', () => {
  const read = (text?: string) =>
    readConfig(text === undefined ? {} : { HERALD_TRUST_PROXY: text }).trustProxy;

  it('nobody is trusted unless told', () => {
    expect(read()).toEqual([]);
    expect(read('')).toEqual([]);
  });

  it('takes addresses, ranges and loopback', () => {
    expect(read('loopback, 10.0.0.5,10.1.0.0/16 , fd00::1, fd00:1::/64')).toEqual([
      'loopback',
      '10.0.0.5',
      '10.1.0.0/16',
      'fd00::1',
      'fd00:1::/64',
    ]);
  });

  it.each([
    'true',
    '1',
    'all',
    '*',
    'proxy.example',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0/8',
    '0x0a/8',
    '10.0.0.0/255.0.0.0',
    'fd00::/129',
    '10.0.0.1, 10.0.0.0/99',
  ])('%s is refused with what can be set', (text) => {
    expect(() => read(text)).toThrow(/HERALD_TRUST_PROXY has ".+": it takes addresses and ranges such as/);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.1/00'])('%s would trust everybody', (text) => {
    expect(() => read(text)).toThrow(/HERALD_TRUST_PROXY has ".+": with everybody trusted/);
  });
});

describe('HERALD_SMTP_URL', () => {
  const read = (text?: string, allow = '') =>
    readConfig({ HERALD_SMTP_URL: text, HERALD_OUTBOUND_ALLOW: allow }).mailServers;

  it('there are no mail servers unless told', () => {
    expect([read(), read('')]).toEqual([[], []]);
  });

  it('smtps is TLS from the first byte, with the user name and password decoded', () => {
    expect(read('smtps://ops%40msp.example:p%2Fa%3Ass%2C%25@Mail.MSP.example:465')).toEqual([
      {
        host: 'mail.msp.example',
        port: 465,
        security: 'tls',
        user: 'ops@msp.example',
        password: 'p/a:ss,%',
      },
    ]);
  });

  it('smtp demands STARTTLS, each with its usual port, in the order given', () => {
    expect(read('smtp://mail.example, smtps://mail.example')).toEqual([
      { host: 'mail.example', port: 587, security: 'starttls' },
      { host: 'mail.example', port: 465, security: 'tls' },
    ]);
  });

  it.each([
    ['relay', 'relay'],
    ['10.0.0.0/8', '10.1.2.3'],
    ['fd00::/8', '[fd00::25]'],
  ])('a host that %s lists is spoken to without TLS', (allow, host) => {
    expect(read(`smtp://${host}:25`, allow)).toMatchObject([{ port: 25, security: 'none' }]);
    expect(read(`smtp://${host}:25`, 'other.example, 192.168.0.0/16')).toMatchObject([
      { security: 'starttls' },
    ]);
  });

  it('no password is sent without TLS, wherever the server stands', () => {
    expect(read('smtp://ops:secret@relay', 'relay')).toMatchObject([{ security: 'starttls' }]);
  });

  it.each([
    ['mail.example', /is not an address such as/],
    ['http://mail.example', /must begin with smtps/],
    ['smtp://', /names no mail server/],
    ['smtp://ops@mail.example', /needs both a user name and a password/],
    ['smtp://:secret@mail.example', /needs both/],
    ['smtp://ops:se%ret@mail.example', /write % .+ as %25/],
    ['smtp://ops:secret@mail.example/inbox', /something behind the host/],
    ['smtp://ops:secret@mail.example?tls=no', /something behind the host/],
    ['smtp://ops:secret@mail.example:99999', /is not an address/],
    ['smtp://ops:secret@mail.example:0', /port 0/],
    ['smtp://ops:se/cret@mail.example', /is not an address|something behind the host/],
  ])('%s is refused in words, without the password', (text, words) => {
    const refusal = () => read(text);
    expect(refusal).toThrow(words);
    expect(refusal).not.toThrow(/se\W?c?ret|ops/i);
  });

  it('says which of several cannot be used', () => {
    expect(() => read('smtp://mail.example,smtp://user:a,b@mail.example')).toThrow(
      /^Entry 2 of HERALD_SMTP_URL/,
    );
  });
});

describe('HERALD_MAIL_FROM', () => {
  const read = (text?: string) => readConfig({ HERALD_MAIL_FROM: text }).mailFrom;

  it('is one address, or nothing', () => {
    expect([read(), read(''), read('Herald@MSP.example')]).toEqual([
      undefined,
      undefined,
      'Herald@msp.example',
    ]);
  });

  it.each(['Herald <herald@msp.example>', 'a@b.example,c@d.example', 'herald'])(
    '%s is refused in words',
    (text) => {
      expect(() => read(text)).toThrow(/^HERALD_MAIL_FROM cannot be used: \w/);
    },
  );
});
