import { describe, expect, it } from 'vitest';
import { type Allow, parseAllow } from './addresses.ts';
import { judgeUrl } from './urls.ts';

function allowOf(...entries: string[]): Allow {
  const parsed = parseAllow(entries);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.allow;
}

const NOTHING = allowOf();

describe('a URL', () => {
  it.each([
    ['https://psa.example.com', 'https://psa.example.com/'],
    ['https://psa.example.com:443/v1?x=1', 'https://psa.example.com/v1?x=1'],
    ['https://psa.example.com:8443/', 'https://psa.example.com:8443/'],
    ['HTTPS://PSA.EXAMPLE.COM./v1', 'https://psa.example.com/v1'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https:\\\\psa.example.com\\a', 'https://psa.example.com/a'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('%s may be called', (text, normalized) => {
    const verdict = judgeUrl(text, NOTHING);
    expect(verdict).toMatchObject({ ok: true, reach: 'public' });
    expect(verdict.ok && verdict.url.href).toBe(normalized);
  });

  it.each([
    '',
    'psa.example.com',
    '/v1',
    'http://psa.example.com/',
    'http://psa.example.com:443/',
    'ftp://psa.example.com/',
    'file:///etc/passwd',
    'file://psa.example.com/etc/passwd',
    'gopher://psa.example.com/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'ws://psa.example.com/',
    'blob:https://psa.example.com/1',
    'https://',
    'https://user@psa.example.com/',
    'https://user:secret@psa.example.com/',
    'https://:secret@psa.example.com/',
    'https://psa.example.com@127.0.0.1/',
    'https://psa.example.com:22/',
    'https://psa.example.com:25/',
    'https://psa.example.com:80/',
    'https://psa.example.com:5432/',
    'https://psa.example.com:6379/',
    'https://psa.example.com:65536/',
    'https://psa..example.com/',
    'https://psa.example.com../',
    'https://./',
    'https://ex%00ample.com/',
    'https://exa mple.com/',
    'https://[fe80::1%25eth0]/',
    'https://256.1.1.1/',
    'https://1.2.3.4.5/',
    `https://psa.example.com/${'a'.repeat(8200)}`,
  ])('%s is refused for its form', (text) => {
    expect(judgeUrl(text, NOTHING)).toMatchObject({ ok: false, reason: 'badUrl' });
  });

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://0x7f.1/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    'https://127%2e0%2e0%2e1/',
    'https://127.0.0.1:8443/',
    'https:127.0.0.1',
    'https:///127.0.0.1/',
    'https:\\\\127.0.0.1',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.0.0.1/',
    'https://100.64.0.1/',
    'https://172.16.0.1/',
    'https://192.168.0.1/',
    'https://0300.0250.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://168.63.129.16/',
    'https://100.100.100.200/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::127.0.0.1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::ffff:0:127.0.0.1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001::1]/',
    'https://[fc00::1]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://METADATA.google.internal./',
  ])('%s is refused for its address', (text) => {
    expect(judgeUrl(text, NOTHING)).toMatchObject({ ok: false, reason: 'address' });
  });
});

describe('a URL with an allow list', () => {
  it.each([
    ['http://psa.lan:8080/', ['psa.lan'], 'allowedHost'],
    ['https://psa.lan:5001/', ['PSA.lan'], 'allowedHost'],
    ['http://10.1.2.3/', ['10.1.2.0/24'], 'allowedAddress'],
    ['http://10.1.2.3:8080/', ['10.1.2.3'], 'allowedAddress'],
    ['https://10.1.2.3/', ['10.1.2.3'], 'public'],
    ['http://[::1]:8080/', ['::1'], 'allowedAddress'],
    // Judged by its addresses when it is connected to.
    ['http://psa.lan:8080/', ['10.1.2.0/24'], 'allowedAddress'],
  ])('%s is open with %j', (text, entries, reach) => {
    expect(judgeUrl(text, allowOf(...entries))).toMatchObject({ ok: true, reach });
  });

  it.each([
    ['http://other.lan/', ['psa.lan']],
    ['http://sub.psa.lan/', ['psa.lan']],
    ['https://10.1.3.1/', ['10.1.2.0/24']],
    ['http://8.8.8.8/', ['10.1.2.0/24']],
    ['https://8.8.8.8:22/', ['10.1.2.0/24']],
    ['http://169.254.169.254/', ['0.0.0.0/0']],
    ['http://169.254.169.254/', ['169.254.169.254']],
    ['http://[fd00:ec2::254]/', ['::/0']],
    ['http://metadata.google.internal/', ['metadata.google.internal']],
    ['ftp://psa.lan/', ['psa.lan']],
    ['https://user:secret@psa.lan/', ['psa.lan']],
  ])('%s stays closed with %j', (text, entries) => {
    expect(judgeUrl(text, allowOf(...entries)).ok).toBe(false);
  });
});
