import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BackupHead } from './manifest.ts';
import { extractArchive, readHead } from './readArchive.ts';
import { tarHeader } from './tar.ts';
import { type ArchiveWriter, writeArchive } from './writeArchive.ts';

const head: BackupHead = {
  format: 1,
  kind: 'cluster',
  startedAt: '2026-11-22T10:00:00.000Z',
  schemaVersion: 8,
  postgresMajor: 18,
  hasKey: false,
};

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'herald-archive-'));
  file = join(dir, 'backup.tar.gz');
  onTestFinished(() => rm(dir, { recursive: true }));
});

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

const usual = async (archive: ArchiveWriter) => {
  await archive.addDirectory('cluster');
  await archive.addDirectory('cluster/pg_notify');
  await archive.addText('cluster/PG_VERSION', '18\n');
  await archive.add('cluster/base/1/1259', 1_000, chunks('x'.repeat(600), 'y'.repeat(400)));
};

const extract = (to = join(dir, 'out')) => extractArchive(file, (name) => join(to, name));

describe('a backup file', () => {
  it('gives back what was put in, for its owner only', async () => {
    expect(await writeArchive(file, head, usual)).toEqual({ files: 3, bytes: 1_003 + (await sizeOfHead()) });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readHead(file)).toEqual(head);
    await extract();
    const out = join(dir, 'out');
    expect(await readFile(join(out, 'cluster/base/1/1259'), 'utf8')).toBe('x'.repeat(600) + 'y'.repeat(400));
    expect(await readdir(join(out, 'cluster'))).toEqual(['PG_VERSION', 'base', 'pg_notify']);
  });

  it('holds a file as long as it was when it was opened, whatever became of it', async () => {
    await writeArchive(file, head, async (archive) => {
      await archive.add('shrunk', 10, chunks('abc'));
      await archive.add('grown', 3, chunks('ab', 'cdef'));
      await archive.add('empty', 0, chunks());
    });
    await extract();
    const texts = await Promise.all(
      ['shrunk', 'grown', 'empty'].map((name) => readFile(join(dir, 'out', name), 'utf8')),
    );
    expect(texts).toEqual([`abc${'\0'.repeat(7)}`, 'abc', '']);
  });

  it('never replaces another one', async () => {
    await writeFile(file, 'precious');
    await expect(writeArchive(file, head, usual)).rejects.toThrow(/exists already: choose another name/);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it('is not there when the backup fails', async () => {
    const failing = writeArchive(file, head, async (archive) => {
      await usual(archive);
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(await readdir(dir)).toEqual([]);
  });

  async function sizeOfHead(): Promise<number> {
    return Buffer.byteLength(`${JSON.stringify(head, null, 2)}\n`);
  }
});

describe('a backup that is not whole is refused', () => {
  const damages: [string, (tar: Buffer) => Buffer, RegExp][] = [
    [
      'a byte of a file',
      (tar) => replaced(tar, 'x'.repeat(600), `${'x'.repeat(599)}z`),
      /cluster\/base\/1\/1259 is not as it was stored/,
    ],
    [
      'a name',
      (tar) => renamed(tar, 'cluster/PG_VERSION', 'cluster/PG_VERSIOM'),
      /PG_VERSIO. is not as it was stored/,
    ],
    ['a header', (tar) => replaced(tar, 'cluster/PG_VERSION', 'cluster/PG_VERSIOM'), /a header is damaged/],
    ['the end', (tar) => tar.subarray(0, 4_000), /it ends too early/],
    ['a file too many', (tar) => inserted(tar, 'cluster/more'), /cluster\/more is not as it was stored/],
    ['a file that leads out', (tar) => inserted(tar, 'cluster/../../x'), /a name that leads elsewhere/],
    ['an absolute name', (tar) => inserted(tar, '/etc/x'), /a name that leads elsewhere/],
  ];
  it.each(damages)('%s', async (_, damage, words) => {
    await writeArchive(file, head, usual);
    await writeFile(file, gzipSync(damage(gunzipSync(await readFile(file)))));
    await expect(extract()).rejects.toThrow(words);
  });

  it.each([200, 300])('a byte of the file itself, the %ith', async (at) => {
    await writeArchive(file, head, usual);
    const bytes = await readFile(file);
    bytes[at]! ^= 255;
    await writeFile(file, bytes);
    await expect(extract()).rejects.toThrow(/is damaged/);
  });

  it.each([
    ['nothing', '', /is not a backup|is damaged/],
    ['other text', 'hello', /is damaged/],
    ['another archive', gzipSync(Buffer.alloc(1_024)), /is not a backup of Herald/],
  ])('%s', async (_, contents, words) => {
    await writeFile(file, contents);
    await expect(readHead(file)).rejects.toThrow(words);
  });

  it('one that is not there', async () => {
    await expect(readHead(file)).rejects.toThrow(`There is no file ${file}.`);
  });

  it('one of a later format', async () => {
    await writeArchive(file, { ...head, format: 2 } as unknown as BackupHead, usual);
    await expect(readHead(file)).rejects.toThrow(/made by another version of Herald/);
  });
});

function replaced(tar: Buffer, from: string, to: string): Buffer {
  const at = tar.indexOf(from);
  expect(at).toBeGreaterThan(0);
  return Buffer.concat([tar.subarray(0, at), Buffer.from(to), tar.subarray(at + from.length)]);
}

function renamed(tar: Buffer, from: string, to: string): Buffer {
  const at = tar.indexOf(from);
  const header = tarHeader({ name: to, isDirectory: false, size: 3 });
  return Buffer.concat([tar.subarray(0, at), header, tar.subarray(at + header.length)]);
}

/** Before the manifest. */
function inserted(tar: Buffer, name: string): Buffer {
  const at = tar.indexOf('manifest.json');
  const header = tarHeader({ name, isDirectory: false, size: 0 });
  return Buffer.concat([tar.subarray(0, at), header, tar.subarray(at)]);
}
