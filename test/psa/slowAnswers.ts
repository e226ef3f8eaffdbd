/** Answers that never end, and when they are given up (promises J-7, M10). */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createOutbound } from '../../src/outbound/index.ts';

const head = 'HTTP/1.1 200 OK\r\n';
const everyMs = 1_000;

/** What is sent at once, and then over and over; a long wait before the first byte comes on top of it. */
const slowAnswers: readonly { name: string; first: string; again: string; silentMs?: number }[] = [
  { name: 'a byte at a time', first: `${head}content-length: 100000\r\n\r\n`, again: ' ' },
  { name: 'late, then a byte at a time', first: head, again: 'x', silentMs: 10_000 },
  { name: 'headers without end', first: head, again: 'x-more: 1\r\n' },
];

export interface GivenUp {
  /** Calls that came to anything else than not knowing, for want of time. */
  wrong: string[];
  earliestMs: number;
  latestMs: number;
}

/** Calls each of them so often, all at once; `deadlineMs` in place of the door's own deadline. */
export async function timeSlowAnswers(times: number, deadlineMs?: number): Promise<GivenUp> {
  const door = createOutbound({ allow: ['127.0.0.1'], limits: { connectionsPerOrigin: times } });
  const wrong: string[] = [];
  const tookMs: number[] = [];
  const calls = slowAnswers.map(async ({ name, ...answer }) => {
    const server = createServer((socket) => drip(socket, answer));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const call = async () => {
      const began = performance.now();
      const reply = await door.call({ method: 'POST', url, body: '{}', ...(deadlineMs && { deadlineMs }) });
      tookMs.push(performance.now() - began);
      const came = reply.kind === 'answered' ? 'an answer' : `${reply.kind}, ${reply.reason}`;
      if (came !== 'unknown, timeout') wrong.push(`${name}: ${came}`);
    };
    await Promise.all(Array.from({ length: times }, call));
    server.close();
  });
  try {
    await Promise.all(calls);
  } finally {
    await door.close();
  }
  return { wrong, earliestMs: Math.min(...tookMs), latestMs: Math.max(...tookMs) };
}

function drip(socket: Socket, { first, again, silentMs = 0 }: Omit<(typeof slowAnswers)[number], 'name'>) {
  let timer: NodeJS.Timeout | undefined;
  const waiting = setTimeout(() => {
    socket.write(first);
    timer = setInterval(() => socket.write(again), everyMs);
  }, silentMs);
  socket.on('error', () => undefined).on('data', () => undefined);
  socket.on('close', () => {
    clearTimeout(waiting);
    clearInterval(timer);
  });
}
