/** Why a server could not be used, or not to the end: proven that it accepted nothing. */
import { explainTls } from '../outbound/index.ts';
import { oneLine } from './foreign.ts';
import type { MailReason } from './types.ts';

export interface Trouble {
  reason: MailReason;
  code?: number;
  /** A line for people, without secrets. */
  text: string;
  /** The server may have judged the password. */
  isAuthRefused?: boolean;
}

/** What ends a step of a connection: an error of the client, or a `Cut`. */
export type Failure = Error & {
  code?: string;
  originalCode?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
};

/** We ended the connection ourselves. */
export class Cut extends Error {
  readonly why: 'late' | 'tooLong' | 'stopped' | 'permit' | 'disorder';

  constructor(why: Cut['why']) {
    super(why);
    this.why = why;
  }
}

const cutTexts: Record<Cut['why'], [MailReason, string]> = {
  late: ['network', 'did not answer in time.'],
  tooLong: ['reply', 'answered at a length that no mail server needs.'],
  stopped: ['stopped', 'was left: mail is being stopped.'],
  permit: ['permit', 'was left: the mail may no longer be sent.'],
  disorder: ['reply', 'does not answer like a mail server.'],
};

const socketTexts: Record<string, string> = {
  ECONNREFUSED: 'refuses connections.',
  EHOSTUNREACH: 'cannot be reached.',
  ENETUNREACH: 'cannot be reached.',
  ETIMEDOUT: 'did not answer in time.',
};

export function stoppedTrouble(): Trouble {
  return { reason: 'stopped', text: 'The service is stopping.' };
}

/** A socket that could not be opened. */
export function explainSocket(host: string, code: string): Trouble {
  return { reason: 'network', text: `${host} ${socketTexts[code] ?? `gave no connection (${code}).`}` };
}

/** The codes at the beginning of a reply, such as `535 5.7.8`: digits only, so nothing of a sign-in is in it. */
const codesOf = (reply: string): string => /^\d{3}(?:[ -][245]\.\d{1,3}\.\d{1,3})?/.exec(reply)?.[0] ?? '';

/** @param isInHandshake the failure came while TLS was being agreed on */
export function explainFailure(
  host: string,
  error: Failure,
  { isInHandshake = false, secrets = [] }: { isInHandshake?: boolean; secrets?: readonly string[] } = {},
): Trouble {
  if (error instanceof Cut) {
    const [reason, rest] = cutTexts[error.why];
    return { reason, text: `${host} ${rest}` };
  }
  if (error.code === 'EAUTH') return explainSignIn(host, error);
  if (error.command === 'STARTTLS' && error.response !== undefined)
    return {
      reason: 'tls',
      code: error.responseCode,
      text: `${host} offers no encrypted connection (STARTTLS): ${oneLine(error.response, secrets)}`,
    };
  const code = error.originalCode ?? error.code ?? '';
  const tlsText = explainTls(code, error.message);
  if (tlsText) return { reason: 'tls', text: `No secure connection to ${host}: ${tlsText}.` };
  if (isInHandshake || error.code === 'ETLS')
    return { reason: 'tls', text: `No secure connection to ${host}: it ended the handshake.` };
  return explainReply(host, error, secrets) ?? explainEnd(host, error, code);
}

function explainReply(host: string, { response, responseCode }: Failure, secrets: readonly string[]) {
  if (!response || !responseCode || responseCode < 400 || responseCode > 599) return undefined;
  const reason: MailReason = responseCode < 500 ? 'busy' : 'reply';
  return { reason, code: responseCode, text: `${host} answered: ${oneLine(response, secrets)}` };
}

function explainEnd(host: string, error: Failure, code: string): Trouble {
  if (error.code === 'EPROTOCOL' || error.response)
    return { reason: 'reply', text: `${host} does not answer like a mail server.` };
  if (error.code === 'ETIMEDOUT') return { reason: 'network', text: `${host} did not answer in time.` };
  return { reason: 'network', text: `${host} ${socketTexts[code] ?? 'ended the connection.'}` };
}

function explainSignIn(host: string, { response = '', responseCode }: Failure): Trouble {
  const codes = codesOf(response);
  if (responseCode !== undefined && responseCode >= 400 && responseCode < 500)
    return { reason: 'busy', code: responseCode, text: `${host} cannot check the sign-in now (${codes}).` };
  return {
    reason: 'auth',
    code: responseCode,
    isAuthRefused: true,
    text: `${host} does not accept the user name or password${codes ? ` (${codes})` : ''}.`,
  };
}
