/** Alerts flow: each is sent, followed, and shown in the order of sending. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, refusalOf } from '../cli/client.ts';
import { type BlockAlert, block } from './blocks.ts';
import { type Counts, countsInWords, noCounts } from './counts.ts';
import type { Screen } from './screen.ts';
import { type DemoRequest, demoRequests } from './stream.ts';
import { type Result, type Shown, type Watching, watch } from './watch.ts';

export interface FlowOptions extends Pick<Watching, 'client' | 'abort' | 'linkOf'> {
  screen: Screen;
  /** Alerts per second. */
  rate: number;
  /** Ends after so many; without it the flow is endless. */
  count: number | undefined;
}

/** What sending, watching and showing share. */
interface Flow extends FlowOptions, Watching {
  /** Sent and not shown yet, in the order of sending. */
  queue: Promise<Shown | undefined>[];
  isSending: boolean;
}

/** At the end, what is still under way gets this long. */
const lastPatienceMs = 60_000;
const summaryEveryMs = 10_000;
const statusEveryMs = 300;
const queuePollMs = 40;
/** A backlog of so many seconds is shown without pauses. */
const mostBehindSeconds = 15;

/** Answers the counts when `count` is reached or the demo is told to end. */
export async function runFlow(options: FlowOptions): Promise<Counts> {
  const { screen } = options;
  const counts = noCounts();
  const flow: Flow = { ...options, counts, queue: [], unfinished: new Set(), isSending: true };
  const timer = screen.isTty
    ? setInterval(() => screen.status(countsInWords(counts)), statusEveryMs)
    : setInterval(() => screen.print(countsInWords(counts)), summaryEveryMs);
  try {
    await Promise.all([send(flow), show(flow)]);
    await Promise.race([Promise.all(flow.unfinished), pause(lastPatienceMs, options.abort)]);
  } finally {
    clearInterval(timer);
    screen.end();
  }
  return counts;
}

/** Sends at the wished pace; following the alerts never holds it up. */
async function send(flow: Flow): Promise<void> {
  const { client, counts, rate, count = Number.POSITIVE_INFINITY, abort } = flow;
  const begun = performance.now();
  try {
    for (const request of demoRequests(() => new Date())) {
      await pause(begun + (counts.sent / rate) * 1_000 - performance.now(), abort);
      if (abort.aborted || counts.sent >= count) return;
      const at = new Date();
      for (const [position, result] of (await post(client, request)).entries()) {
        counts.sent += 1;
        counts.underWay += 1;
        flow.queue.push(watch(flow, { at, result, request, position }));
      }
    }
  } finally {
    flow.isSending = false;
  }
}

async function post(client: Client, { format, body }: DemoRequest): Promise<Result[]> {
  const path = format === 'native' ? '/alerts' : `/intake/${format}`;
  const reply = await client.send('POST', path, JSON.stringify(body));
  const { results } = (reply.body ?? {}) as { results?: Result[] };
  return results ?? [{ status: 'rejected', error: { message: refusalOf(reply, client.url) } }];
}

/** Shows the blocks a little apart: ticket numbers come in bulk, and a burst cannot be read. */
async function show(flow: Flow): Promise<void> {
  const { queue, screen, rate, count, abort } = flow;
  while (!abort.aborted && (flow.isSending || queue.length > 0)) {
    const shown = await queue.shift();
    if (shown) screen.print(...block(shown.alert as BlockAlert, shown.story, screen.layout()));
    const isHurried = queue.length > rate * mostBehindSeconds || (count !== undefined && !flow.isSending);
    if (!isHurried) await pause(shown ? 700 / rate : queuePollMs, abort);
  }
  // After the end was asked for, they are counted and not shown.
  await Promise.all(queue);
}

/** Waits, but not beyond the end of the demo. */
const pause = (ms: number, abort: AbortSignal): Promise<unknown> =>
  ms > 0 ? sleep(ms, undefined, { signal: abort }).catch(() => undefined) : Promise.resolve();
