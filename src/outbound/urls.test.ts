import { describe, expect, it } from 'vitest';
import { type Allow, parseAllow } from './addresses.ts';
import { addressesInside, badForms } from './testing/urls.ts';
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

  it.each(badForms)('%s is refused for its form', (text) => {
    expect(judgeUrl(text, NOTHING)).toMatchObject({ ok: false, reason: 'badUrl' });
  });

  it.each(addressesInside)('%s is refused for its address', (text) => {
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
