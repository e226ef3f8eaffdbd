/** Writing a backup: one compressed tar file, which appears under its name only when it is whole. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BackupError } from './errors.ts';
import { type BackupHead, headName, type Manifest, manifestName } from './manifest.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface ArchiveWriter {
  addDirectory(name: string): Promise<void>;
  /** Exactly `size` bytes are stored: more are cut, missing ones are zeros. */
  add(name: string, size: number, body: AsyncIterable<Buffer>): Promise<void>;
  addText(name: string, text: string): Promise<void>;
}

export interface WrittenArchive {
  files: number;
  /** Of the contents, before compression. */
  bytes: number;
}

/**
 * Makes the archive and lets `fill` put the contents into it.
 *
 * @throws BackupError when there is a file of this name already, or it cannot be written
 */
export async function writeArchive(
  path: string,
  head: BackupHead,
  fill: (archive: ArchiveWriter) => Promise<void>,
): Promise<WrittenArchive> {
  const draft = `${path}.part`;
  const reserved = await open(path, 'wx', 0o600).catch((error: Error) => {
    throw unwritable(path, error);
  });
  await reserved.close();
  try {
    const written = await writeDraft(draft, head, fill);
    await sync(draft);
    await rename(draft, path);
    return written;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function unwritable(path: string, error: Error): BackupError {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST')
    return new BackupError(`${path} exists already: choose another name, or move it away.`);
  return new BackupError(`${path} cannot be written (${error.message}).`);
}

async function writeDraft(
  draft: string,
  head: BackupHead,
  fill: (archive: ArchiveWriter) => Promise<void>,
): Promise<WrittenArchive> {
  // Speed before size: database pages shrink well even so.
  const gzip = createGzip({ level: 1 });
  const file = createWriteStream(draft, { mode: 0o600 });
  const ended = Promise.all([finished(gzip.pipe(file)), finished(gzip)]);
  // It is awaited at the end; a failure before that ends the writing below.
  ended.catch(() => undefined);
  file.once('error', (error) => gzip.destroy(error));
  const { archive, manifest } = createWriter(gzip);
  try {
    await archive.addText(headName, `${JSON.stringify(head, null, 2)}\n`);
    await fill(archive);
    const { files } = manifest;
    const sizes = Object.values(files).map(({ size }) => size);
    await archive.addText(manifestName, `${JSON.stringify(manifest, null, 1)}\n`);
    gzip.end(tarEnd());
    await ended;
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    gzip.destroy();
    file.destroy();
  }
}

function createWriter(gzip: ReturnType<typeof createGzip>): { archive: ArchiveWriter; manifest: Manifest } {
  const manifest: Manifest = { files: {} };

  async function write(bytes: Buffer): Promise<void> {
    if (gzip.destroyed) throw new BackupError('The backup cannot be written: is the disk full?');
    if (bytes.length > 0 && !gzip.write(bytes)) await once(gzip, 'drain');
  }

  async function add(name: string, size: number, body: AsyncIterable<Buffer>): Promise<void> {
    await write(tarHeader({ name, isDirectory: false, size }));
    const sum = createHash('sha256');
    const put = async (bytes: Buffer) => {
      sum.update(bytes);
      await write(bytes);
    };
    let left = size;
    for await (const chunk of body) {
      const kept = chunk.subarray(0, left);
      left -= kept.length;
      await put(kept);
      if (left === 0) break;
    }
    for (; left > 0; left -= Math.min(left, zeros.length)) await put(zeros.subarray(0, left));
    await write(tarPadding(size));
    manifest.files[name] = { size, sha256: sum.digest('hex') };
  }

  const archive: ArchiveWriter = {
    add,
    addDirectory: (name) => write(tarHeader({ name, isDirectory: true, size: 0 })),
    addText(name, text) {
      const bytes = Buffer.from(text);
      return add(name, bytes.length, oneChunk(bytes));
    },
  };
  return { archive, manifest };
}

const zeros = Buffer.alloc(65_536);

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
