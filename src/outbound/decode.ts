import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

type Decoded = { ok: true; body: Buffer } | { ok: false; reason: 'tooLarge' | 'encoding' };

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Record<string, Decoder> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Undoes one content encoding. We ask for none, but some servers compress all the same. The output is bounded while it
 * is made, so that a small body cannot become a large one in memory (promises M10, J-10).
 */
export async function decode(body: Buffer, encoding: string, maxBytes: number): Promise<Decoded> {
  const decoder = DECODERS[encoding.trim().toLowerCase()];
  if (!decoder) return { ok: false, reason: 'encoding' };
  try {
    return { ok: true, body: await decoder(body, { maxOutputLength: maxBytes }) };
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { ok: false, reason: isTooLarge ? 'tooLarge' : 'encoding' };
  }
}
