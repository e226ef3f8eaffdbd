import { describe, expect, it } from 'vitest';
import type { Outbound, Reply } from '../outbound/index.ts';
import { createPsaHttp, createSlots } from './http.ts';

/** Whether a promise has settled once everything that is due now has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('the slots of a connection', () => {
  it('that are fewer for a while let all in as soon as they are not', async () => {
    let most = 1;
    const slots = createSlots(3, 6, () => most);
    const first = await slots.take('a');
    const others = [slots.take('a'), slots.take('b'), slots.take('b')];
    expect([slots.free('a'), slots.tryTake('c'), slots.underWay()]).toEqual([0, undefined, 4]);
    expect(await isSettled(Promise.race(others))).toBe(false);
    most = 6;
    first();
    expect(await Promise.all(others.map(isSettled))).toEqual([true, true, true]);
    expect([slots.busy('a'), slots.busy('b'), slots.underWay()]).toEqual([1, 2, 3]);
  });

  it('never become more than they are', async () => {
    const slots = createSlots(2, 3, () => 10);
    const taken = [slots.tryTake('a'), slots.tryTake('a'), slots.tryTake('b')];
    expect(taken.every(Boolean)).toBe(true);
    expect([slots.tryTake('b'), slots.free('b')]).toEqual([undefined, 0]);
  });
});

describe('a call whose turn has come', () => {
  const answered = (status: number): Reply => ({
    kind: 'answered',
    status,
    headers: {},
    body: Buffer.from('{}'),
    durationMs: 1,
  });
  const request = { endpoint: 'Tickets', method: 'GET' as const, url: 'https://psa.example/', headers: {} };

  function open(statuses: number[]) {
    const made: string[] = [];
    const heard: number[] = [];
    const outbound = {
      call: async ({ url }: { url: string }) => {
        made.push(url);
        await new Promise((resolve) => setImmediate(resolve));
        return answered(statuses.shift() ?? 200);
      },
    } as unknown as Outbound;
    const http = createPsaHttp({
      outbound,
      deadlineMs: 1_000,
      slots: createSlots(1, 1),
      isShut: () => heard.includes(401),
      onAnswer: (status) => heard.push(status),
    });
    return { http, made, heard };
  }

  it('is not made any more after a refused login (promise D5)', async () => {
    const { http, made } = open([401]);
    const replies = await Promise.all([http(request), http(request), http(request)]);
    expect(replies.map(({ kind }) => kind)).toEqual(['answered', 'notSent', 'notSent']);
    expect(made).toHaveLength(1);
  });

  it('is made when the vendor does not count it, and needs no slot', async () => {
    const { http, heard } = open([401]);
    const first = http(request);
    const zone = http({ ...request, endpoint: 'zone', counted: false });
    expect((await zone).kind).toBe('answered');
    await first;
    expect((await http({ ...request, counted: false })).kind).toBe('answered');
    expect(heard).toHaveLength(1);
  });
});
