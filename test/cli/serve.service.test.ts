import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/demo/ports.ts';
import { processesWith, runHerald } from './processes.ts';

let dir: string;
let taken: Server;
let takenPort: string;
const secretKey = 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'serve-test-'));
  // PostgreSQL runs as another user when this runs as root.
  await chmod(dir, 0o755);
  await writeFile(join(dir, 'file'), '');
  takenPort = String(await freePort(0));
  taken = createServer().listen(Number(takenPort), '127.0.0.1');
});
afterAll(async () => {
  taken.close();
  await rm(dir, { recursive: true, force: true });
});

describe('what stands in the way of a start is one sentence and exit code 1', () => {
  const noAnswer = 'postgresql://a:b@127.0.0.1:1/x';
  const cases: [what: string, env: () => Record<string, string>, words: RegExp][] = [
    ['a short key', () => ({ HERALD_API_KEY: 'short' }), /^HERALD_API_KEY is too short: /],
    ['a wrong port', () => ({ HERALD_PORT: '99999' }), /^HERALD_PORT is "99999": /],
    [
      'a wrong address of the database',
      () => ({ DATABASE_URL: 'mysql://x' }),
      /^DATABASE_URL must be an address /,
    ],
    [
      'no key beside a database',
      () => ({ DATABASE_URL: noAnswer }),
      /^HERALD_SECRET_KEY is missing: with DATABASE_URL, set it /,
    ],
    [
      'a database that does not answer',
      () => ({ DATABASE_URL: noAnswer, HERALD_SECRET_KEY: secretKey }),
      /^The database cannot be reached \(.+\)\. Check DATABASE_URL/,
    ],
    [
      'a file in place of the data directory',
      () => ({ HERALD_DATA_DIR: join(dir, 'file') }),
      /^The data directory \S+file cannot be used \(a part of the path is not a directory\): give Herald a directory /,
    ],
    [
      'the same with a secret key, which leaves the directory to the database',
      () => ({ HERALD_DATA_DIR: join(dir, 'file'), HERALD_SECRET_KEY: secretKey }),
      /^The data directory \S+file cannot be used \(a part of the path is not a directory\): give Herald a directory /,
    ],
    [
      'a data directory below a file',
      () => ({ HERALD_DATA_DIR: join(dir, 'file', 'data') }),
      /^The data directory \S+data cannot be used \(a part of the path is not a directory/,
    ],
    [
      'an exception for the door out that is none',
      () => ({ HERALD_OUTBOUND_ALLOW: '10.1.2.0/24, a b' }),
      /^HERALD_OUTBOUND_ALLOW cannot be used: “a b” is not a host name, an address or a CIDR/,
    ],
    [
      'a port that is taken',
      () => ({ HERALD_DATA_DIR: join(dir, 'taken'), HERALD_PORT: takenPort }),
      /^Port \d+ is taken: stop what uses it, or set HERALD_PORT to another one\.$/,
    ],
  ];

  it.each(cases)('%s', async (_what, env, words) => {
    const herald = runHerald(['serve'], { HERALD_DATA_DIR: join(dir, 'none'), ...env() });
    expect(await herald.ended).toBe(1);
    expect(herald.err().trim()).toMatch(words);
    expect(herald.err().trim().split('\n')).toHaveLength(1);
    expect(await processesWith(dir)).toEqual([]);
  });
});

describe('a running server', () => {
  it('says where it is, how to get a key while there is none, and ends in order', async () => {
    const port = String(await freePort(0));
    const env = { HERALD_DATA_DIR: join(dir, 'data'), HERALD_PORT: port };
    const herald = runHerald(['serve'], env);
    await herald.seen(
      new RegExp(`^Herald is ready on http://127.0.0.1:${port} \\(pid ${herald.child.pid}\\)$`, 'm'),
    );
    await herald.seen(/There is no API key yet\. .*npx herald api-key create/);

    const made = runHerald(['api-key', 'create', '--scopes', 'read'], env);
    expect(await made.ended).toBe(0);
    const key = made.out().trim();
    const listed = runHerald(['deliveries'], { ...env, HERALD_API_KEY: key });
    expect([await listed.ended, listed.out()]).toEqual([0, 'There are no deliveries yet.\n']);

    herald.child.kill('SIGTERM');
    expect(await herald.ended).toBe(0);
    expect(herald.err()).toContain('Herald has ended.');
    for (const line of herald.out().trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    expect(await processesWith(dir)).toEqual([]);
  });

  it('says nothing of keys when there is one', async () => {
    const env = { HERALD_DATA_DIR: join(dir, 'data'), HERALD_PORT: String(await freePort(0)) };
    const herald = runHerald(['serve'], env);
    await herald.seen(/Herald is ready/);
    herald.child.kill('SIGINT');
    expect(await herald.ended).toBe(0);
    expect(herald.err()).not.toContain('API key');
  });

  it('a file is sent to it', async () => {
    const key = 'an-admin-key-of-more-than-32-characters';
    const env = {
      HERALD_DATA_DIR: join(dir, 'data'),
      HERALD_PORT: String(await freePort(0)),
      HERALD_API_KEY: key,
    };
    const herald = runHerald(['serve'], env);
    await herald.seen(/Herald is ready/);
    const alert = { source: 'edr', externalId: '1', title: 'Odd sign-in', severity: 'high' };
    const file = join(dir, 'alerts.ndjson');
    await writeFile(
      file,
      [alert, alert, { ...alert, externalId: '2', title: '' }].map((one) => JSON.stringify(one)).join('\n'),
    );
    const sent = runHerald(['send', file], env);
    expect(await sent.ended).toBe(1);
    expect(sent.out()).toMatch(
      /^rejected {2}2 {2}title.*\n1 accepted, 1 duplicate, 0 updated, 1 rejected\n$/,
    );
    const wrong = runHerald(['send', file], { ...env, HERALD_API_KEY: 'wrong' });
    expect(await wrong.ended).toBe(1);
    expect(wrong.err()).toContain('does not accept the API key');
    herald.child.kill('SIGTERM');
    expect(await herald.ended).toBe(0);
  });
});

it('ends in order although a client keeps the connection of a request that was under way', async () => {
  const port = await freePort(0);
  const key = 'an-admin-key-of-more-than-32-characters';
  const env = { HERALD_DATA_DIR: join(dir, 'data'), HERALD_PORT: String(port), HERALD_API_KEY: key };
  const herald = runHerald(['serve'], env);
  await herald.seen(/Herald is ready/);
  const body = JSON.stringify({ source: 'edr', externalId: 'slow', title: 'Odd sign-in', severity: 'high' });
  const client = connect(port, '127.0.0.1');
  let answer = '';
  client.on('data', (chunk) => {
    answer += chunk;
  });
  client.on('error', () => undefined);
  const head = ['POST /api/v1/alerts HTTP/1.1', 'Host: x', `Authorization: Bearer ${key}`];
  head.push('Content-Type: application/json', `Content-Length: ${body.length}`, '', body.slice(0, 10));
  client.write(head.join('\r\n'));
  await sleep(300);
  herald.child.kill('SIGTERM');
  await herald.seen(/Herald is ending/);
  client.write(body.slice(10));
  // It would be 1 after 30 s if Herald waited for the client to hang up.
  expect(await herald.ended).toBe(0);
  expect(answer).toContain('HTTP/1.1 202');
  client.destroy();
});

it('a simulator runs until it is told to stop', async () => {
  const [psa] = (await import('../../src/cli/simulate.ts')).listSimulators();
  const simulator = runHerald(['simulate', psa!, '--port', '0']);
  const [url] = await simulator.seen(/http:\/\/\S+/);
  expect((await fetch(url)).status).toBe(200);
  simulator.child.kill('SIGTERM');
  expect(await simulator.ended).toBe(0);
});
