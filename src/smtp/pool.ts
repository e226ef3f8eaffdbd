/** The connections to one server: few, used again, and opened one after the other (promise K-11). */
import type { Endpoint } from './endpoint.ts';
import type { Health } from './health.ts';
import { type Letter, openSession, type Session, type SessionParts } from './session.ts';
import { Cut, explainFailure, stoppedTrouble, type Trouble } from './trouble.ts';
import type { Sent } from './verdict.ts';

export interface Pool {
  send(letter: Letter): Promise<Sent>;
  /** A trouble for which a mail was suspected was the server's own. */
  fail(trouble: Trouble): void;
  /** Opens a connection, signs in, and closes it again. */
  verify(): Promise<Trouble | undefined>;
  connections(): number;
  /** Ends all that is under way. */
  abort(): void;
  /** Closes what is idle, politely; nothing is sent after it. */
  end(): void;
}

interface Waiter {
  take(session: Session): void;
  give(trouble: Trouble): void;
}

/** Connections that were closed while idle, one after the other, before the mail is given up. */
const mostStale = 3;

export function createPool(
  endpoint: Endpoint,
  health: Health,
  parts: SessionParts & { now: () => number },
): Pool {
  const { limits, now } = parts;
  const open = new Set<Session>();
  const idle = new Map<Session, NodeJS.Timeout>();
  const waiting = new Set<Waiter>();
  /** Say goodbye; the server still counts them. */
  const leaving = new Set<Session>();
  const opening = new Set<AbortController>();
  let underWay = 0;
  /** A drain begins with one connection; when the server took a mail, there may be more. */
  let hasAccepted = false;
  /** The server refused a connection while others worked: there are no more than those for a while. */
  let cap = { connections: Number.POSITIVE_INFINITY, until: 0 };
  let isEnded = false;
  let isOpening = false;
  let turn: Promise<unknown> = Promise.resolve();

  const byServer = () => (now() < cap.until ? cap.connections : limits.connections);
  const quick = () => [...open].filter(({ isSlow }) => !isSlow);

  function most(): number {
    const mails = waiting.size + underWay;
    const byMails = hasAccepted ? Math.ceil(mails / limits.mailsPerConnection) : 1;
    return Math.max(1, Math.min(limits.connections, byMails, byServer()));
  }

  /** Sign-ins take turns, so that a wrong password is tried no more often than allowed. */
  function openInTurn(): Promise<Awaited<ReturnType<typeof openSession>>> {
    const opened = turn.then(async () => {
      if (isEnded) return { ok: false as const, trouble: stoppedTrouble() };
      if (health.isStopped()) return { ok: false as const, trouble: health.trouble() ?? stoppedTrouble() };
      const stop = new AbortController();
      opening.add(stop);
      const result = await openSession(endpoint, parts, stop).finally(() => opening.delete(stop));
      if (result.ok) health.opened();
      return result;
    });
    turn = opened.catch(() => undefined);
    return opened;
  }

  /** Opens one more connection; only one at a time. */
  async function grow(): Promise<void> {
    isOpening = true;
    const opened = await openInTurn();
    isOpening = false;
    if (opened.ok) {
      const { session } = opened;
      open.add(session);
      session.onGone = () => lose(session);
      session.onSlow = next;
      put(session);
    } else fail(opened.trouble);
    next();
  }

  /** Gives waiting mails a connection, or tells them that there will be none. */
  function next(): void {
    if (waiting.size === 0 || isOpening) return;
    const canUse = !isEnded && health.canUse();
    if (!canUse) giveUp(isEnded ? stoppedTrouble() : health.trouble());
    if (!canUse || open.size + leaving.size >= Math.min(limits.connections, byServer())) return;
    if (quick().length + leaving.size < most()) void grow();
  }

  function giveUp(trouble = stoppedTrouble()): void {
    for (const waiter of [...waiting]) waiter.give(trouble);
  }

  function lose(session: Session): void {
    open.delete(session);
    clearTimeout(idle.get(session));
    idle.delete(session);
    if (open.size === 0) hasAccepted = false;
    next();
  }

  function leave(session: Session): void {
    leaving.add(session);
    session.onGone = () => {
      leaving.delete(session);
      next();
    };
    lose(session);
    session.quit();
  }

  function closeIdle(): void {
    for (const session of [...idle.keys()]) leave(session);
  }

  /** A connection that is ready goes to who waits longest, else it is kept for a while. */
  function put(session: Session): void {
    if (session.isGone) return;
    const [waiter] = waiting;
    if (waiter) {
      waiter.take(session);
      return;
    }
    const timer = setTimeout(() => leave(session), limits.idleMs);
    timer.unref();
    idle.set(session, timer);
  }

  function take(letter: Letter): Promise<Session | Trouble> {
    if (isEnded) return Promise.resolve(stoppedTrouble());
    const [ready] = [...idle.keys()].slice(-1);
    if (ready) {
      clearTimeout(idle.get(ready));
      idle.delete(ready);
      return Promise.resolve(ready);
    }
    return new Promise((resolve) => {
      const end = (result: Session | Trouble) => {
        clearTimeout(timer);
        waiting.delete(waiter);
        resolve(result);
      };
      const waiter: Waiter = { take: end, give: end };
      const late = (): Trouble => ({
        reason: 'busy',
        text: `${endpoint.host} is busy with other mails: there was no turn in time.`,
      });
      const timer = setTimeout(() => end(late()), Math.max(letter.leftMs(), 0));
      waiting.add(waiter);
      next();
    });
  }

  async function send(letter: Letter): Promise<Sent> {
    for (let stale = 0; ; stale += 1) {
      const session = await take(letter);
      if ('reason' in session) return { kind: 'trouble', trouble: session, isStale: false };
      underWay += 1;
      let sent: Sent;
      try {
        sent = await session.send(letter);
      } finally {
        underWay -= 1;
        void giveBack(session);
      }
      if (sent.kind === 'outcome') return learn(sent, letter);
      if (!sent.isStale) return learnTrouble(sent, letter);
      // What else was idle is probably gone as well, and nobody listens to a goodbye.
      for (const each of [...idle.keys()]) each.cut(new Cut('stopped'));
      if (stale >= mostStale) return sent;
    }
  }

  function learn(sent: Extract<Sent, { kind: 'outcome' }>, { envelope }: Letter): Sent {
    const { outcome } = sent;
    if (outcome.kind === 'done') hasAccepted = true;
    const isAnswered = outcome.kind === 'done' || (outcome.kind === 'refused' && outcome.reason !== 'permit');
    if (isAnswered) health.worked(envelope.to);
    return sent;
  }

  /** Others go on over a server that failed at one address only. */
  function learnTrouble(sent: Extract<Sent, { kind: 'trouble' }>, { envelope }: Letter): Sent {
    if (sent.suspect && health.doubt(envelope.to)) {
      health.note(sent.trouble);
      return sent;
    }
    fail(sent.trouble);
    const { suspect: _, ...cleared } = sent;
    return cleared;
  }

  async function giveBack(session: Session): Promise<void> {
    await session.settle();
    if (session.isGone || !open.has(session)) {
      next();
      return;
    }
    const isWorn = session.mails >= limits.mailsEach;
    if (isEnded || isWorn || !health.canUse() || quick().length > most()) leave(session);
    else put(session);
    next();
  }

  function fail(trouble: Trouble): void {
    if (isEnded || trouble.reason === 'stopped') return;
    // Where mails are under way the server works; it only wants no more connections than these.
    const working = Math.min(underWay, quick().length);
    if (working > 0 && !trouble.isAuthRefused) {
      cap = { connections: open.size, until: now() + limits.restMs };
      setTimeout(next, limits.restMs).unref();
      health.note(trouble);
      return;
    }
    health.rest(trouble);
    closeIdle();
  }

  return {
    send,
    fail,
    async verify() {
      if (health.isStopped()) return health.trouble();
      const opened = await openInTurn();
      if (!opened.ok) {
        if (opened.trouble.reason !== 'stopped') health.note(opened.trouble);
        return opened.trouble;
      }
      health.worked();
      opened.session.quit();
      return undefined;
    },
    connections: () => open.size + leaving.size + opening.size,
    abort() {
      isEnded = true;
      const reason = new Cut('stopped');
      for (const stop of opening) stop.abort(reason);
      for (const session of [...open, ...leaving]) session.cut(reason);
      giveUp(explainFailure(endpoint.host, reason));
    },
    end() {
      isEnded = true;
      for (const stop of opening) stop.abort(new Cut('stopped'));
      for (const session of [...open]) leave(session);
      giveUp();
    },
  };
}
