/** What others may import from intake: values → alerts, and what makes an alert the same again. */
export { type BatchResult, batchLimit, formatNames, formats, parseBatch } from './formats.ts';
export { bodyHash, changeBetween, dedupKey, isFollowUp } from './identity.ts';
export { parseLossless, stringify } from './lossless.ts';
export { parseNative } from './native.ts';
export type {
  FieldError,
  FieldErrorCode,
  Format,
  FormatName,
  ParseContext,
  Parsed,
  WazuhBands,
} from './types.ts';
