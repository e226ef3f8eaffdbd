import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { KEY_FILE_NAME, loadOrCreateKeyFile } from './key-file.ts';

let dataDir: string;
let path: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'herald-key-'));
  path = join(dataDir, KEY_FILE_NAME);
  onTestFinished(() => rm(dataDir, { recursive: true }));
});

async function load() {
  const file = await loadOrCreateKeyFile(dataDir);
  if (!file.ok) throw new Error(file.message);
  return file;
}

async function refusal(): Promise<string> {
  const file = await loadOrCreateKeyFile(dataDir);
  return file.ok ? 'accepted' : file.message;
}

describe('the key file', () => {
  it('is made once, for its owner only, and read again', async () => {
    const made = await load();
    const read = await load();
    expect([made.isNew, read.isNew]).toEqual([true, false]);
    expect(read.keys).toEqual(made.keys);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual([KEY_FILE_NAME]);
  });

  it('is made with a directory that is missing', async () => {
    const file = await loadOrCreateKeyFile(join(dataDir, 'deep', 'down'));
    expect(file).toMatchObject({ ok: true, isNew: true });
  });

  it('is made once when many start together', async () => {
    const files = await Promise.all(Array.from({ length: 20 }, load));
    expect(new Set(files.map(({ keys }) => keys[0].id)).size).toBe(1);
    expect(files.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual([KEY_FILE_NAME]);
  });

  it('rotates by a new line on top', async () => {
    const [old] = (await load()).keys;
    const fresh = Buffer.from('8f1c2a7be04d95636b0e57f1a9c83d2415ddb6f07e92c4a83b5f60817a2ce94d', 'hex');
    await writeFile(path, `${fresh.toString('base64')}\n${await readFile(path, 'utf8')}`);
    const { keys } = await load();
    expect(keys.map(({ key }) => key.toString('hex'))).toEqual([
      fresh.toString('hex'),
      old.key.toString('hex'),
    ]);
  });

  it.each([0o644, 0o640, 0o660, 0o604, 0o700, 0o400])('is refused with mode %o', async (mode) => {
    await load();
    await chmod(path, mode);
    expect(await refusal()).toMatch(/mode \d+\); run: chmod 600/);
  });

  it.each(['', 'x', `${'A'.repeat(43)}=`, 'x'.repeat(44), 'x'.repeat(46)])(
    'is refused with the content %j',
    async (text) => {
      await writeFile(path, text, { mode: 0o600 });
      expect(await refusal()).toContain('is damaged');
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );

  it('is refused with other text of the right size', async () => {
    await writeFile(path, `${'x'.repeat(44)}\n`, { mode: 0o600 });
    expect(await refusal()).toContain('32 bytes in base64');
  });

  it('is refused with a guessable key', async () => {
    await writeFile(path, `${Buffer.alloc(32).toString('base64')}\n`, { mode: 0o600 });
    expect(await refusal()).toContain('can be guessed');
  });

  it('is refused when it is a link, also a dangling one', async () => {
    const target = join(dataDir, 'target');
    await symlink(target, path);
    expect(await refusal()).toContain('not an ordinary file');
    expect(await readdir(dataDir)).not.toContain('target');
  });
});
