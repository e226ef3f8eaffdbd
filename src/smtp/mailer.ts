import { parseAllow, resolveBySystem } from '../outbound/index.ts';
import { type Endpoint, readEndpoint } from './endpoint.ts';
import { readEnvelope } from './envelope.ts';
import { createHealth, type Health } from './health.ts';
import { toLines } from './message.ts';
import { createPool, type Pool } from './pool.ts';
import type { Letter, SessionParts } from './session.ts';
import { secureContextOf } from './socket.ts';
import { stoppedTrouble, type Trouble } from './trouble.ts';
import type {
  Mail,
  Mailer,
  MailerOptions,
  MailLimits,
  MailOutcome,
  MailPermit,
  MailRefusal,
  MailServer,
  ServerCheck,
} from './types.ts';

const defaultLimits: MailLimits = {
  connections: 5,
  mailsPerConnection: 5,
  mailsEach: 100,
  setupMs: 30_000,
  commandMs: 60_000,
  blockMs: 180_000,
  answerMs: 600_000,
  totalMs: 900_000,
  slowMs: 10_000,
  idleMs: 30_000,
  replyBytes: 64 * 1024,
  restMs: 30_000,
  longestRestMs: 900_000,
};

/** A server with its connections, or why it is none. */
type Door = { shown: { host: string; port: number } } & (
  | { kind: 'open'; pool: Pool; health: Health }
  | { kind: 'closed'; trouble: Trouble }
);

type OpenDoor = Extract<Door, { kind: 'open' }>;

/** A server failed at a mail, and the mail may be why. */
interface Suspicion {
  pool: Pool;
  trouble: Trouble;
  suspect: 'recipient' | 'message';
}

/**
 * Opens the door for mail. Servers are tried in order; a mail goes on to the next only when it is proven that the one
 * before did not accept it.
 * @throws Error when an entry of `allow` is not a host, address or CIDR
 */
export function createMailer(options: MailerOptions): Mailer {
  const limits = { ...defaultLimits, ...options.limits };
  const { now, random = Math.random, log = () => {} } = options;
  const parsed = parseAllow([...options.allow]);
  if (!parsed.ok) throw new Error(parsed.message);
  const { allow } = parsed;
  const parts = {
    allow,
    limits,
    now,
    resolve: options.resolve ?? resolveBySystem,
    secureContext: secureContextOf(options.ca),
  };
  const healthOf = ({ host, port }: Endpoint) =>
    createHealth({ name: `${host}:${port}`, now, random, limits, log });
  const doors = options.servers.map((server) => openDoor(server, parts, healthOf));
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  async function deliver(mail: Mail, permit: MailPermit): Promise<MailOutcome> {
    const read = readEnvelope(mail);
    if ('kind' in read) return read;
    const endsAt = now() + limits.totalMs;
    const leftMs = () => endsAt - now();
    const letter: Letter = { envelope: read.envelope, message: toLines(mail.message), permit, leftMs };
    let last: Trouble | undefined;
    const suspicions: Suspicion[] = [];
    for (const door of inOrder(doors, mail.to)) {
      if (isClosed || leftMs() <= 0) break;
      if (!door.health.canUse()) continue;
      // It failed at this address not long ago: it has its turn in a later try.
      if (suspicions.length > 0 && door.health.doubtedUntil(mail.to) > 0) break;
      const sent = await door.pool.send(letter);
      if (sent.kind === 'outcome') {
        // Taken here, so it was not the mail.
        if (sent.outcome.kind === 'done') for (const { pool, trouble } of suspicions) pool.fail(trouble);
        return sent.outcome;
      }
      last = sent.trouble;
      if (sent.suspect) suspicions.push({ pool: door.pool, trouble: sent.trouble, suspect: sent.suspect });
    }
    if (isClosed) return refused(stoppedTrouble());
    const [first] = suspicions;
    return first ? refused(first.trouble, first.suspect) : withoutServer(doors, last);
  }

  function track<T>(promise: Promise<T>): Promise<T> {
    const tracked = promise.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    return tracked;
  }

  return {
    send: (mail, permit) =>
      isClosed ? Promise.resolve(refused(stoppedTrouble())) : track(deliver(mail, permit)),
    verify: () => track(Promise.all(doors.map(check))),
    state: () =>
      doors.map((door) => {
        const problem = (door.kind === 'open' ? door.health.trouble() : door.trouble)?.text;
        const stopped = door.kind === 'closed' || door.health.isStopped();
        return { ...door.shown, ...(problem ? { problem } : {}), stopped };
      }),
    connections: () =>
      doors.reduce((sum, door) => sum + (door.kind === 'open' ? door.pool.connections() : 0), 0),
    abort() {
      isClosed = true;
      for (const door of doors) if (door.kind === 'open') door.pool.abort();
    },
    async close() {
      isClosed = true;
      await Promise.allSettled([...underWay]);
      for (const door of doors) if (door.kind === 'open') door.pool.end();
    },
  };
}

function openDoor(
  server: MailServer,
  parts: SessionParts & { now: () => number },
  healthOf: (endpoint: Endpoint) => Health,
): Door {
  const shown = { host: server.host, port: server.port };
  const read = readEndpoint(server, parts.allow);
  if (!read.ok) return { kind: 'closed', shown, trouble: read.trouble };
  const health = healthOf(read.endpoint);
  return { kind: 'open', shown, health, pool: createPool(read.endpoint, health, parts) };
}

/** As configured, but one that failed at this address not long ago comes after the others. */
function inOrder(doors: readonly Door[], to: string): OpenDoor[] {
  const until = new Map<Door, number>();
  const open = doors.filter((door) => door.kind === 'open');
  for (const door of open) until.set(door, door.health.doubtedUntil(to));
  return open.toSorted((a, b) => (until.get(a) ?? 0) - (until.get(b) ?? 0));
}

async function check(door: Door): Promise<ServerCheck> {
  const trouble = door.kind === 'open' ? await door.pool.verify() : door.trouble;
  if (!trouble) return { ...door.shown, isOk: true };
  return { ...door.shown, isOk: false, reason: trouble.reason, text: trouble.text };
}

/** No server could be used: what the last one said that was tried, else what is known of the first. */
function withoutServer(doors: readonly Door[], last: Trouble | undefined): MailRefusal {
  const usable = doors.filter((door) => door.kind === 'open' && !door.health.isStopped());
  const known = doors.map((door) => (door.kind === 'open' ? door.health.trouble() : door.trouble));
  const trouble = last ?? known.find((each) => each !== undefined);
  const refusal = refused(trouble ?? { reason: 'network', text: 'No mail server is set up.' });
  if (usable.length === 0) return { ...refusal, isFinal: true };
  const waits = usable.map((door) => (door.kind === 'open' ? door.health.waitMs() : 0));
  return { ...refusal, retryAfterMs: Math.max(Math.ceil(Math.min(...waits)), 1_000) };
}

function refused({ reason, code, text }: Trouble, about: MailRefusal['about'] = 'server'): MailRefusal {
  return {
    kind: 'refused',
    about,
    isFinal: false,
    reason,
    ...(code === undefined ? {} : { code }),
    text,
  };
}
