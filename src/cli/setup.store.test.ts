/** From nothing to a connection, and what one looks at afterwards, by commands alone against the real API. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  goodCredentials,
  goodTickets,
  startConnectionApi,
} from '../connections/fixtures/connectionApi.ts';
import { run } from './index.ts';
import type { Terminal } from './terminal.ts';

let api: ConnectionApi;
let url: string;
let dir: string;
/** The connection that the tests set up, one after another. */
let id: string;

beforeAll(async () => {
  api = await startConnectionApi(5);
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
  dir = await mkdtemp(join(tmpdir(), 'cli-test-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await api.close();
});

async function herald(args: string[], more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const env = { HERALD_BASE_URL: url, HERALD_API_KEY: api.keys.admin };
  const code = await run(args, {
    env,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    ...more,
  });
  return { code, lines: out, out: out.join('\n'), err: err.join('\n') };
}

/** Runs what must succeed. */
async function succeed(...args: string[]): Promise<string> {
  const { code, out, err } = await herald(args);
  expect([code, err], args.join(' ')).toEqual([undefined, expect.any(String)]);
  return out;
}

/** Runs what must be refused, and answers why. */
async function refused(...args: string[]): Promise<string> {
  const { code, err } = await herald(args);
  expect(code, args.join(' ')).toBe(1);
  return err;
}

async function file(name: string, content: unknown): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('connecting a PSA', () => {
  it('begins with a draft whose id alone is printed', async () => {
    expect(await succeed('connections', 'kinds')).toMatch(/^autotask {2}Autotask\n {2}needs /);
    expect(await refused('connections', 'create', 'nothing')).toContain('kind');
    const made = await herald(['connections', 'create', 'autotask']);
    expect(made.lines).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(made.err).toContain('Next: npx herald connections step');
    id = made.out;
  });

  it('takes secrets from a person without showing them, or from a file, never from the command line', async () => {
    const line = await refused('connections', 'step', id, 'credentials', '--set', 'secret=Sim-Secret-1');
    expect(line).toContain('is a secret and is not taken from the command line');
    expect(line).not.toContain('Sim-Secret-1');
    expect(await refused('connections', 'step', id, 'credentials')).toContain('there is nobody to ask');

    const asked: string[] = [];
    const answers: Record<string, string> = { 'API Password': 'wrong', 'API Tracking Identifier': 'X' };
    const ask = (how: string) => async (question: string) => {
      asked.push(`${how} ${question}`);
      return answers[question.replace(': ', '')] ?? goodCredentials.username;
    };
    const wrong = await herald(['connections', 'step', id, 'credentials'], {
      ask: ask('open'),
      askSecret: ask('hidden'),
    });
    expect(asked).toEqual([
      'open API Username: ',
      'hidden API Password: ',
      'hidden API Tracking Identifier: ',
    ]);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/^The credentials are invalid/)]);

    const path = await file('credentials.json', goodCredentials);
    const saved = await succeed('connections', 'step', id, 'credentials', '--file', path);
    expect(saved).toMatch(/^ok {4}API Username is known/);
    expect(saved).toContain('Still missing in the step "accounts":\n  catchAllAccountId: ');
    await api.directory.idle();
  });

  it('shows what the PSA has to choose from', async () => {
    expect(await succeed('connections', 'accounts', id, '--q', 'Northwind')).toMatch(
      /\n202 +Northwind Dental/,
    );
    expect(await refused('connections', 'accounts', id, '--filter', 'colour=2')).toContain(
      'can be filtered by',
    );
    expect(await succeed('connections', 'contacts', id, '--account', '202')).toContain(
      'ana@northwind.example',
    );
    expect(await succeed('connections', 'choices', id, 'priorities')).toMatch(/\n4 +Critical/);
    const below = JSON.parse(
      await succeed('connections', 'choices', id, 'subIssueType', '--parent', '11', '--json'),
    );
    expect(new Set(below.map(({ parentId }: { parentId: string }) => parentId))).toEqual(new Set(['11']));
    expect(await succeed('connections', 'refresh', id)).toContain('connections show');
    await api.directory.idle();
  });

  it('saves the other steps, and says what is wrong setting by setting', async () => {
    expect(await refused('connections', 'step', id, 'colours')).toContain('is no step');
    expect(await refused('connections', 'step', id, 'accounts', '--set', 'catchAllAccountId=9')).toBe(
      'catchAllAccountId: The PSA has no such account.',
    );
    await succeed('connections', 'step', id, 'accounts', '--set', 'catchAllAccountId=201');
    const path = await file('tickets.json', { ...goodTickets, ticketQueue: '1', noteType: '2000' });
    const words = await refused('connections', 'step', id, 'tickets', '--file', path);
    expect(words.split('\n')).toEqual([
      expect.stringMatching(/^ticketQueue: /),
      expect.stringMatching(/^noteType: /),
    ]);
    const good = await succeed(
      'connections',
      'step',
      id,
      'tickets',
      '--file',
      path,
      '--set',
      'ticketQueue=8',
      '--set',
      'noteType=3',
    );
    expect(good).toContain(`Every step is complete: "npx herald connections finish ${id}".`);
    await succeed('connections', 'step', id, 'tickets', '--set', 'priorities.low=3');
    const { steps } = await api.get(id);
    expect(steps.tickets).toMatchObject({
      ...goodTickets,
      priorities: { ...goodTickets.priorities, low: '3' },
    });
  });

  it('makes organizations, one by one and from a file', async () => {
    const made = await succeed(
      'organizations',
      'create',
      'Northwind',
      '--ref',
      'org-17',
      '--ref',
      'domain:northwind.example',
    );
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    const path = await file(
      'organizations.csv',
      'name,refs,email\nContoso,7 @huntress|c.example,off\nNORTHWIND,,off\n',
    );
    expect(await succeed('organizations', 'import', path)).toBe('1 made, 1 changed, 0 refused');
    const bad = await file('bad.json', [{ name: 'Odd', delivery: { fax: true } }, { name: 'Fine' }]);
    const half = await herald(['organizations', 'import', bad]);
    expect([half.code, half.out]).toEqual([1, '1 made, 0 changed, 1 refused']);
    expect(half.err).toMatch(/^1\. Odd: .*delivery\.fax/);
    const shown = await succeed('organizations');
    expect(shown).toMatch(/Contoso +tickets +.+7 @huntress, c\.example/);
    expect(shown).toMatch(/Northwind +tickets +.+org-17, domain:northwind\.example/);
  });

  it('changes and removes organizations, by id or whole name', async () => {
    await succeed(
      'organizations',
      'update',
      'northwind',
      '--add-ref',
      'org-18',
      '--remove-ref',
      'org-17',
      '--enabled',
      'off',
    );
    const shown = JSON.parse(await succeed('organizations', 'show', 'Northwind', '--json'));
    expect(shown.delivery).toEqual({ enabled: false, tickets: true, email: false });
    expect(shown.externalRefs.map(({ value }: { value: string }) => value)).toEqual([
      'northwind.example',
      'org-18',
    ]);
    expect(await refused('organizations', 'update', 'Northwind', '--remove-ref', 'x')).toContain(
      'It has no reference "x"',
    );
    expect(await refused('organizations', 'update', 'Northwind')).toContain('Nothing to change');
    expect(await refused('organizations', 'show', 'Nobody')).toContain('There is no organization "Nobody"');
    await succeed('organizations', 'remove', 'Fine');
    await succeed('organizations', 'update', shown.id, '--enabled', 'on');
  });

  it('maps organizations to accounts', async () => {
    expect(await refused('mappings', 'set', id, 'Northwind', '--account', 'Nobody')).toContain(
      'Account "Nobody" is not known',
    );
    expect(await succeed('mappings', 'set', id, 'Northwind', '--account', 'Northwind Dental')).toContain(
      'is mapped to Northwind Dental',
    );
    const rows = await file('mappings.csv', 'organization,account\nContoso,203\nNorthwind,9999\n');
    expect(await refused('mappings', 'import', id, rows)).toBe(
      'Northwind, account: The PSA has no such account.',
    );
    const good = await file('mappings.json', [{ organization: 'Contoso', account: 'Nobody There LLC' }]);
    expect(await succeed('mappings', 'import', id, good)).toBe('1 read; 2 mapped now, 0 not mapped.');
    expect(await succeed('mappings', 'remove', id, 'Contoso')).toContain('catch-all');
    expect(await succeed('mappings', 'list', id)).toMatch(
      /Northwind +202 +Northwind Dental\n1 mapped, 1 not mapped/,
    );
  });

  it('says why the mappings were changed, which the audit keeps', async () => {
    await succeed('mappings', 'set', id, 'Contoso', '--account', '203', '--reason', 'Moved to größer');
    await succeed('mappings', 'remove', id, 'Contoso', '--reason', 'Back again');
    const { body } = await api.call('GET', `/audit?targetId=${id}`);
    const reasons = body.items.map(({ reason }: { reason: string | null }) => reason);
    expect(reasons.slice(0, 3)).toEqual(['Back again', 'Moved to größer', null]);
    const { code, err } = await herald(['mappings', 'remove', id, 'Contoso', '--reason', 'x'.repeat(501)]);
    expect([code, err]).toEqual([1, expect.stringContaining('at most 500 characters')]);
  });

  it('ignores accounts that are never mapped, and offers them again', async () => {
    expect(await succeed('mappings', 'ignore', id, 'Nobody There LLC')).toBe('Ignored accounts: 1.');
    expect(await succeed('connections', 'accounts', id, '--ignored')).toMatch(/\n203 +Nobody There LLC/);
    expect(await refused('mappings', 'ignore', id, '202')).toContain('gets the tickets of Northwind');
    expect(await succeed('mappings', 'unignore', id, 'Nobody There LLC')).toBe('Ignored accounts: 0.');
  });

  it('finishes when what is unmapped is confirmed, tries it out, and renames', async () => {
    expect(await refused('connections', 'finish', id)).toMatch(
      /1 organization has no mapping.* give --confirm-unmapped\.$/,
    );
    expect(await succeed('connections', 'finish', id, '--confirm-unmapped')).toContain(
      'is active and the default connection',
    );
    const alert = await file('alert.json', {
      source: 'edr',
      externalId: '1',
      title: 'Odd sign-in',
      severity: 'high',
      organization: { externalId: 'org-18' },
    });
    expect(await succeed('connections', 'preview', id, '--file', alert)).toContain(
      'mapped to account Northwind Dental',
    );
    expect(await refused('connections', 'preview', id)).toContain('Say which alert');
    api.testTicket.problem = 'The queue is gone.';
    const failed = await herald(['connections', 'test-ticket', id, '--account', '202']);
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('The queue is gone.')]);
    expect(await succeed('connections', 'rename', id, 'Ours')).toBe('Ours is its name now.');
    expect(await succeed('connections', 'show', id)).toMatch(
      /^Ours \(Autotask\).*\nStatus {6}active, the default/,
    );
    expect(await succeed('connections', 'show', id)).not.toContain('Sim-Secret-1');
  });
});

describe('the workspace', () => {
  it('is shown and changed', async () => {
    expect(await refused('workspace', 'set', '--time-zone', 'Mars/X')).toContain(
      'timeZone must be a time zone',
    );
    await succeed(
      'workspace',
      'set',
      '--time-zone',
      'Europe/Lisbon',
      '--new-email',
      'off',
      '--retention-days',
      '30',
    );
    expect(JSON.parse(await succeed('workspace', '--json'))).toMatchObject({
      timeZone: 'Europe/Lisbon',
      newOrganizations: { enabled: true, tickets: true, email: false },
      retentionDays: 30,
    });
  });
});

describe('health', () => {
  it('is good, or says which connection needs a person', async () => {
    expect(await succeed('health')).toBe(`Herald at ${url} is ready.`);
    await api.connections.stop(api.workspaceId, id, 'The login was refused.');
    const { code, out } = await herald(['health']);
    expect([code, out]).toEqual([
      1,
      `Herald at ${url} is ready.\nOurs needs a person: The login was refused.`,
    ]);
    expect(JSON.parse((await herald(['health', '--json'])).out)).toEqual({
      ready: true,
      reason: null,
      attention: [{ name: 'Ours', reason: 'The login was refused.' }],
    });
  });
});

it('a read key may look and not touch', async () => {
  const env = { HERALD_BASE_URL: url, HERALD_API_KEY: api.keys.read };
  expect((await herald(['organizations'], { env })).code).toBeUndefined();
  for (const args of [
    ['organizations', 'create', 'x'],
    ['mappings', 'set', id, 'Northwind', '--account', '202'],
    ['connections', 'rename', id, 'x'],
    ['workspace', 'set', '--name', 'x'],
  ]) {
    const { code, err } = await herald(args, { env });
    expect([code, err]).toEqual([1, expect.stringContaining('lacks the scope')]);
  }
});
