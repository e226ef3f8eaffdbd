import { describe, expect, it } from 'vitest';
import { run } from './index.ts';
import { listSimulators } from './simulate.ts';

/** Runs a command line that is refused before anything is started. */
async function runQuietly(args: string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, { env, out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('help', () => {
  it.each([['--help'], ['send', '--help'], ['deliveries', 'discard', '--help'], ['simulate', '--help']])(
    '%j is no failure',
    async (...args) => {
      const { code, out } = await runQuietly(args);
      expect(code).toBeUndefined();
      expect(out).toContain('Usage: herald');
    },
  );

  it('names every command', async () => {
    const { out } = await runQuietly(['--help']);
    for (const name of [
      'serve',
      'demo',
      'send',
      'alerts',
      'connections',
      'organizations',
      'mappings',
      'unassigned',
      'workspace',
      'health',
      'deliveries',
      'api-key',
      'migrate',
      'backup',
      'restore',
      'doctor',
      'simulate',
    ]) {
      expect(out).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    }
  });
});

describe('a wrong command line is a sentence and exit code 1', () => {
  it.each([
    [['bogus'], "Unknown command 'bogus'"],
    [['serve', '--role', 'both'], 'Allowed choices are api, worker'],
    [['send'], "Missing required argument 'file'"],
    [['send', 'x', '--format', 'bogus'], 'Allowed choices are native, ocsf'],
    [['send', 'x', '--rate', '0'], 'It takes a number above 0'],
    [['demo', '--count', '0'], 'It takes a whole number from 1'],
    [['demo', '--rate', 'fast'], 'It takes a number above 0'],
    [['deliveries', '--state', 'bogus'], 'Allowed choices are pending'],
    [['deliveries', '--limit', '0'], 'It takes a whole number from 1'],
    [['deliveries', 'discard', '5'], "Required option '--reason <text>'"],
    [['connections', 'resume', 'x', '--held', 'drop'], 'Allowed choices are leave, deliver'],
    [['api-key', 'create', '--scopes', 'read,all'], 'It takes intake, read, admin'],
    [['api-key', 'create', '--name', ' '], 'It takes 1 to 200 characters'],
    [['simulate', 'bogus'], 'There is no simulator of "bogus". There is: '],
    [['connections'], 'An API key is needed'],
    [['organizations'], 'An API key is needed'],
    [['organizations', 'bogus'], 'Too many arguments'],
    [['connections', 'test-ticket', 'x'], "Required option '--account <id>'"],
    [['connections', 'preview', 'x', '--file', 'y', '--alert', '1'], 'cannot be used with'],
    [['alerts', '--severity', 'bogus'], 'Allowed choices are informational'],
    [['mappings', 'set', 'x', 'y'], "Required option '--account <account>'"],
    [['workspace', 'set', '--retention-days', '0'], 'It takes a whole number from 1'],
    [['health', '--url', 'http://127.0.0.1:1'], 'No Herald answers at http://127.0.0.1:1'],
    [['connections', '--key', 'k', '--url', 'nowhere'], '"nowhere" is not an address'],
  ])('%j', async (args, words) => {
    const { code, err } = await runQuietly(args);
    expect(code).toBe(1);
    expect(err).toContain(words);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('a file that is not there', async () => {
    const { code, err } = await runQuietly(['send', '/nowhere/alerts.json', '--key', 'k']);
    expect([code, err]).toEqual([1, '/nowhere/alerts.json cannot be read (ENOENT).']);
  });

  it('a server that is not there', async () => {
    const { code, err } = await runQuietly(['deliveries', '--url', 'http://127.0.0.1:1', '--key', 'k']);
    expect(code).toBe(1);
    expect(err).toContain('No Herald answers at http://127.0.0.1:1');
  });
});

it('the simulators are those that have a program', () => {
  expect(listSimulators().length).toBeGreaterThan(0);
  expect(listSimulators()).not.toContain('common');
});
