import { ConnectRefusal } from './connector.ts';
import type { NotSentReason, UnknownReason } from './types.ts';

/** A reason with its sentence. */
export type Trouble<Reason> = { reason: Reason; detail: string };

type ClientError = Error & { code?: string };

const TLS_TEXTS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'it does not send its intermediate certificate, or its authority is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate of its authority is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted here',
  INVALID_PURPOSE: 'its certificate is not for servers',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it offers no TLS version that is accepted here (1.2 or newer)',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it offers no TLS version that is accepted here (1.2 or newer)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on this port',
};

const OTHER_TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|CRL_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|PATH_LENGTH_|EPROTO$)/;

const CONNECT_TEXTS: Record<string, string> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'closed the connection before the request was sent',
  UND_ERR_SOCKET: 'closed the connection before the request was sent',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept a connection in time',
};

/** Why a request that was never started was not sent. */
export function explainNotSent(error: ClientError, host: string): Trouble<NotSentReason> {
  const code = error.code ?? '';
  if (error instanceof ConnectRefusal) return { reason: error.reason, detail: error.message };
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return { reason: 'badRequest', detail: `The request cannot be written as HTTP: ${error.message}.` };
  }
  const tlsText = explainTls(code, error.message);
  if (tlsText) return { reason: 'tls', detail: `No secure connection to ${host}: ${tlsText}.` };
  return {
    reason: 'connect',
    detail: `${host} ${CONNECT_TEXTS[code] ?? `gave no connection (${code || error.name})`}.`,
  };
}

/** Why a request that was started has no complete answer. */
export function explainUnknown(error: ClientError, host: string, hasStatus: boolean): Trouble<UnknownReason> {
  const code = error.code ?? '';
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return { reason: 'protocol', detail: `The headers of ${host}’s answer are too large.` };
  }
  const isForeign = error.name === 'HTTPParserError' && !error.message.includes('Invalid EOF state');
  if (isForeign || /^bad (response|upgrade)$/.test(error.message)) {
    return { reason: 'protocol', detail: `${host} answered with something that is not HTTP.` };
  }
  if (hasStatus) return { reason: 'truncated', detail: `${host} broke off in the middle of its answer.` };
  return { reason: 'reset', detail: `${host} closed the connection without an answer.` };
}

/** What went wrong in a TLS handshake, as the end of a sentence; undefined when it is nothing of TLS. */
export function explainTls(code: string, message: string): string | undefined {
  if (message.includes('before secure TLS connection was established')) {
    return 'it closed the connection during the handshake';
  }
  if (TLS_TEXTS[code]) return TLS_TEXTS[code];
  return OTHER_TLS_CODE.test(code) ? `the handshake failed (${code})` : undefined;
}
