import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { it } from 'vitest';
import { openDoor, receive } from '../../src/outbound/testing/door.ts';
import type { Receiver } from '../../src/outbound/testing/receiver.ts';
import { conclude } from '../harness/conclude.ts';
import { countOf, mostTestMs } from './counts.ts';

const post = { method: 'POST', body: '{"title":"x"}' } as const;
const statuses = [300, 301, 302, 303, 305, 307, 308];

/** Ways to another server of this machine, which the door may reach: only that nobody follows keeps us from it. */
const locations = (port: number) => [
  `http://127.0.0.1:${port}/`,
  `http://user:secret@127.0.0.1:${port}/`,
  `//127.1:${port}/`,
  `HTTP://2130706433:${port}/`,
  `http:\\\\127.0.0.1:${port}`,
  'http://169.254.169.254/latest/meta-data/',
];

/** Other headers by which a server sends its clients elsewhere. */
const hints = (port: number) => [
  `alt-svc: h2="127.0.0.1:${port}"; ma=86400, http/1.1="127.0.0.1:${port}"; persist=1`,
  `refresh: 0; url=http://127.0.0.1:${port}/`,
  `content-location: http://127.0.0.1:${port}/`,
  `link: <http://127.0.0.1:${port}/>; rel=preload, <http://127.0.0.1:${port}/>; rel=preconnect`,
  `proxy-authenticate: Basic\r\nproxy-connection: http://127.0.0.1:${port}/`,
];

it(
  'G3: redirects, alternative services and proxies of the environment are not followed',
  async () => {
    const found = { leaked: [] as string[], other: [] as string[] };
    for (let run = 0; run < countOf('G3'); run += 1) {
      const canary = await receive();
      const cases = [
        ...statuses.flatMap((status) =>
          locations(canary.port).map((location) => ({ status, header: `location: ${location}` })),
        ),
        ...hints(canary.port).map((header) => ({ status: 200, header })),
      ];
      for (const { status, header } of cases) await judgeAnswer(canary, status, header, found);
      await judgeProxies(found);
    }
    conclude('G3', found);
  },
  mostTestMs,
);

type Found = Record<'leaked' | 'other', string[]>;

/** Twice: what the first answer has told must not lead the second call astray. */
async function judgeAnswer(canary: Receiver, status: number, header: string, found: Found): Promise<void> {
  const name = `${status} ${header}`;
  const before = canary.connections();
  const answer = (socket: Socket) =>
    socket.write(`HTTP/1.1 ${status} Elsewhere\r\n${header}\r\ncontent-length: 0\r\n\r\n`);
  const server = await receive(answer);
  const door = openDoor({ allow: ['127.0.0.0/8'] });
  for (let call = 1; call <= 2; call += 1) {
    const reply = await door.call({ ...post, url: server.url });
    if (reply.kind !== 'answered' || reply.status !== status) found.other.push(`${name}: ${reply.kind}`);
  }
  if (server.requests() !== 2) found.other.push(`${name}: ${server.requests()} requests`);
  if (canary.connections() > before) found.leaked.push(`${name} was followed`);
  await door.close();
}

const proxyVariables = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'npm_config_proxy',
  'GLOBAL_AGENT_HTTP_PROXY',
];
const outbound = new URL('../../src/outbound/index.ts', import.meta.url).href;

/** A process of its own: Node reads the variables once, when it starts. */
async function judgeProxies(found: Found): Promise<void> {
  const proxy = await receive();
  const server = await receive();
  const variables = proxyVariables.flatMap((name) => [name, name.toLowerCase()]);
  const env = Object.fromEntries(variables.map((name) => [name, `http://127.0.0.1:${proxy.port}`]));
  const script = `
    const { createOutbound } = await import('${outbound}');
    const door = createOutbound({ allow: ['127.0.0.1'] });
    console.log((await door.call({ method: 'GET', url: '${server.url}' })).kind);
    await door.close();
    await fetch('${server.url}', { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { PATH: process.env.PATH, NODE_USE_ENV_PROXY: '1', ...env },
  });
  // One of the two comes straight to the server; `fetch` goes to the proxy, which shows that the variables count.
  const isShown = proxy.connections() > 0 && server.requests() < 2;
  if (!isShown) found.other.push('the variables had no effect on fetch either, so nothing was shown');
  if (stdout.trim() !== 'answered' || server.requests() < 1)
    found.leaked.push(`with proxies in the environment the call was ${stdout.trim()} on another way`);
}
