import { isUtf8 } from 'node:buffer';
import { type ShapeProblem, scanShape } from './jsonShape.ts';
import { readLossless } from './lossless.ts';

/** The most that one request may hold, before and after any transfer coding (design §9: 10 MB). */
export const bodyLimitBytes = 10 * 1024 * 1024;

export type BodyCode =
  | 'unsupportedMediaType'
  | 'bodyTooLarge'
  | 'emptyBody'
  | 'byteOrderMark'
  | 'invalidUtf8'
  | 'malformedJson'
  | 'numberTooLarge'
  | ShapeProblem;

export type BodyResult =
  | { ok: true; value: unknown }
  | { ok: false; status: 400 | 413 | 415; code: BodyCode; message: string };

/** Plain sentences that never repeat what was sent. */
const messages: Record<BodyCode, string> = {
  unsupportedMediaType: 'Send JSON with the content type application/json, in UTF-8.',
  bodyTooLarge: 'The body is larger than 10 MB.',
  emptyBody: 'The body is empty; a JSON document is needed.',
  byteOrderMark: 'The body starts with a byte order mark; send plain UTF-8.',
  invalidUtf8: 'The body is not valid UTF-8.',
  malformedJson: 'The body is not one valid JSON document.',
  numberTooLarge: 'A number in the body has more than 1,000 characters or an exponent beyond 9,999.',
  tooDeep: 'The body is nested deeper than 64 levels.',
  tooManyKeys: 'An object in the body has 10,000 members or more.',
  keyTooLong: 'The name of a member is longer than 1,024 bytes.',
  tooManyElements: 'The lists in the body have more than 200,000 elements in all.',
  forbiddenKey: 'A member must not be named __proto__.',
};

/**
 * Turns the bytes of a request into a value, strictly: one JSON document in UTF-8, within limits that are checked
 * before parsing (promises I-1 to I-6, M8). Numbers keep their spelling (promises I-20). Of members with the same
 * name the last one counts. Never throws.
 */
export function readBody(bytes: Buffer, contentType: string | undefined): BodyResult {
  if (!isJson(contentType)) return refuse(415, 'unsupportedMediaType');
  if (bytes.length > bodyLimitBytes) return refuse(413, 'bodyTooLarge');
  if (bytes.length === 0) return refuse(400, 'emptyBody');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return refuse(400, 'byteOrderMark');
  if (!isUtf8(bytes)) return refuse(400, 'invalidUtf8');
  const shape = scanShape(bytes);
  if (shape.problem) return refuse(400, shape.problem);
  const text = bytes.toString('utf8');
  if (shape.needsCare) {
    const result = readLossless(text);
    return result.ok ? result : refuse(400, result.code);
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return refuse(400, 'malformedJson');
  }
}

const jsonType = /^[\t ]*application\/json[\t ]*(?:;[\t ]*charset=(?:utf-8|"utf-8")[\t ]*)?$/i;

function isJson(contentType: string | undefined): boolean {
  return contentType === 'application/json' || (contentType !== undefined && jsonType.test(contentType));
}

function refuse(status: 400 | 413 | 415, code: BodyCode): BodyResult {
  return { ok: false, status, code, message: messages[code] };
}
