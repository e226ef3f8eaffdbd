/** The secret key at start (promises O4): the one that the database was set up with, or no start. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/index.ts';
import { freePort } from '../../src/demo/ports.ts';
import { processesWith, runHerald } from './processes.ts';

let dir: string;
let dataDir: string;
let keyFile: string;
let rightKey: string;
const otherKey = 'q3v8ZpT1w6Rk0Yb5Nd2Xs7Lm4Jh9Gf1c';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'keys-test-'));
  // PostgreSQL runs as another user when this runs as root.
  await chmod(dir, 0o755);
  dataDir = join(dir, 'data');
  keyFile = join(dataDir, 'secret.key');
  expect(await start()).toEqual([0, '']);
  rightKey = await readFile(keyFile, 'utf8');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Starts, and stops again as soon as it is ready: exit code, and what stood in the way. */
async function start(env: Record<string, string> = {}): Promise<[number | string, string]> {
  const herald = runHerald(['serve'], {
    HERALD_DATA_DIR: dataDir,
    HERALD_PORT: String(await freePort(0)),
    ...env,
  });
  const isReady = await herald.seen(/Herald is ready/).then(
    () => true,
    () => false,
  );
  if (isReady) herald.child.kill('SIGTERM');
  const code = await herald.ended;
  return [code, isReady ? '' : herald.err().trim()];
}

async function expectRefused([code, words]: [number | string, string], pattern: RegExp): Promise<void> {
  expect(code).toBe(1);
  expect(words).toMatch(pattern);
  expect(words.split('\n')).toHaveLength(1);
  expect(await processesWith(dir)).toEqual([]);
}

describe('a start', () => {
  it('with another HERALD_SECRET_KEY is refused', async () => {
    await expectRefused(
      await start({ HERALD_SECRET_KEY: otherKey }),
      /^HERALD_SECRET_KEY is not the key that this database was set up with: set it to that one/,
    );
  });

  it('with a new key in front of the old one works', async () => {
    expect(await start({ HERALD_SECRET_KEY: `${otherKey},${rightKey.trim()}` })).toEqual([0, '']);
  });

  it('without the key file is refused, leaves none that would hide the loss, and works with it again', async () => {
    await rm(keyFile);
    const lost = /^The key file \S+secret\.key is missing, and this database holds secrets .+ put it back/;
    await expectRefused(await start(), lost);
    expect(existsSync(keyFile)).toBe(false);
    await expectRefused(await start(), lost);
    await writeFile(keyFile, rightKey, { mode: 0o600 });
    expect(await start()).toEqual([0, '']);
  });

  it('with the key file of another installation is refused, and the file stays', async () => {
    const foreign = `${Buffer.from(otherKey).toString('base64')}\n`;
    await writeFile(keyFile, foreign);
    try {
      await expectRefused(
        await start(),
        /^The key in \S+secret\.key is not the one that this database was set up with/,
      );
      expect(await readFile(keyFile, 'utf8')).toBe(foreign);
    } finally {
      await writeFile(keyFile, rightKey);
    }
  });

  it('with a key file that others can read is refused', async () => {
    await chmod(keyFile, 0o644);
    try {
      await expectRefused(await start(), /^The key file \S+secret\.key can be used by others .+ chmod 600/);
    } finally {
      await chmod(keyFile, 0o600);
    }
  });
});

describe('herald rekey', () => {
  /** In this process, with somebody at the terminal who types this. */
  async function rekey(answer: string): Promise<[number | undefined, string]> {
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const env = { HERALD_DATA_DIR: dataDir };
    const code = await run(['rekey'], { env, out: say, err: say, ask: async () => answer });
    return [code, lines.join('\n')];
  }
  const phrase = 'credentials will be lost';

  it('is refused while the key works', async () => {
    expect(await rekey(phrase)).toEqual([
      1,
      'The secret key works: nothing is lost, and nothing was changed.',
    ]);
  });

  it('makes a new key when the file is gone for good, and only when it is told so; then Herald starts', async () => {
    await rm(keyFile);
    await expectRefused(await start(), /If it is lost for good: "herald rekey"/);
    expect(await rekey('no')).toEqual([1, expect.stringMatching(/Nothing was changed\.$/)]);
    expect(existsSync(keyFile)).toBe(false);
    expect(await rekey(phrase)).toEqual([
      undefined,
      expect.stringContaining(`${keyFile}, apart from the backups`),
    ]);
    expect(await readFile(keyFile, 'utf8')).not.toBe(rightKey);
    expect(await start()).toEqual([0, '']);
  });
});
