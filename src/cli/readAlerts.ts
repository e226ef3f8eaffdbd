/** A file of alerts → the bodies of requests. Pure; numbers stay as they are written in the file. */
import { batchLimit, type FormatName, formats, parseLossless, stringify } from '../intake/index.ts';
import { CommandError } from './errors.ts';

/** One request: its body as JSON text, and how many records it holds. */
export interface Batch {
  text: string;
  records: number;
}

/** A request may hold 10 MB; a batch is closed well below that. */
const batchBytes = 4 * 1024 * 1024;

/**
 * The records of a file: one object, an array, or one object per line (NDJSON).
 * @throws CommandError that names the line which is not JSON
 */
export function readRecords(text: string): unknown[] {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') throw new CommandError('The file is empty.');
  const whole = tryParse(content);
  if (whole.ok) return Array.isArray(whole.value) ? whole.value : [whole.value];
  const lines = content.split(/\r?\n/);
  return lines.flatMap((line, at) => {
    if (line.trim() === '') return [];
    const one = tryParse(line);
    if (one.ok) return [one.value];
    throw new CommandError(
      `Line ${at + 1} is not JSON: the file takes one object, an array, or one object per line.`,
    );
  });
}

/**
 * Batches of at most `most` records (at most 500 anyway), in the order of the file. A record that is an envelope of
 * several alerts in this format (Graph's `value`, Alertmanager's `alerts`) is a request of its own.
 */
export function toBatches(records: readonly unknown[], format: FormatName, most = batchLimit): Batch[] {
  const limit = Math.min(most, batchLimit);
  const batches: Batch[] = [];
  let texts: string[] = [];
  let bytes = 0;
  const close = () => {
    if (texts.length > 0) batches.push({ text: `[${texts.join(',')}]`, records: texts.length });
    texts = [];
    bytes = 0;
  };
  for (const record of records) {
    const text = stringify(record);
    const { single, records: held } = formats[format].split(record);
    if (!single && !Array.isArray(record)) {
      close();
      batches.push({ text, records: held.length });
      continue;
    }
    const size = Buffer.byteLength(text) + 1;
    if (texts.length >= limit || (texts.length > 0 && bytes + size > batchBytes)) close();
    texts.push(text);
    bytes += size;
  }
  close();
  return batches;
}

function tryParse(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: parseLossless(text) };
  } catch {
    return { ok: false };
  }
}
