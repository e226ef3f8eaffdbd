/** One connection to a mail server, from the socket to QUIT; at most one step of it is under way at a time. */
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Allow, Resolve } from '../outbound/index.ts';
import { Ear } from './ear.ts';
import type { Endpoint } from './endpoint.ts';
import type { Envelope } from './envelope.ts';
import { secretsOf } from './foreign.ts';
import { type LineText, MessageStream } from './message.ts';
import { openSocket } from './socket.ts';
import { Cut, explainFailure, type Failure, type Trouble } from './trouble.ts';
import type { MailLimits, MailPermit } from './types.ts';
import { judgeFailure, judgeOffers, judgeReply, type Sent } from './verdict.ts';

/** What all connections of a mailer share. */
export interface SessionParts {
  allow: Allow;
  resolve: Resolve;
  secureContext: SecureContext;
  limits: MailLimits;
}

/** A mail as a connection gets it. */
export interface Letter {
  envelope: Envelope;
  message: LineText;
  permit: MailPermit;
  /** What is left of its time, in milliseconds. */
  leftMs(): number;
}

/** How far the mail under way has come; what a failure proves depends on it. */
export type Phase = 'envelope' | 'content' | 'answer';

type Ended<T> = { ok: true; value: T } | { ok: false; error: Failure };
type Done<T> = (error: Failure | null | undefined, value?: T) => void;

/** How long a server has to answer QUIT. */
const quitMs = 2_000;

/**
 * Opens a connection, with TLS and signed in as the endpoint says.
 * @param stop ends the attempt; its reason is a `Cut`
 */
export async function openSession(
  endpoint: Endpoint,
  parts: SessionParts,
  stop: AbortController,
): Promise<{ ok: true; session: Session } | { ok: false; trouble: Trouble }> {
  const ms = parts.limits.setupMs;
  const timer = setTimeout(() => stop.abort(new Cut('late')), ms);
  try {
    const opened = await openSocket(endpoint, { ...parts, signal: stop.signal, ms });
    if (!opened.ok) return opened;
    const session = new Session(endpoint, opened.socket, parts);
    const onAbort = () => session.cut(stop.signal.reason);
    if (stop.signal.aborted) onAbort();
    stop.signal.addEventListener('abort', onAbort);
    const trouble = await session.begin();
    stop.signal.removeEventListener('abort', onAbort);
    return trouble ? { ok: false, trouble } : { ok: true, session };
  } finally {
    clearTimeout(timer);
  }
}

export class Session {
  /** Mails that were begun on it. */
  mails = 0;
  /** The mail under way takes so long that others should not wait for this connection. */
  isSlow = false;
  /** The connection has ended. */
  isGone = false;
  onGone: () => void = () => {};
  onSlow: () => void = () => {};

  readonly #endpoint: Endpoint;
  readonly #limits: MailLimits;
  readonly #socket: Socket;
  readonly #client: SMTPConnection;
  readonly #secrets: readonly string[];
  readonly #ear: Ear;
  #phase: Phase | undefined;
  #needsReset = false;
  #settle: ((error: Failure) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(endpoint: Endpoint, socket: Socket, { limits, secureContext }: SessionParts) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#socket = socket;
    this.#secrets = secretsOf(endpoint.signIn);
    this.#ear = new Ear({
      socket: () => this.#client._socket || undefined,
      mostBytes: limits.replyBytes,
      onTooLong: () => this.cut(new Cut('tooLong')),
      onAsked: () => this.#arm(limits.commandMs),
      onAnswered: (more) => {
        if (more) this.#arm(limits.commandMs);
        else if (this.#phase === undefined || this.#phase === 'envelope') clearTimeout(this.#timer);
      },
    });
    this.#client = new SMTPConnection({
      connection: socket,
      host: endpoint.host,
      port: endpoint.port,
      secure: endpoint.security === 'tls',
      requireTLS: endpoint.security === 'starttls',
      ignoreTLS: endpoint.security === 'none',
      // Given out loud: an environment variable could turn the check off.
      tls: { secureContext, rejectUnauthorized: true },
      maxResponseSize: limits.replyBytes,
      socketCloseTimeout: 0,
      // The deadlines are ours; these only must not come before them.
      connectionTimeout: 2 * limits.setupMs,
      greetingTimeout: 2 * limits.setupMs,
      socketTimeout: 2 * limits.totalMs,
      // The client's public way of showing each command and reply.
      transactionLog: true,
      logger: { debug: (entry, text) => this.#ear.hear(entry, text), info: () => this.#ear.watch() },
    });
    this.#client.on('error', (error: Failure) => this.#end(error));
    // The client ends a connection first and tells the mail under way why right after it.
    this.#client.on('end', () => queueMicrotask(() => this.#end(new Error('The connection ended.'))));
  }

  /** Greeting, EHLO, TLS and sign-in. */
  async begin(): Promise<Trouble | undefined> {
    const greeted = await this.#step<void>((done) => this.#client.connect((error) => done(error)));
    if (!greeted.ok) return this.#explain(greeted.error);
    const { host, security, signIn } = this.#endpoint;
    // The client sees to it; should it ever not, nothing is said in clear text.
    if (security !== 'none' && !this.#isEncrypted()) return this.#explain(new Cut('disorder'));
    if (!signIn) return undefined;
    if (!this.#ear.offers.signIn) {
      this.quit();
      return { reason: 'auth', text: `${host} offers no sign-in with user name and password.` };
    }
    const auth = { user: signIn.user, pass: signIn.password };
    const entered = await this.#step<unknown>((done) => this.#client.login(auth, done));
    return entered.ok ? undefined : this.#explain(entered.error);
  }

  /** Sends one mail. What it throws is thrown by the permit. */
  async send({ envelope, message, permit, leftMs }: Letter): Promise<Sent> {
    const refusal = judgeOffers(this.#ear.offers, envelope, message);
    if (refusal) return { kind: 'outcome', outcome: refusal };
    const isFirst = this.mails === 0;
    this.mails += 1;
    this.#begin();
    const total = setTimeout(() => this.cut(new Cut('late')), Math.max(leftMs(), 0));
    const slow = setTimeout(() => this.#slow(), this.#limits.slowMs);
    const asked = watchPermit(permit);
    const ended = await this.#transmit(envelope, message, asked.ask);
    clearTimeout(total);
    clearTimeout(slow);
    this.isSlow = false;
    const phase = this.#phase;
    this.#phase = undefined;
    asked.rethrow();
    const about = { host: this.#endpoint.host, secrets: this.#secrets, phase };
    const isStale = !isFirst && this.#ear.replies <= (isGoodbye(ended) ? 1 : 0);
    const isAccepted = ended.ok && phase === 'answer';
    const answered = isAccepted ? judgeReply(ended.value.response, about) : undefined;
    if (answered?.kind === 'outcome' && answered.outcome.kind === 'done') return answered;
    const error: Failure = ended.ok ? new Cut('disorder') : ended.error;
    // What failed may have been answered itself; MAIL FROM was the first to be.
    const isBegun = this.#ear.replies - (error.response === undefined ? 0 : 1) > 0;
    const sent = answered ?? judgeFailure(error, { ...about, isStale, isBegun });
    this.#needsReset = this.#ear.replies > 0;
    // A reply in the middle of the content, or none to its end, leaves nothing that could be used again.
    const isAnswered = sent.kind === 'outcome' && sent.outcome.kind === 'refused' && phase !== 'content';
    if (phase !== 'envelope' && !isAnswered) this.cut(error);
    return sent;
  }

  #begin(): void {
    this.#phase = 'envelope';
    this.#ear.beginMail();
  }

  #slow(): void {
    this.isSlow = true;
    this.onSlow();
  }

  #transmit(
    { from, to }: Envelope,
    { bytes, hasEightBit }: LineText,
    permit: MailPermit,
  ): Promise<Ended<SMTPConnection.SentMessageInfo>> {
    const stream = new MessageStream(bytes, {
      mayStart: () => this.#mayStart(permit),
      onBlock: () => this.#enter('content', this.#limits.blockMs),
      onEnd: () => this.#enter('answer', this.#limits.answerMs),
    });
    return this.#step((done) => {
      if (!permit('envelope')) return done(new Cut('permit'));
      this.#client.send({ from, to, size: bytes.length, use8BitMime: hasEightBit }, stream, done);
    });
  }

  /** The first byte follows only a reply that asks for it, and the last that was said; the client is content with less. */
  #mayStart(permit: MailPermit): boolean {
    const isAskedFor = String(this.#client.lastServerResponse).startsWith('3') && this.#ear.isQuiet;
    if (isAskedFor && permit('content')) return true;
    this.cut(new Cut(isAskedFor ? 'permit' : 'disorder'));
    return false;
  }

  /**
   * Makes the connection ready for another mail, or ends it: after a refusal the server forgets what it was told, and
   * two turns of the event loop show whether it says more than it was asked.
   */
  async settle(): Promise<void> {
    if (this.#needsReset && !this.isGone) {
      this.#needsReset = false;
      this.#ear.reset();
      const ended = await this.#step<unknown>((done) => this.#client.reset(done));
      if (!ended.ok) this.cut(new Cut('disorder'));
    }
    await setImmediate();
    await setImmediate();
    if (!this.#ear.isQuiet) this.cut(new Cut('disorder'));
  }

  /** Ends the connection politely. */
  quit(): void {
    if (this.isGone) return;
    const timer = setTimeout(() => this.cut(new Cut('late')), quitMs);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
    this.#client.quit();
  }

  /** Ends the connection now, and with it the step under way. */
  cut(reason: unknown): void {
    this.#end(reason instanceof Error ? reason : new Cut('stopped'));
  }

  #explain(error: Failure): Trouble {
    const isInHandshake = this.#client.upgrading === true;
    this.cut(error);
    return explainFailure(this.#endpoint.host, error, { isInHandshake, secrets: this.#secrets });
  }

  #isEncrypted(): boolean {
    const socket = this.#client._socket;
    return this.#client.secure && Boolean(socket) && 'encrypted' in (socket as Socket);
  }

  #step<T>(begin: (done: Done<T>) => void): Promise<Ended<T>> {
    return new Promise((resolve) => {
      if (this.isGone) return resolve({ ok: false, error: new Error('The connection has ended.') });
      const settle = (ended: Ended<T>) => {
        if (this.#settle !== fail) return;
        this.#settle = undefined;
        clearTimeout(this.#timer);
        resolve(ended);
      };
      const fail = (error: Failure) => settle({ ok: false, error });
      this.#settle = fail;
      begin((error, value) => (error ? fail(error) : settle({ ok: true, value: value as T })));
    });
  }

  #end(error: Failure): void {
    this.#settle?.(error);
    if (this.isGone) return;
    this.isGone = true;
    clearTimeout(this.#timer);
    this.#ear.close();
    this.#client.close();
    this.#socket.destroy();
    this.onGone();
  }

  #enter(phase: Phase, ms: number): void {
    this.#phase = phase;
    this.#arm(ms);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.cut(new Cut('late')), ms);
  }
}

const isGoodbye = (ended: Ended<unknown>): boolean => !ended.ok && ended.error.responseCode === 421;

/** A permit that throws says no, and throws again when the connection is in order. */
function watchPermit(permit: MailPermit): { ask: MailPermit; rethrow: () => void } {
  let thrown: { error: unknown } | undefined;
  return {
    ask(moment) {
      try {
        return permit(moment);
      } catch (error) {
        thrown = { error };
        return false;
      }
    },
    rethrow() {
      if (thrown) throw thrown.error;
    },
  };
}
