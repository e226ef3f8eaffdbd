/**
 * One quick look over the bytes of a JSON text before it is parsed: is it within our limits, and can plain
 * `JSON.parse` read it without changing anything? The text need not be valid; the parser finds that out.
 */

export type ShapeProblem = 'tooDeep' | 'tooManyKeys' | 'keyTooLong' | 'tooManyElements' | 'forbiddenKey';

export interface Shape {
  problem?: ShapeProblem;
  /** A number would change its spelling, or a key is written with escapes: read it the careful way. */
  needsCare: boolean;
}

const maxDepth = 64;
const maxKeys = 9_999;
const maxKeyBytes = 1_024;
const maxElements = 200_000;

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const forbiddenKey = Buffer.from('__proto__');

/** Members seen so far per level of nesting; -1 marks a list. Shared: the scan never waits. */
const members = new Int32Array(maxDepth + 1);

/** Scans valid UTF-8; about 1 ns a byte. */
export function scanShape(bytes: Buffer): Shape {
  let depth = 0;
  let elements = 0;
  let expectsKey = false;
  let needsCare = false;
  members[0] = -1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === quote) {
      const end = endOfString(bytes, at + 1);
      if (expectsKey) {
        expectsKey = false;
        const problem = judgeKey(bytes, at + 1, end);
        if (problem) return { problem, needsCare };
        if (++members[depth]! > maxKeys) return { problem: 'tooManyKeys', needsCare };
        needsCare ||= hasEscape(bytes, at + 1, end);
      }
      at = end;
    } else if (byte === openObject || byte === openList) {
      if (++depth > maxDepth) return { problem: 'tooDeep', needsCare };
      expectsKey = byte === openObject;
      members[depth] = expectsKey ? 0 : -1;
      if (!expectsKey && ++elements > maxElements) return { problem: 'tooManyElements', needsCare };
    } else if (byte === closeObject || byte === closeList) {
      expectsKey = false;
      if (depth > 0) depth--;
    } else if (byte === comma) {
      expectsKey = members[depth]! >= 0;
      if (!expectsKey && ++elements > maxElements) return { problem: 'tooManyElements', needsCare };
    } else if (byte === colon) {
      expectsKey = false;
    } else if (byte === minus || (byte >= zero && byte <= nine)) {
      const end = endOfNumber(bytes, at);
      needsCare ||= changesSpelling(bytes, at, end);
      at = end - 1;
    }
  }
  return { needsCare };
}

/** The index of the closing quote, or the end of the bytes. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

function judgeKey(bytes: Buffer, start: number, end: number): ShapeProblem | undefined {
  if (end - start > maxKeyBytes) return 'keyTooLong';
  if (end - start !== forbiddenKey.length || bytes[start] !== forbiddenKey[0]) return undefined;
  return forbiddenKey.compare(bytes, start, end) === 0 ? 'forbiddenKey' : undefined;
}

function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === backslash) return true;
  return false;
}

/** The index after the last character that can belong to a number. */
function endOfNumber(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && isNumberByte(bytes[at]!)) at++;
  return at;
}

function isNumberByte(byte: number): boolean {
  if (byte >= zero && byte <= nine) return true;
  return byte === dot || byte === minus || byte === 0x2b || byte === 0x45 || byte === 0x65;
}

/** Up to 15 digits without exponent, superfluous zeros or a tiny value print as they were read. */
function changesSpelling(bytes: Buffer, start: number, end: number): boolean {
  const first = bytes[start] === minus ? start + 1 : start;
  if (end - first > 15) return true;
  if (bytes[first] === zero && end - start > 1) return true;
  for (let at = first; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === dot) return bytes[end - 1] === zero || hasExponent(bytes, at, end);
    if (byte < zero || byte > nine) return true;
  }
  return false;
}

function hasExponent(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if (bytes[at]! < zero || bytes[at]! > nine) return true;
  return false;
}
