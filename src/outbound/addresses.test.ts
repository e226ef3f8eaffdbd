import { describe, expect, it } from 'vitest';
import { type Allow, isAddressAllowed, parseAllow } from './addresses.ts';

function allowOf(...entries: string[]): Allow {
  const parsed = parseAllow(entries);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.allow;
}

const NOTHING = allowOf();
const EVERYTHING = allowOf('0.0.0.0/0', '::/0');

const PUBLIC = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2001:4860:4860::8888'];

const INSIDE = [
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '240.0.0.1',
  '::1',
  '::7f00:1',
  '::8.8.8.8',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:0:7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '2001::1',
  '2001:db8::1',
  '2002:808:808::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fec0::1',
];

const NEVER = [
  '0.0.0.0',
  '0.1.2.3',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '192.0.0.192',
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  '::',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::169.254.169.254',
  '64:ff9b::169.254.169.254',
  '64:ff9b::a83f:8110',
  '64:ff9b:1::169.254.169.254',
  '2002:a9fe:a9fe::1',
  'fd00:ec2::254',
  'fd00:42::42',
  'fd20:ce::254',
  'fe80::1',
  'fe80::a9fe:a9fe',
  'ff02::1',
];

describe('an address', () => {
  it.each(PUBLIC)('%s is public', (address) => {
    expect(isAddressAllowed(address, 'public', NOTHING)).toBe(true);
    expect(isAddressAllowed(address, 'allowedAddress', NOTHING)).toBe(false);
  });

  it.each(INSIDE)('%s is refused unless its range is allowed', (address) => {
    expect(isAddressAllowed(address, 'public', NOTHING)).toBe(false);
    expect(isAddressAllowed(address, 'public', EVERYTHING)).toBe(true);
    expect(isAddressAllowed(address, 'allowedAddress', EVERYTHING)).toBe(true);
    expect(isAddressAllowed(address, 'allowedHost', NOTHING)).toBe(true);
  });

  it.each(NEVER)('%s is refused whatever is allowed', (address) => {
    for (const reach of ['public', 'allowedAddress', 'allowedHost'] as const) {
      expect(isAddressAllowed(address, reach, EVERYTHING)).toBe(false);
    }
  });

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
    '8.8.8.8 ',
    'fe80::1%eth0',
    '2606:4700::1%1',
    '[::1]',
  ])('text %j is not an address', (text) =>
    expect(isAddressAllowed(text, 'allowedHost', EVERYTHING)).toBe(false),
  );
});

describe('the allow list', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['10.1.2.0/24', '10.1.2.255', '10.1.3.0'],
    ['fd12::/16', 'fd12:1::1', 'fd13::1'],
    ['::ffff:10.0.0.0/104', '10.255.0.1', '11.0.0.1'],
    ['[::1]', '::1', '::2'],
    ['127.0.0.1', '::ffff:127.0.0.1', '127.0.0.2'],
  ])('%s holds %s and not %s', (entry, inside, outside) => {
    expect(isAddressAllowed(inside, 'allowedAddress', allowOf(entry))).toBe(true);
    expect(isAddressAllowed(outside, 'allowedAddress', allowOf(entry))).toBe(false);
  });

  it.each([
    ['PSA.Example.COM', 'psa.example.com'],
    [' psa.lan. ', 'psa.lan'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('%j names the host %s', (entry, host) => expect([...allowOf(entry).hosts]).toEqual([host]));

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '1.2.3',
    'https://psa.lan',
    'psa.lan:8080',
    '*.lan',
    'a..b',
    'a b',
    'u@h',
    '::/129',
    'fe80::1%eth0',
  ])('refuses the entry %j and names it', (entry) => {
    const parsed = parseAllow(['psa.lan', entry]);
    expect(parsed).toEqual({ ok: false, message: expect.stringContaining(`“${entry}”`) });
  });

  it('ignores empty entries', () => expect(allowOf('', ' ').hosts.size).toBe(0));
});
