/** The `Retry-After` header (promises D4): whole seconds, or an HTTP date. */

const longestMs = 3_600_000;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long to wait, in milliseconds, at most an hour. Undefined for a header that is absent, not understood,
 * negative, or already over: the usual back-off is better than no pause at all.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const waitMs = /^\d{1,15}$/.test(value)
    ? Number(value) * 1_000
    : httpDate.test(value)
      ? Date.parse(value) - now
      : Number.NaN;
  return waitMs > 0 ? Math.min(waitMs, longestMs) : undefined;
}
