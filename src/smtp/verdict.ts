/** What an answer, or the lack of one, proves about a mail: pure. */
import type { Envelope } from './envelope.ts';
import { oneLine } from './foreign.ts';
import type { LineText } from './message.ts';
import type { Offers } from './offers.ts';
import type { Phase } from './session.ts';
import { Cut, explainFailure, type Failure, type Trouble } from './trouble.ts';
import type { MailOutcome, MailRefusal } from './types.ts';

/** What became of a mail on one connection. */
export type Sent =
  | { kind: 'outcome'; outcome: MailOutcome }
  /** Nothing was accepted, and it is not the mail's fault: another server may have it. */
  | {
      kind: 'trouble';
      trouble: Trouble;
      /** The connection had been used before and was gone before it was told anything. */
      isStale: boolean;
      /** The server had taken MAIL FROM: this mail's recipient or its message may be why, and others may pass. */
      suspect?: 'recipient' | 'message';
    };

interface About {
  host: string;
  secrets: readonly string[];
  phase: Phase | undefined;
}

/** What the server's own words at EHLO forbid: it is not even asked. */
export function judgeOffers(
  offers: Offers,
  { international }: Envelope,
  { bytes, hasEightBit }: LineText,
): MailRefusal | undefined {
  const { mostBytes } = offers;
  if (mostBytes !== undefined && bytes.length > mostBytes) {
    const text = `The mail has ${bytes.length} bytes, and the mail server takes ${mostBytes}.`;
    return { ...refused('message', true), reason: 'size', text, mostBytes };
  }
  if (international && !offers.smtpUtf8) {
    const text = 'The mail server takes no addresses with letters beyond ASCII before the @.';
    return { ...refused(international === 'to' ? 'recipient' : 'message', true), reason: 'address', text };
  }
  if (hasEightBit && !offers.eightBit) {
    const text = 'The mail has bytes that this mail server does not take (8BITMIME).';
    return { ...refused('message', true), reason: 'reply', text };
  }
  return undefined;
}

/** The answer to the final dot; the client lets pass whatever begins with a 2. */
export function judgeReply(response: string, { host, secrets }: About): Sent {
  if (/^2\d\d(?![^\s-])/.test(response))
    return { kind: 'outcome', outcome: { kind: 'done', reply: oneLine(response, secrets), server: host } };
  const trouble = explainFailure(host, new Cut('disorder'));
  return {
    kind: 'outcome',
    outcome: { kind: 'uncertain', evidence: evidenceOf(trouble, response, secrets) },
  };
}

/**
 * @param isStale nothing but perhaps a goodbye was answered, on a connection that had been used before
 * @param isBegun MAIL FROM was answered, and something after it went wrong
 */
export function judgeFailure(error: Failure, about: About & { isStale: boolean; isBegun: boolean }): Sent {
  if (error instanceof Cut && error.why === 'permit') return { kind: 'outcome', outcome: permitRefusal() };
  const { host, secrets, phase, isStale, isBegun } = about;
  const { response = '', responseCode: code = 0 } = error;
  const trouble = explainFailure(host, error, { secrets });
  const isRefused = code >= 400 && code <= 599;
  if (phase === 'answer' || (phase === 'content' && isRefused)) {
    if (isRefused) return refusedReply('message', code, response, about);
    return {
      kind: 'outcome',
      outcome: { kind: 'uncertain', evidence: evidenceOf(trouble, response, secrets) },
    };
  }
  const stage = error.command;
  // 503 says that commands came in disorder, which the same mail on a new connection need not meet.
  if (!isRefused || code === 421 || code === 503 || stage === 'CONN') {
    const suspect = phase === 'content' ? 'message' : 'recipient';
    const isSuspect = isBegun && trouble.reason !== 'stopped';
    return { kind: 'trouble', trouble, isStale, ...(isSuspect && { suspect }) };
  }
  if (stage === 'MAIL FROM' && code === 530)
    return {
      kind: 'trouble',
      trouble: { reason: 'auth', code, text: `${host} wants a sign-in: ${oneLine(response, secrets)}` },
      isStale: false,
    };
  return refusedReply(stage === 'RCPT TO' ? 'recipient' : 'message', code, response, about);
}

/** The permit said no before a byte of the content had left. */
function permitRefusal(): MailRefusal {
  const text = 'The mail was not sent: its time to be sent was over.';
  return { ...refused('message', false), reason: 'permit', text };
}

function refusedReply(
  about: MailRefusal['about'],
  code: number,
  response: string,
  { host, secrets, phase }: About,
): Sent {
  const text = `${host} answered: ${oneLine(response, secrets)}`;
  const isSize = /^\d{3}[ -]5\.3\.4\b/.test(response) || (code === 552 && phase === 'envelope');
  const reason = isSize && about === 'message' ? 'size' : 'reply';
  return { kind: 'outcome', outcome: { ...refused(about, code >= 500), reason, code, text } };
}

function refused(
  about: MailRefusal['about'],
  isFinal: boolean,
): Pick<MailRefusal, 'kind' | 'about' | 'isFinal'> {
  return { kind: 'refused', about, isFinal };
}

function evidenceOf({ text }: Trouble, response: string, secrets: readonly string[]): string {
  const start = `The mail was complete on its way, and no answer says what became of it: ${text}`;
  return response ? `${start} (${oneLine(response, secrets)})` : start;
}
