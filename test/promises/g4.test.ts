import { it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDoor } from '../../src/outbound/testing/door.ts';
import { conclude } from '../harness/conclude.ts';
import { type Listeners, listenOn, watchAttempts } from '../harness/inside.ts';
import { countOf, mostTestMs } from './counts.ts';

/** The addresses of the private net's names; whatever else is asked for is at the PSA too. */
const addresses: Record<string, string[]> = {
  'metadata.lan': ['169.254.169.254'],
  'metadata6.lan': ['fd00:ec2::254'],
  'metadata.google.internal': ['127.0.0.1'],
};
const resolve = async (host: string) => addresses[host] ?? ['127.0.0.1'];

/** What `HERALD_OUTBOUND_ALLOW` says, which URL is called, and whether the private PSA is reached. */
const cases: readonly [allow: string, host: string, isReached: boolean][] = [
  ['', '127.0.0.1', false],
  ['', 'psa.lan', false],
  // By address and CIDR: exactly those addresses, under whatever name.
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1/32', '127.0.0.1', true],
  ['127.0.0.0/8', '127.0.0.1', true],
  ['::ffff:127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', 'psa.lan', true],
  ['192.0.2.7, 127.0.0.1', 'psa.lan', true],
  ['127.0.0.2', '127.0.0.1', false],
  ['127.0.0.2/31', '127.0.0.1', false],
  ['127.0.1.0/24,10.0.0.0/8', '127.0.0.1', false],
  ['127.0.0.2', 'psa.lan', false],
  ['::1', 'psa.lan', false],
  // By name: exactly that name.
  ['psa.lan', 'psa.lan', true],
  ['PSA.lan.', 'psa.LAN', true],
  ['localhost', 'localhost', true],
  ['psa.lan', '127.0.0.1', false],
  ['psa.lan', 'localhost', false],
  ['psa.lan', 'other.lan', false],
  ['psa.lan', 'sub.psa.lan', false],
  ['sub.psa.lan', 'psa.lan', false],
  ['lan', 'psa.lan', false],
];

const everything = '0.0.0.0/0, ::/0';

/** Allowed by name, by address, and with everything else: never reached. */
const never: readonly [allow: string, host: string][] = [
  ['169.254.169.254', '169.254.169.254'],
  ['169.254.169.254/32', '2852039166'],
  ['169.254.0.0/16', '[::ffff:a9fe:a9fe]'],
  ['fd00:ec2::254', '[fd00:ec2::254]'],
  ['168.63.129.16', '168.63.129.16'],
  ['100.100.100.200', '100.100.100.200'],
  ['192.0.0.192', '192.0.0.192'],
  [everything, '[64:ff9b::169.254.169.254]'],
  [everything, '[2002:a9fe:a9fe::1]'],
  ['metadata.lan', 'metadata.lan'],
  ['metadata6.lan', 'metadata6.lan'],
  [`${everything}, metadata.lan`, 'metadata.lan'],
  [`${everything}, metadata.google.internal`, 'metadata.google.internal'],
  [`${everything}, metadata.google.internal`, 'METADATA.google.internal.'],
];

it(
  'G4: a PSA in a private net is reached when exactly it is allowed, a metadata service never',
  async () => {
    const psa = await listenOn(['127.0.0.1']);
    const tried = watchAttempts();
    const leaked: string[] = [];
    const other: string[] = [];
    for (let run = 0; run < countOf('G4'); run += 1) {
      for (const [allow, host, isReached] of cases) {
        const before = psa.connections('127.0.0.1');
        const kind = await ask(allow, `http://${host}:${psa.port}/`);
        const count = psa.connections('127.0.0.1') - before;
        if (isReached && kind !== 'answered') other.push(`“${allow}” does not open ${host}`);
        if (!isReached && (count > 0 || kind !== 'notSent')) leaked.push(`“${allow}” opens ${host}`);
      }
      for (const [allow, host] of never) leaked.push(...(await judgeNever(allow, host, psa, tried)));
    }
    conclude('G4', { leaked, other });
  },
  mostTestMs,
);

async function judgeNever(allow: string, host: string, psa: Listeners, tried: string[]): Promise<string[]> {
  const before = tried.length;
  for (const url of [`http://${host}:${psa.port}/latest/`, `http://${host}/latest/`, `https://${host}/`]) {
    await ask(allow, url);
  }
  return tried.length > before ? [`“${allow}” opens ${host}: ${tried.slice(before).join(', ')}`] : [];
}

async function ask(allow: string, url: string): Promise<string> {
  const { outboundAllow } = readConfig({ HERALD_OUTBOUND_ALLOW: allow });
  const door = openDoor({ allow: [...outboundAllow], resolve, limits: { connectTimeoutMs: 1_000 } });
  const { kind } = await door.call({ method: 'GET', url });
  await door.close();
  return kind;
}
