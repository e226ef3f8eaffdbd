/**
 * Senders as a monitoring product has them: they send, wait for the whole 202, and send again, to the other instance
 * first, until they have it. They can also hang up in the middle of an answer.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertToSend, Entry, Ledger } from './ledger.ts';
import { apiKey } from './service.ts';

export interface Sender {
  /** Sends until the alert is acknowledged; `dropAt` (0 to 1) hangs up once, after that part of the first answer. */
  send(alert: AlertToSend, dropAt?: number): Promise<Entry>;
  /** Sends these, all of one workspace, in one request, once, and answers whether they were taken. */
  sendBatch(alerts: readonly AlertToSend[]): Promise<boolean>;
  readonly counts: Counts;
}

/** Over all alerts. */
export interface Counts {
  sends: number;
  /** Sends for which no instance gave a 202 in the first turn over all of them. */
  unavailable: number;
  /** Answers of 5xx, and of 429. */
  serverErrors: number;
  /** Connections refused, torn or silent. */
  broken: number;
  dropped: number;
}

export interface SenderOptions {
  ledger: Ledger;
  /** Addresses of the instances; sends take turns in where they begin. */
  urls: readonly string[];
  /** Connections at most. */
  connections?: number;
  /** Hears of every answer that was whole. */
  onAnswer?(heard: Heard): void;
}

/** What a sender sees of an answer. */
export interface Heard {
  status: number;
  retryAfterSeconds: number;
  tookMs: number;
}

const answerMs = 10_000;
const againMs = 50;
const mostTurns = 1_200;

export function createSender({ ledger, urls, connections = 64, onAnswer }: SenderOptions): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const counts: Counts = { sends: 0, unavailable: 0, serverErrors: 0, broken: 0, dropped: 0 };
  /** What the newest answer that was no 202 said. */
  let refusal = 'nothing was answered';

  async function tryOnce(
    url: string,
    entry: Entry,
    outgoing: Outgoing,
    dropAt?: number,
  ): Promise<'done' | 'again'> {
    const sentAt = performance.now();
    const answer = await post(agent, url, outgoing, dropAt);
    if (answer.kind !== 'whole') {
      counts[answer.kind] += 1;
      refusal = `the connection was ${answer.kind}`;
      return 'again';
    }
    const { status, retryAfterSeconds } = answer;
    onAnswer?.({ status, retryAfterSeconds, tookMs: performance.now() - sentAt });
    if (status >= 500 || status === 429) {
      counts.serverErrors += 1;
      refusal = `${status} ${answer.text}`;
      return 'again';
    }
    const [result] = resultsIn(answer.text);
    if (answer.status !== 202 || !result) throw new Error(`refused with ${answer.status}: ${answer.text}`);
    ledger.acknowledge(entry, result);
    return 'done';
  }

  return {
    counts,
    async sendBatch(alerts) {
      const entries = alerts.map((alert) => ledger.sending(alert));
      const url = urls[counts.sends % urls.length]!;
      counts.sends += alerts.length;
      const sentAt = performance.now();
      const answer = await post(agent, url, {
        body: JSON.stringify(alerts.map(nativeOf)),
        key: alerts[0]?.apiKey ?? apiKey,
      });
      if (answer.kind !== 'whole') {
        counts[answer.kind] += 1;
        return false;
      }
      const { status, retryAfterSeconds } = answer;
      onAnswer?.({ status, retryAfterSeconds, tookMs: performance.now() - sentAt });
      if (status !== 202) return false;
      for (const [i, result] of resultsIn(answer.text).entries()) ledger.acknowledge(entries[i]!, result);
      return true;
    },
    async send(alert, dropAt) {
      const entry = ledger.sending(alert);
      const outgoing = { body: JSON.stringify(nativeOf(alert)), key: alert.apiKey ?? apiKey };
      const first = counts.sends;
      counts.sends += 1;
      if (
        dropAt !== undefined &&
        (await tryOnce(urls[first % urls.length]!, entry, outgoing, dropAt)) === 'done'
      )
        return entry;
      for (let turn = 0; turn < mostTurns; turn += 1) {
        for (let i = 0; i < urls.length; i += 1) {
          if ((await tryOnce(urls[(first + i) % urls.length]!, entry, outgoing)) === 'done') return entry;
        }
        if (turn === 0) counts.unavailable += 1;
        await sleep(againMs);
      }
      throw new Error(`alert ${alert.externalId} was never acknowledged; last, ${refusal}`);
    },
  };
}

const resultsIn = (text: string): { id: string; status: string }[] =>
  (JSON.parse(text) as { results?: { id: string; status: string }[] }).results ?? [];

/** Work done by `parallel` workers; each takes the next item when it has finished one. */
export async function inParallel<T>(
  items: Iterable<T>,
  parallel: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** Resolves when the nth thing (from 0) of an even stream is due; late ones go at once. */
export function createPace(perSecond: number): (n: number) => Promise<void> {
  const began = performance.now();
  return async (n) => {
    const waitMs = began + (n * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
  };
}

interface Outgoing {
  body: string;
  key: string;
}

function nativeOf({ externalId, group, reference, severity }: AlertToSend) {
  return {
    source: 'promises',
    externalId,
    title: group,
    severity,
    organization: { externalId: reference },
  };
}

type Answer =
  | { kind: 'whole'; status: number; retryAfterSeconds: number; text: string }
  | { kind: 'broken' }
  | { kind: 'dropped' };

/** One POST; never throws. `dropAt` tears the connection once that part of the answer's body is here. */
function post(agent: Agent, url: string, { body, key }: Outgoing, dropAt?: number): Promise<Answer> {
  return new Promise((resolve) => {
    const broken = () => resolve({ kind: 'broken' });
    const outgoing = request(`${url}/api/v1/alerts`, {
      method: 'POST',
      agent,
      timeout: answerMs,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      },
    });
    outgoing.on('error', broken).on('timeout', () => outgoing.destroy());
    outgoing.on('response', (answer) => {
      if (dropAt === undefined) void readWhole(answer).then(resolve, broken);
      else dropAfter(answer, dropAt, () => resolve({ kind: 'dropped' }));
    });
    outgoing.end(body);
  });
}

async function readWhole(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return {
    kind: 'whole',
    status: answer.statusCode ?? 0,
    retryAfterSeconds: Number(answer.headers['retry-after'] ?? Number.NaN),
    text: Buffer.concat(chunks).toString(),
  };
}

/** The answer has begun, so the request was carried out: what is torn is our knowledge of it. */
function dropAfter(answer: IncomingMessage, part: number, done: () => void): void {
  let left = Math.floor(Number(answer.headers['content-length'] ?? 0) * part);
  const tear = () => {
    answer.socket.resetAndDestroy();
    done();
  };
  answer.on('error', done).on('end', done);
  if (left <= 0) tear();
  else
    answer.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left <= 0) tear();
    });
}
