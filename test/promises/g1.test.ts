import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Outbound } from '../../src/outbound/index.ts';
import { openDoor } from '../../src/outbound/testing/door.ts';
import { addressesInside, badForms } from '../../src/outbound/testing/urls.ts';
import type { Adapter, PsaHttp } from '../../src/psa/contract.ts';
import { createPsaHttp, createSlots } from '../../src/psa/http.ts';
import { createAdapters, listPsaKinds } from '../../src/psa/kinds.ts';
import { createMailer } from '../../src/smtp/index.ts';
import { conclude } from '../harness/conclude.ts';
import { listenOn, watchAttempts } from '../harness/inside.ts';
import { simulatorCredentials } from '../support/steps.ts';
import { countOf, mostTestMs } from './counts.ts';

/** Every name leads inside. */
const resolve = async () => ['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254'];
const names = ['localhost', 'localhost.', 'LOCALHOST:8443', '127.0.0.1.nip.test', 'xn--bcher-kva.test'];
const table = [...badForms, ...addressesInside, ...names.map((name) => `https://${name}/`)];
const kinds = listPsaKinds().filter(({ isBuilt }) => isBuilt);

/** A field that takes a URL, and what Herald calls because of what stands there. Refusals are its own affair. */
interface Field {
  name: string;
  use(url: string, door: Outbound): Promise<unknown>;
}

/** Verifies a connection, which calls everything that it needs. */
async function verify(adapters: Iterable<Adapter>, http: PsaHttp): Promise<void> {
  for (const adapter of adapters) await adapter.open({ ...simulatorCredentials }, http).verify();
}

const throughDoor = (outbound: Outbound): PsaHttp =>
  createPsaHttp({ outbound, deadlineMs: 2_000, slots: createSlots(5, 5) });

/** The PSA names the address at which it is to be called; its own look-up is answered here. */
function lookUpAnswers(url: string, http: PsaHttp): PsaHttp {
  const headers = { 'content-type': 'application/json' };
  const text = JSON.stringify({ url, webUrl: url });
  return (request) =>
    request.counted === false
      ? Promise.resolve({ kind: 'answered', status: 200, headers, text })
      : http(request);
}

const fields: readonly Field[] = [
  { name: 'the door itself', use: (url, door) => door.call({ method: 'GET', url }) },
  {
    name: 'HERALD_PSA_URLS',
    async use(url, door) {
      const entries = kinds.map(({ kind }) => `${kind}=${url}`).join(',');
      const { psaUrls } = readConfig({ HERALD_PSA_URLS: entries });
      await verify(createAdapters(Object.fromEntries(psaUrls)).values(), throughDoor(door));
    },
  },
  {
    name: 'where the PSA sends us',
    use: (url, door) => verify(createAdapters().values(), lookUpAnswers(url, throughDoor(door))),
  },
  { name: 'a mail server', use: askMailServers },
];

/** Mail servers are named by host and port; what stands in the URL is tried as both, as it is spelled there. */
async function askMailServers(url: string): Promise<void> {
  const [, host = url, port] = /^\w+:[/\\]*([^/\\?#]*?)(?::(\d+))?(?:[/\\?#]|$)/.exec(url) ?? [];
  const servers = [Number(port ?? 587), 25, 465].flatMap((each) =>
    (['tls', 'starttls', 'none'] as const).map((security) => ({ host, port: each, security })),
  );
  const allow = ['192.0.2.0/24', 'psa.lan'];
  const limits = { setupMs: 200 };
  const mailer = createMailer({ servers, allow, resolve, limits, now: () => performance.now() });
  await mailer.verify();
  await mailer.close();
}

/** The host of each URL that is this machine, as it is spelled there. */
const loopback = new Set(['127.0.0.1', '0.0.0.0', '[::1]', '[::]', '[::ffff:7f00:1]']);
const spelled = addressesInside
  .filter((url) => loopback.has(new URL(url).hostname.replace(/\.$/, '')))
  .map((url) => /^https:[/\\]*([^/\\?#]+?)(:8443)?([/\\?#].*)?$/.exec(url)?.[1] ?? url);
const isUnspecified = (host: string) => /^(0|0\.0\.0\.0|\[::\])$/.test(host);

it(
  'G1: an address inside is not reached by any spelling of a URL, at whatever field takes one',
  async () => {
    expect(table.length).toBeGreaterThan(75);
    const other = await judgeAllowed();
    const canary = await listenOn(['127.0.0.1', '::1']);
    const atCanary = [...spelled, 'localhost', 'inside.test'].map((host) => `http://${host}:${canary.port}/`);
    const tried = watchAttempts();
    const leaked: string[] = [];
    const doors = [
      { door: openDoor({ allow: [], resolve }), urls: table },
      // Plain http and all ports are open for something else that is private.
      { door: openDoor({ allow: ['192.0.2.0/24', 'psa.lan'], resolve }), urls: [...table, ...atCanary] },
    ];
    for (let run = 0; run < countOf('G1'); run += 1) {
      for (const { name, use } of fields) {
        for (const { door, urls } of doors) {
          for (const url of urls) {
            const before = tried.length;
            await use(url, door).catch(() => undefined);
            if (tried.length > before)
              leaked.push(`${name}: ${url} led to ${tried.slice(before).join(', ')}`);
          }
        }
      }
    }
    const connections = canary.connections('127.0.0.1') + canary.connections('::1');
    if (connections > 0) leaked.push(`${connections} connections to the canary`);
    conclude('G1', { leaked, other });
  },
  mostTestMs,
);

/** Where they are allowed, the same spellings lead to a server inside: it is the rule that keeps them away. */
async function judgeAllowed(): Promise<string[]> {
  const server = await listenOn(['127.0.0.1', '::1']);
  const door = openDoor({ allow: ['127.0.0.0/8', '::1'], resolve });
  const other: string[] = [];
  for (const host of spelled) {
    if (/^\[[0:]*1\]$/.test(host) && !server.has('::1')) continue;
    const { kind } = await door.call({ method: 'GET', url: `http://${host}:${server.port}/` });
    if (kind !== (isUnspecified(host) ? 'notSent' : 'answered')) other.push(`allowed, ${host} is ${kind}`);
  }
  return other;
}
