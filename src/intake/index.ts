/** What others may import from intake: values → alerts. */

export { parseLossless, stringify } from '../http/lossless.ts';
export { type BatchResult, batchLimit, formatNames, formats, parseBatch } from './formats.ts';
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
