/** E-mail by commands alone, against the real API: as docs/email.md tells it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmailApi, startEmailApi } from '../email/fixtures/emailApi.ts';
import { run } from './index.ts';
import type { Terminal } from './terminal.ts';

let api: EmailApi;
let url: string;
let dir: string;
beforeAll(async () => {
  api = await startEmailApi();
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
  dir = await mkdtemp(join(tmpdir(), 'cli-email-'));
  await api.call('POST', '/organizations', { body: { name: 'Northwind' } });
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await api.close();
});

const herald = (args: string[], more: Partial<Terminal> = {}) => heraldOf('email', args, more);

async function heraldOf(group: string, args: string[], more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { HERALD_BASE_URL: url, HERALD_API_KEY: api.keys.admin };
  const code = await run([group, ...args], {
    env,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...more,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('herald email settings', () => {
  it('shows what is set, and says what is missing', async () => {
    const { code, out } = await herald(['settings']);
    expect(code).toBeUndefined();
    expect(out).toContain('not set up yet: enter a mail server and a sender');
  });

  it('asks for the password of a server, and shows it nowhere', async () => {
    const asked: string[] = [];
    const set = await herald(
      [
        'settings',
        '--server',
        'smtp.msp.example:465',
        '--user',
        'herald',
        '--from',
        'alerts@msp.example',
        '--ioc-detail',
        'off',
      ],
      {
        askSecret: async (question) => {
          asked.push(question);
          return 'a secret';
        },
      },
    );
    expect([set.code, asked]).toEqual([undefined, ['Password of herald (empty: as before): ']]);
    expect(set.out).toContain('smtp.msp.example:465, TLS, as herald');
    expect(set.out).toContain('respond on, IOC off');
    expect(set.out + set.err).not.toContain('a secret');
    expect((await api.email.open(api.workspaceId)).servers).toMatchObject([{ password: 'a secret' }]);
    // An empty answer, and nobody to ask, leave it.
    await herald(['settings', '--server', 'smtp.msp.example:465', '--user', 'herald'], {
      askSecret: async () => '',
    });
    await herald(['settings', '--server', 'smtp.msp.example:465', '--user', 'herald']);
    expect((await api.email.open(api.workspaceId)).servers).toMatchObject([{ password: 'a secret' }]);
  });

  it('takes several servers from a file', async () => {
    const file = join(dir, 'mail.json');
    const server = { host: '127.0.0.1', port: api.mailServer.port, security: 'none' };
    await writeFile(file, JSON.stringify({ servers: [{ ...server, port: 1 }, server] }));
    const { out } = await herald(['settings', '--file', file, '--json']);
    expect(JSON.parse(out).servers).toMatchObject([{ port: 1 }, { port: api.mailServer.port }]);
  });

  it.each([
    [['settings', '--user', 'herald'], /belong to --server/],
    [['settings', '--server', 'smtp.msp.example'], /no server such as/],
    [['settings', '--global-subject', '{{ alert.x }}'], /character 4/],
    [['settings', '--respond-detail', 'perhaps'], /on or off/],
    [['settings', '--from', 'nobody'], /@/],
  ])('%j is refused in words', async (args, words) => {
    const { code, err } = await herald(args);
    expect([code, err]).toEqual([1, expect.stringMatching(words)]);
  });
});

describe('herald email check and test', () => {
  it('say for each server whether it can be used', async () => {
    const { code, out, err } = await herald(['check']);
    expect([code, out.split('\n')]).toEqual([
      1,
      [
        'failed  127.0.0.1 refuses connections.',
        expect.stringMatching(/^ok {6}127\.0\.0\.1:\d+ can be used\.$/),
      ],
    ]);
    expect(err).toContain('the lines above say why');
  });

  it('send a test, in the format of an organization too', async () => {
    api.testMail.state = 'delivered';
    const { code, out } = await herald(['test', 'me@msp.example', '--organization', 'northwind']);
    expect([code, out]).toEqual([
      undefined,
      expect.stringMatching(/took the mail to me@msp\.example.*\nnpx herald alerts show \d+$/),
    ]);
    Object.assign(api.testMail, { state: 'failed', problem: 'No such mailbox.' });
    expect(await herald(['test', 'me@msp.example'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('No such mailbox.'),
    });
  });
});

describe('herald email recipients', () => {
  it('are added, listed, changed, allowed and removed, by id or address', async () => {
    const { out: id } = await herald([
      'recipients',
      'add',
      'NOC@msp.example',
      '--severities',
      'high,critical',
      '--note',
      'On call',
    ]);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await herald([
      'recipients',
      'add',
      'it@northwind.example',
      '--organization',
      'Northwind',
      '--review-on',
      '2020-01-31',
    ]);
    const { out } = await herald(['recipients']);
    expect(out.split('\n').map((line) => line.split(/ {2,}/).slice(1))).toEqual([
      ['ADDRESS', 'LIST', 'SEVERITIES', 'REVIEW', 'STATE', 'NOTE'],
      ['it@northwind.example', 'Northwind', 'all', '2020-01-31 (due)', 'ok'],
      ['NOC@msp.example', 'global', 'high, critical', 'ok', 'On call'],
    ]);
    expect((await herald(['recipients', 'list', '--review-due', '--json'])).out).toContain(
      'it@northwind.example',
    );
    const changed = await herald([
      'recipients',
      'update',
      'noc@MSP.example',
      '--severities',
      'all',
      '--owner',
      'Ana',
    ]);
    expect(changed.out).toContain('global');
    const organization = ['--organization', 'Northwind'];
    expect((await herald(['recipients', 'allow', 'it@northwind.example', ...organization])).out).toContain(
      'again',
    );
    expect((await herald(['recipients', 'remove', 'it@northwind.example'])).err).toContain(
      'is not in this list',
    );
    expect((await herald(['recipients', 'remove', id])).code).toBeUndefined();
    expect(
      (await herald(['recipients', 'remove', 'it@northwind.example', ...organization])).code,
    ).toBeUndefined();
    expect((await herald(['recipients'])).out).toBe('There is no such recipient.');
  });

  it('are imported from a table and exported as one', async () => {
    const file = join(dir, 'recipients.csv');
    await writeFile(file, 'address,organization,note\nsoc@msp.example,,"=1+1"\na@b.example,Nowhere,\n');
    const tried = await herald(['recipients', 'import', file, '--dry-run']);
    expect(tried.out).toBe('1 would be added, 0 would be changed, 1 refused');
    expect(tried.err).toContain('Row 3, a@b.example: There is no organization named "Nowhere".');
    expect((await herald(['recipients', 'import', file])).out).toBe('1 added, 0 changed, 1 refused');
    expect((await herald(['recipients', 'export'])).out).toBe(
      "address,organization,severities,note,owner,review on\r\nsoc@msp.example,,all,'=1+1,,",
    );
  });
});

describe('herald organizations outlook', () => {
  it('says for each severity what would happen right now, in the words of the API', async () => {
    const { items } = (await api.call('GET', '/organizations?q=Northwind')).body;
    const { body } = await api.call('GET', `/organizations/${items[0].id}/outlook`);
    const { code, out } = await heraldOf('organizations', ['outlook', 'northwind']);
    expect([code, body.severities.length]).toEqual([undefined, 5]);
    for (const { severity, ticket, mail } of body.severities)
      expect(out).toContain(`${severity}\n  ${ticket.words}\n  ${mail.words}`);
  });
});
