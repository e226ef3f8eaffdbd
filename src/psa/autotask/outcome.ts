/**
 * What an answer of Autotask proves. The one place that decides between done, refused and uncertain (promises §2.2);
 * pure, so that it can be read and tested as a table. Sections are those of the fact sheet autotask.
 */
import type { z } from 'zod';
import type { PsaReply, Read, Refusal, Uncertainty } from '../contract.ts';
import { evidenceOf, quote, type Scrub } from './evidence.ts';
import type { SentField } from './fieldNames.ts';
import { judgeErrorTexts, readErrorTexts, type Verdict } from './refusals.ts';
import { retryAfterMs } from './retryAfter.ts';
import { createdSchema } from './types.ts';

/** What the judge must know besides the reply. */
export interface Judging {
  scrub: Scrub;
  /** Milliseconds since 1970, for dates in `Retry-After`. */
  now: number;
  /** The thing that was to be written, for the sentence. */
  thing?: 'ticket' | 'note';
  /** What we sent, by Autotask's names. */
  fields?: ReadonlyMap<string, SentField>;
  /** Texts of the alert in it. Where an error repeats them, they are not the vendor's words. */
  sent?: () => readonly string[];
}

/** A create that succeeded: the id that Autotask gave. */
export interface Created {
  kind: 'done';
  id: number;
}

type Answered = Extract<PsaReply, { kind: 'answered' }>;

/** No source tells how long these last; the thread limit ends with the next call that ends (§3.4, §3.5). */
const threadsRetryMs = 3_000;
const thresholdRetryMs = 5 * 60_000;

/** Judges the answer to a create. */
export function judgeCreate(reply: PsaReply, judging: Judging): Created | Refusal | Uncertainty {
  const uncertain: Uncertainty = { kind: 'uncertain', evidence: evidenceOf(reply, judging.scrub) };
  if (reply.kind === 'notSent') return unreached(reply, judging);
  if (reply.kind === 'unknown') return uncertain;
  if (isSuccess(reply)) {
    const created = createdSchema.safeParse(parseJson(reply.text));
    // A create that answers `itemId: null` is not known to have failed (§2.3, J-6): it is looked up.
    return created.success ? { kind: 'done', id: created.data.itemId } : uncertain;
  }
  return judgeRefusal(reply, judging) ?? uncertain;
}

/**
 * Judges the answer to a read. A read that is not answered as we need it changes nothing, so it is always refused:
 * as `invalid` when the answer is JSON without what we need (it will be so again), else as the trouble it met.
 */
export function judgeRead<Schema extends z.ZodType>(
  reply: PsaReply,
  schema: Schema,
  judging: Judging,
): Read<z.output<Schema>> {
  if (reply.kind === 'notSent') return unreached(reply, judging);
  if (reply.kind === 'unknown') {
    const text = `Autotask did not answer: ${quote(reply.detail, judging.scrub)}`;
    return { kind: 'refused', reason: reply.reason === 'timeout' ? 'timeout' : 'network', text };
  }
  if (!isSuccess(reply)) return judgeRefusal(reply, judging) ?? unclearAnswer(reply, judging);
  const read = schema.safeParse(parseJson(reply.text));
  if (read.success) return { kind: 'ok', value: read.data };
  const where = read.error.issues[0]?.path.join('.');
  if (where) {
    const text = `Autotask's answer has changed: "${where}" is missing or of another kind.`;
    return { kind: 'refused', reason: 'invalid', text };
  }
  const text = 'Autotask answered with something that is not its usual JSON.';
  return { kind: 'refused', reason: 'serverError', text };
}

/** The refusal that an answer other than success proves, or undefined if it proves none. */
function judgeRefusal(reply: Answered, judging: Judging): Refusal | undefined {
  const { shape, texts } = readErrorTexts(reply.text);
  const verdict = judgeErrorTexts(withoutEchoes(texts, judging.sent?.() ?? []));
  const isLimit = verdict.kind === 'refused' && verdict.reason === 'rateLimited';
  // The thread limit came with statuses other than 429 as well (§3.4).
  if (isLimit && verdict.cause === 'threads') return limited(reply, threadsRetryMs, 'threads', judging);
  if (isLimit && (reply.status === 429 || reply.status === 500)) {
    return limited(reply, thresholdRetryMs, 'threshold', judging);
  }
  if (reply.status >= 300 && reply.status < 400) {
    return {
      kind: 'refused',
      reason: 'serverError',
      text: 'Autotask answered with a redirect, which is not followed.',
    };
  }
  if (reply.status === 500) {
    // Only texts that we know prove that nothing was done (§3.2, promises §2.2).
    return shape === 'errors' && verdict.kind === 'refused' ? explain(verdict, texts, judging) : undefined;
  }
  return judgeClientError(reply, verdict, texts, judging);
}

/** An alert about "CPU threshold exceeded" that is quoted in some other error must not pass for a limit. */
function withoutEchoes(texts: readonly string[], sent: readonly string[]): string[] {
  return texts.map((text) => sent.reduce((rest, part) => rest.replaceAll(part, '…'), text));
}

/** 400, 401, 403, 404, 405, 409, 422 and 429 prove by themselves that nothing was done; no other status does. */
function judgeClientError(
  reply: Answered,
  verdict: Verdict,
  texts: string[],
  judging: Judging,
): Refusal | undefined {
  const words = texts.length > 0 ? ` It says: "${quote(texts.join(' '), judging.scrub)}"` : '';
  const subject = judging.thing ? `the ${judging.thing}` : 'the call';
  switch (reply.status) {
    case 401:
      return { kind: 'refused', reason: 'auth', text: loginRefused };
    case 429:
      return limited(reply, undefined, 'calls', judging);
    case 403:
      return { kind: 'refused', reason: 'invalid', text: `${permissionMissing}${words}` };
    case 404:
      return { kind: 'refused', reason: 'notFound', text: `Autotask has no such record or address.${words}` };
    case 405:
      return { kind: 'refused', reason: 'invalid', text: `Autotask does not offer this call.${words}` };
    case 400:
    case 409:
    case 422:
      if (verdict.kind === 'refused') return explain(verdict, texts, judging);
      return { kind: 'refused', reason: 'invalid', text: `Autotask refused ${subject}.${words}` };
    default:
      return undefined;
  }
}

/** §1.4: a wrong password and a locked user look the same. */
const loginRefused =
  'Autotask refused the login: the API Password is wrong, or the API user is locked or inactive.';
const permissionMissing =
  'The API user lacks a right in Autotask. An administrator can grant it in the security level of the API user.';

/** The vendor's texts as one sentence for people, with our name of the field. */
function explain(
  verdict: Extract<Verdict, { kind: 'refused' }>,
  texts: string[],
  { scrub, thing, fields }: Judging,
): Refusal {
  const words = quote(texts.map(withoutRecordNumber).join(' '), scrub);
  const refused = (text: string, field?: string): Refusal => ({
    kind: 'refused',
    reason: verdict.reason,
    text,
    ...(field ? { field } : {}),
  });
  if (verdict.cause === 'trackingIdentifier') {
    return refused('Autotask does not know the API Tracking Identifier, or it belongs to another API user.');
  }
  if (verdict.cause === 'permission') return refused(`${permissionMissing} It says: "${words}"`);
  if (verdict.cause === 'locked') {
    return refused(`The ticket in Autotask takes no changes: "${words}"`, 'ticket');
  }
  const sent = fields?.get(verdict.vendorField?.toLowerCase() ?? '');
  // A reference to a ticket that is refused and 404 for its address mean the same: there is no such ticket.
  if (sent?.key === 'ticket') {
    return { ...refused(`Autotask has no such ticket: "${words}"`, 'ticket'), reason: 'notFound' };
  }
  if (thing && sent)
    return refused(`Autotask refused the ${sent.words} of the ${thing}: "${words}"`, sent.key);
  return refused(`Autotask refused the ${thing ?? 'query'}: "${words}"`);
}

function withoutRecordNumber(text: string): string {
  return text
    .trim()
    .replace(/; ?on record number \[\d+\]\.?$/i, '')
    .trim();
}

const limitTexts = {
  threads: 'Autotask has too many calls with this API Tracking Identifier in flight at once.',
  threshold: 'Autotask has paused its API for this tenant: the calls allowed in an hour are used up.',
  calls: 'Autotask asks for fewer calls.',
};

function limited(
  reply: Answered,
  usualMs: number | undefined,
  text: keyof typeof limitTexts,
  { now }: Judging,
): Refusal {
  const wait = retryAfterMs(reply.headers['retry-after'], now) ?? usualMs;
  return {
    kind: 'refused',
    reason: 'rateLimited',
    text: limitTexts[text],
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function unreached(reply: Extract<PsaReply, { kind: 'notSent' }>, { scrub }: Judging): Refusal {
  const text = `Autotask was not reached: ${quote(reply.detail, scrub)}`;
  return { kind: 'refused', reason: 'network', text, ...(reply.reason === 'tls' && { isUntrusted: true }) };
}

/** A read that failed on the vendor's side; with its words, if it had any. */
function unclearAnswer(reply: Answered, { scrub }: Judging): Refusal {
  const { texts } = readErrorTexts(reply.text);
  const words = texts.length > 0 ? `: "${quote(texts.map(withoutRecordNumber).join(' '), scrub)}"` : '.';
  const reason = reply.status === 408 ? 'timeout' : 'serverError';
  return { kind: 'refused', reason, text: `Autotask failed with HTTP ${reply.status}${words}` };
}

function isSuccess(reply: Answered): boolean {
  return reply.status >= 200 && reply.status < 300;
}

/** Undefined if the text is not JSON; a zod schema then says so. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
