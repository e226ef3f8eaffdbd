import { createHmac, hkdfSync } from 'node:crypto';

/** A key that wraps data keys. The id is derived from the key, so the same key has the same id everywhere. */
export type MasterKey = { id: string; key: Buffer };

/** The keys of an installation, the current one first; or a sentence for the operator, without any key in it. */
export type MasterKeys = { ok: true; keys: [MasterKey, ...MasterKey[]] } | { ok: false; message: string };

const KEY_BYTES = 32;
const MIN_LENGTH = 32;
const MIN_DISTINCT = 12;

const HOW_TO = 'Make one with: openssl rand -base64 32';

/** Words of examples and placeholders, as letters only. */
const PLACEHOLDER =
  /changeme|changethis|changeit|replaceme|replacethis|placeholder|example|insecure|password|yoursecret|secretkey|mysecret|supersecret/;

/**
 * Reads HERALD_SECRET_KEY: one key, or several with commas, the current one first and older ones behind it until
 * everything is rewrapped. Hex or base64 of 32 bytes is used as it is; any other text of at least 32 characters is
 * stretched by HKDF. Texts that look like an example or a pattern are refused.
 */
export function parseMasterKeys(text: string): MasterKeys {
  const keys: MasterKey[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const entry = part.trim();
    const problem = findProblem(entry);
    if (problem) return { ok: false, message: `Key ${index + 1} in HERALD_SECRET_KEY ${problem}. ${HOW_TO}` };
    const key = decodeKey(entry) ?? stretch(entry);
    keys.push({ id: idOf(key), key });
  }
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    return { ok: false, message: 'HERALD_SECRET_KEY holds the same key twice.' };
  }
  return { ok: true, keys: keys as [MasterKey, ...MasterKey[]] };
}

/**
 * A secret for one purpose, made from a master key: the same in every process, and useless for anything else.
 * @returns 32 bytes
 */
export function deriveKey(master: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master.key, 'herald', `purpose ${purpose}`, KEY_BYTES));
}

function findProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.length < MIN_LENGTH) return `is shorter than ${MIN_LENGTH} characters`;
  if (PLACEHOLDER.test(text.toLowerCase().replace(/[^a-z]/g, ''))) return 'looks like an example';
  const bytes = [...(decodeKey(text) ?? Buffer.from(text))];
  const isGuessable =
    new Set(bytes).size < MIN_DISTINCT || isRepeated(text) || isRepeated(bytes) || isSequence(bytes);
  return isGuessable ? 'is a pattern that can be guessed' : undefined;
}

/** Exactly 32 bytes in hex or base64 (either alphabet, with or without padding). */
function decodeKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^([A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

function stretch(text: string): Buffer {
  return Buffer.from(hkdfSync('sha256', text, 'herald', 'master key 1', KEY_BYTES));
}

function idOf(key: Buffer): string {
  return createHmac('sha256', key).update('herald master key id').digest('hex').slice(0, 16);
}

/** The same piece over and over, at most half the whole long. */
function isRepeated(units: ArrayLike<string | number>): boolean {
  for (let period = 1; period <= units.length / 2; period++) {
    let at = period;
    while (at < units.length && units[at] === units[at - period]) at++;
    if (at === units.length) return true;
  }
  return false;
}

/** 00 01 02 …, or any other constant step. */
function isSequence(bytes: readonly number[]): boolean {
  const step = bytes[1]! - bytes[0]!;
  return bytes.every((byte, index) => index === 0 || byte - bytes[index - 1]! === step);
}
