/**
 * The little of the tar format (POSIX ustar) that backups need: files and directories with short names. Any tar program can
 * read what is written here.
 */

/** A part of a backup. `body` must be read to its end before the next entry is asked for. */
export interface TarEntry {
  name: string;
  isDirectory: boolean;
  size: number;
  body: AsyncIterable<Buffer>;
}

export const blockSize = 512;
const longestName = 100;
/** Eleven octal digits. */
const largestFile = 8 ** 11 - 1;

/** @throws Error for a name or size that this format cannot hold */
export function tarHeader({ name, isDirectory, size }: Omit<TarEntry, 'body'>): Buffer {
  const path = isDirectory ? `${name}/` : name;
  if (Buffer.byteLength(path) > longestName) throw new Error(`the name ${name} is too long for a backup`);
  if (size > largestFile) throw new Error(`the file ${name} is too large for a backup`);
  const header = Buffer.alloc(blockSize);
  header.write(path, 0);
  header.write(octal(isDirectory ? 0o700 : 0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(isDirectory ? '5' : '0', 156);
  header.write('ustar\u000000', 257);
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148);
  return header;
}

/** Bytes that fill a file of this size up to whole blocks. */
export const tarPadding = (size: number): Buffer =>
  Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

/** Two empty blocks end an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * blockSize);

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** Over the header with its own checksum field as spaces. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

/** @throws DamagedTar when the bytes are no such archive, or end too early */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = createReader(source);
  for (;;) {
    const header = await reader.take(blockSize);
    if (header.every((byte) => byte === 0)) return;
    if (checksumOf(header) !== number(header, 148, 8)) throw new DamagedTar('a header is damaged');
    const path = text(header, 0, longestName);
    const size = number(header, 124, 12);
    let left = size;
    yield {
      name: path.replace(/\/$/, ''),
      isDirectory: header[156] === 53,
      size,
      body: (async function* () {
        while (left > 0) {
          const chunk = await reader.some(left);
          left -= chunk.length;
          yield chunk;
        }
      })(),
    };
    if (left > 0) throw new Error(`${path} was not read to its end`);
    await reader.take(tarPadding(size).length);
  }
}

/** The bytes are not a whole archive; the message says what is wrong. */
export class DamagedTar extends Error {
  override name = 'DamagedTar';
}

const text = (header: Buffer, at: number, length: number): string =>
  header.toString('utf8', at, at + length).replace(/\0.*$/s, '');

const number = (header: Buffer, at: number, length: number): number =>
  Number.parseInt(text(header, at, length).trim() || '0', 8);

function createReader(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);

  async function some(most: number): Promise<Buffer> {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done) throw new DamagedTar('it ends too early');
      rest = next.value as Buffer<ArrayBuffer>;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  }

  return {
    /** At least one byte, at most as many. */
    some,
    async take(length: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      for (let left = length; left > 0; ) {
        const part = await some(left);
        parts.push(part);
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
  };
}
