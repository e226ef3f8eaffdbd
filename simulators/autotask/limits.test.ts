import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { goodTicket, holdTimers, patience, type Reply, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
let nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
beforeAll(async () => {
  simulator = await startForTest({ now: () => nowMs, settings: { otherCodes: ['SECONDCODE'] } });
});
beforeEach(() => simulator.state.reset());
afterAll(() => simulator.close());

const set = (switches: object) => simulator.plain('POST', '/control/set', switches);
const statusesOf = (replies: Reply[]): number[] => replies.map((reply) => reply.status).sort();

/** Sends the calls together: none ends before all have come. */
async function together(
  calls: readonly [string, string, unknown?, Record<string, string>?][],
): Promise<Reply[]> {
  await set({ latencyMs: 1 });
  const held = holdTimers(simulator);
  const before = simulator.state.ledger.lastRequest;
  const replies = calls.map(([method, path, body, headers]) => simulator.api(method, path, body, headers));
  const { ledger } = simulator.state;
  const answered = (): number => ledger.requestsSince(before).filter((call) => call.ms !== null).length;
  await expect.poll(() => held.count() + answered(), patience).toBe(calls.length);
  held.release();
  return Promise.all(replies);
}

describe('calls in flight', () => {
  it('the fourth on one entity is 429 with the thread text and without Retry-After', async () => {
    const replies = await together([
      ['GET', '/Tickets/1'],
      ['POST', '/Tickets', goodTicket()],
      ['GET', '/Tickets/entityInformation/fields'],
      ['POST', '/Tickets/query', { Filter: [] }],
    ]);
    expect(statusesOf(replies)).toEqual([200, 200, 200, 429]);
    const refused = replies.find((reply) => reply.status === 429);
    expect(refused?.json.errors[0]).toContain('thread threshold of 3 threads has been exceeded');
    expect(refused?.json.errors[0]).toContain('Itgenatr005');
    expect(refused?.headers['retry-after']).toBeUndefined();
  });

  it('children share the place of their parent, other entities have their own', async () => {
    const replies = await together([
      ['GET', '/Tickets/1/Notes'],
      ['GET', '/tickets/1/notes'],
      ['GET', '/Tickets/1'],
      ['GET', '/Companies/0'],
      ['GET', '/Contacts/30000'],
      ['GET', '/ThresholdInformation'],
    ]);
    expect(statusesOf(replies)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('are counted per integration code', async () => {
    const second = { ApiIntegrationCode: 'SECONDCODE' };
    const replies = await together([
      ['GET', '/Tickets/1'],
      ['GET', '/Tickets/1'],
      ['GET', '/Tickets/1'],
      ['GET', '/Tickets/1', undefined, second],
      ['GET', '/Tickets/1', undefined, second],
    ]);
    expect(statusesOf(replies)).toEqual([200, 200, 200, 200, 200]);
  });

  it('free their place when they end, refused ones too', async () => {
    await together(Array.from({ length: 8 }, () => ['GET', '/Tickets/1'] as [string, string]));
    const replies = await together(
      Array.from({ length: 3 }, () => ['GET', '/Tickets/1'] as [string, string]),
    );
    expect(statusesOf(replies)).toEqual([200, 200, 200]);
    await expect.poll(() => simulator.state.inFlight.size, patience).toBe(0);
  });

  it('of the zone look-up are not counted', async () => {
    const zone = '//atservicesrest/v1.0/zoneInformation?user=api.user%40msp.example';
    const replies = await together(Array.from({ length: 6 }, () => ['GET', zone] as [string, string]));
    expect(statusesOf(replies)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(simulator.state.calls.total(nowMs)).toBe(0);
  });

  it('can be refused with status 500', async () => {
    await set({ threadStatus: 500, threads: 1 });
    expect(
      statusesOf(
        await together([
          ['GET', '/Tickets/1'],
          ['GET', '/Tickets/1'],
        ]),
      ),
    ).toEqual([200, 500]);
  });
});

describe('the hourly threshold', () => {
  const info = async () => (await simulator.api('GET', '/ThresholdInformation')).json;

  it('counts every call, this one too', async () => {
    await simulator.api('GET', '/Tickets/1');
    expect(await info()).toEqual({
      externalRequestThreshold: 10_000,
      requestThresholdTimeframe: 60,
      currentTimeframeRequestCount: 2,
    });
  });

  it('counts what other integrations use', async () => {
    await set({ used: 4000 });
    expect((await info()).currentTimeframeRequestCount).toBe(4001);
  });

  it('forgets calls after an hour', async () => {
    await info();
    nowMs += 3_599_000;
    expect((await info()).currentTimeframeRequestCount).toBe(2);
    nowMs += 1_000;
    expect((await info()).currentTimeframeRequestCount).toBe(2);
    nowMs += 3_600_000;
    expect((await info()).currentTimeframeRequestCount).toBe(1);
  });

  it('may be of fewer minutes than the vendor has', async () => {
    await set({ threshold: 2, thresholdMinutes: 1, penalties: false });
    nowMs += 3_600_000;
    expect(await info()).toMatchObject({ externalRequestThreshold: 2, requestThresholdTimeframe: 1 });
    const statuses: number[] = [];
    for (const waitMs of [1_000, 58_000, 1_000]) {
      nowMs += waitMs;
      statuses.push((await simulator.api('GET', '/Tickets/1')).status);
    }
    expect(statuses).toEqual([200, 429, 200]);
  });

  it.each([429, 500] as const)(
    'refuses everything above it with %i, and does not count the refused',
    async (status) => {
      await set({ threshold: 10, used: 8, penalties: false, thresholdStatus: status });
      const replies: Reply[] = [];
      for (let at = 0; at < 5; at += 1) replies.push(await simulator.api('GET', '/Tickets/1'));
      expect(replies.map((reply) => reply.status)).toEqual([200, 200, status, status, status]);
      expect(replies[4]?.json.errors[0]).toContain('threshold');
      await set({ used: 0 });
      expect((await info()).currentTimeframeRequestCount).toBe(3);
    },
  );

  it.each([
    [49, 0],
    [50, 500],
    [74, 500],
    [75, 1000],
    [99, 1000],
  ])('at %i %% of it a call is held back %i ms', async (share, ms) => {
    const { latencyOf } = await import('./limits.ts');
    await set({ threshold: 100, used: share });
    expect(latencyOf(simulator.state)).toBe(ms);
    await set({ penalties: false });
    expect(latencyOf(simulator.state)).toBe(0);
  });
});
