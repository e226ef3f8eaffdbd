import { it } from 'vitest';
import { createNames } from '../../src/outbound/names.ts';
import { openDoor } from '../../src/outbound/testing/door.ts';
import { conclude } from '../harness/conclude.ts';
import { type DnsRecord, startDns } from '../harness/dns.ts';
import { listenOn, watchAttempts } from '../harness/inside.ts';
import { pick, randomOf } from '../harness/random.ts';
import { countOf, mostTestMs } from './counts.ts';

/** What stands for the world outside, because it is allowed; 127.0.0.1 and ::1 are not. */
const outside = '127.0.0.2';
const inside = '127.0.0.1';

const insideIpv6 = ['::1', '::', '::ffff:127.0.0.1', '64:ff9b::7f00:1', 'fe80::1', 'fd00:ec2::254'];
const metadata = ['169.254.169.254', '100.100.100.200', '168.63.129.16'];
const mostHops = 8;

interface Trick {
  name: string;
  /** What each call under the name must come to: one question each. */
  calls: readonly ('answered' | 'address')[];
  /** The records of the nth question for A, and of those for AAAA. */
  a(host: string, n: number, random: () => number): DnsRecord[];
  aaaa?(host: string, random: () => number): DnsRecord[];
}

const at = (name: string, ...addresses: string[]): DnsRecord[] =>
  addresses.map((data) => ({ name, type: data.includes(':') ? 'AAAA' : 'A', data }));

/** CNAMEs from the host to a name with this address. */
function chain(host: string, address: string, random: () => number): DnsRecord[] {
  const hops = 1 + Math.floor(random() * mostHops);
  const names = [host, ...Array.from({ length: hops }, (_, n) => `hop-${n}.${host}`)];
  const links = names.slice(1).map((data, n): DnsRecord => ({ name: names[n]!, type: 'CNAME', data }));
  return [...links, ...at(names.at(-1)!, address)];
}

const mixes = [
  [inside, outside],
  [outside, inside],
  ['10.0.0.1', inside, outside, '169.254.169.254'],
] as const;

const tricks: readonly Trick[] = [
  {
    name: 'first answer outside, then inside',
    calls: ['answered', 'address'],
    a: (host, n) => at(host, n === 1 ? outside : inside),
  },
  {
    name: 'first answer inside, then outside',
    calls: ['address', 'answered'],
    a: (host, n) => at(host, n === 1 ? inside : outside),
  },
  {
    name: 'addresses inside and outside at once',
    calls: ['answered', 'answered'],
    a: (host, _n, random) => at(host, ...pick(mixes, random)),
    aaaa: (host, random) => at(host, pick(insideIpv6, random)),
  },
  {
    name: 'CNAMEs that lead inside',
    calls: ['address', 'address'],
    a: (host, _n, random) => chain(host, inside, random),
  },
  {
    name: 'CNAMEs that lead outside at first, then inside',
    calls: ['answered', 'address'],
    a: (host, n, random) => chain(host, n === 1 ? outside : inside, random),
  },
  {
    name: 'only IPv6 addresses inside',
    calls: ['address'],
    a: () => [],
    aaaa: (host, random) => at(host, pick(insideIpv6, random), pick(insideIpv6, random)),
  },
  {
    name: 'the address of a metadata service',
    calls: ['address'],
    a: (host, _n, random) => at(host, pick(metadata, random)),
  },
];

it(
  'G2: a name that changes its address, or has several, never leads inside',
  async () => {
    const random = randomOf('G2');
    const end = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';
    const listeners = await listenOn([outside, inside, '::1'], (socket) => void socket.end(end));
    const tried = watchAttempts();
    const asked = new Map<string, number>();
    const trickOf = (host: string) => tricks[Number(/^t(\d+)\./.exec(host)?.[1]) % tricks.length]!;
    const ask = await startDns((host, type) => {
      if (type === 'AAAA') return trickOf(host).aaaa?.(host, random) ?? [];
      asked.set(host, (asked.get(host) ?? 0) + 1);
      return trickOf(host).a(host, asked.get(host) ?? 0, random);
    });
    const door = openDoor({ allow: [outside], resolve: createNames({ ask }) });
    const leaked: string[] = [];
    const other: string[] = [];
    for (let n = 0; n < countOf('G2'); n += 1) {
      const host = `t${n}.rebind.test`;
      const trick = trickOf(host);
      const before = tried.length;
      for (const [call, wanted] of trick.calls.entries()) {
        const reply = await door.call({ method: 'GET', url: `http://${host}:${listeners.port}/` });
        const came = reply.kind === 'notSent' ? reply.reason : reply.kind;
        if (came !== wanted) other.push(`${trick.name}: call ${call + 1} came to ${came}`);
      }
      const led = tried.slice(before).filter((address) => address !== outside);
      if (led.length > 0) leaked.push(`${trick.name}: led to ${led.join(', ')}`);
    }
    for (const host of [inside, '::1']) {
      const count = listeners.connections(host);
      if (count > 0) leaked.push(`${count} connections to ${host}`);
    }
    conclude(
      'G2',
      { leaked, other },
      { least: { 'connections outside, all of them allowed': listeners.connections(outside) } },
    );
  },
  mostTestMs,
);
