/** For tests: calls a simulator for an adapter, telling what was sent as the product's own door does. */
import { Agent, request } from 'undici';
import type { PsaHttp, PsaReply } from './contract.ts';

export interface ConformanceHttp {
  http: PsaHttp;
  /** Ends the calls under way as a deadline would: a test decides when, so none has to wait. */
  giveUp(): void;
  close(): Promise<void>;
}

/** Errors of a connection that was never made. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Without kept-alive connections, so that a server that goes away is not met on an old one. */
export function createConformanceHttp(): ConformanceHttp {
  const dispatcher = new Agent({ pipelining: 0 });
  let deadline = new AbortController();

  const http: PsaHttp = async ({ method, url, headers, body, permit }) => {
    if (permit?.() === false) return { kind: 'notSent', reason: 'permit', detail: 'The permit has expired.' };
    const { signal } = deadline;
    let status: number | undefined;
    try {
      const answer = await request(url, { method, headers, body: body ?? null, dispatcher, signal });
      status = answer.statusCode;
      return { kind: 'answered', status, headers: answer.headers, text: await answer.body.text() };
    } catch (error) {
      return trouble(error as Error & { code?: string }, signal, status);
    }
  };

  return {
    http,
    giveUp() {
      deadline.abort();
      deadline = new AbortController();
    },
    close: () => dispatcher.destroy(),
  };
}

function trouble(error: Error & { code?: string }, deadline: AbortSignal, status?: number): PsaReply {
  const detail = error.message;
  if (status !== undefined) return { kind: 'unknown', reason: 'truncated', detail, status };
  if (deadline.aborted)
    return { kind: 'unknown', reason: 'timeout', detail: 'No answer within the deadline.' };
  if (neverConnected.has(error.code ?? '')) return { kind: 'notSent', reason: 'connect', detail };
  return { kind: 'unknown', reason: 'reset', detail };
}
