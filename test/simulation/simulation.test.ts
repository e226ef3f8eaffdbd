import { describe, expect, it } from 'vitest';
import type { OpenWrite } from '../../src/deliver/round.ts';
import { createChance } from './chance.ts';
import { beyondW, type Conditions, timing, withinW } from './conditions.ts';
import { freeLease, holdLease, renewLease, stopRenewing, takeLease } from './lease.ts';
import { createLoop } from './loop.ts';
import { createPsa } from './psa.ts';
import { tellWorld } from './simulate.ts';
import { unreportedIn, verdictOf } from './verdict.ts';
import { runWorld } from './world.ts';

const calm: Conditions = {
  ...Object.fromEntries(Object.keys(withinW).map((name) => [name, 0])),
} as unknown as Conditions;

describe('a simulated world', () => {
  it('is the same each time for the same seed, to the millisecond', () => {
    const story = (seed: number) => {
      const lines: string[] = [];
      tellWorld('B3', seed, (now, words) => lines.push(`${now} ${words}`));
      return lines;
    };
    expect(story(7)).toEqual(story(7));
    expect(story(7)).not.toEqual(story(8));
  });

  it('is at peace when nothing goes wrong: one call per ticket and note, no look-up', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const world = runWorld(seed, calm);
      expect(Object.values(verdictOf(world)).flat()).toEqual([]);
      // A slow connection may cost a permit even so.
      if (world.counts.permitsLost === 0) expect(world.counts.looks).toBe(0);
      expect(world.psa.records).toHaveLength(world.counts.calls);
    }
  });
});

describe('a PSA that loses most of what it is sent', () => {
  it('has each alert once or not at all, and those that no try brought through wait for a person', () => {
    let parked = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const world = runWorld(seed, { ...withinW, lostRequests: 0.6, refusedForGood: 0 });
      expect(Object.values(verdictOf(world)).flat()).toEqual([]);
      parked += world.counts.parked;
    }
    expect(parked).toBeGreaterThan(20);
  });
});

describe('its verdict', () => {
  const ended = () => runWorld(3, calm);
  const words = (world: ReturnType<typeof ended>) => verdictOf(world);

  it('sees an effect that was made twice, and a second ticket', () => {
    const world = ended();
    const records = [...world.psa.records, { ...world.psa.records[0]!, ref: 'again' }];
    const found = words({ ...world, psa: { ...world.psa, records } });
    expect(found.duplicated).toEqual([
      expect.stringContaining('was made 2 times'),
      expect.stringContaining('has 2 tickets'),
    ]);
  });

  it('sees an alert that is called delivered and is nowhere', () => {
    const world = ended();
    expect(words({ ...world, psa: { ...world.psa, records: [] } }).lost).toHaveLength(world.counts.alerts);
  });

  it('sees notes out of order', () => {
    const many = Array.from({ length: 50 }, (_, seed) => runWorld(seed, calm));
    const world = many.find(
      ({ psa, journal }) => psa.records.length > 2 && journal.groups.length === 1,
    ) as ReturnType<typeof ended>;
    const records = world.psa.records.toReversed();
    expect(words({ ...world, psa: { ...world.psa, records } }).misordered).not.toEqual([]);
  });

  it('sees what is left over', () => {
    const world = ended();
    world.journal.deliveries[0]!.state = 'uncertain';
    world.journal.groups[0]!.busyWriteId = 'w1';
    expect(words({ ...world, isAtRest: false })['left over']).toEqual([
      'alert 1 is uncertain',
      'group g0 is busy',
      'the world did not come to rest',
    ]);
  });

  it('sees a second ticket that no report names, or names after more than a day', () => {
    const world = ended();
    const late = { ...world.psa.records[0]!, ref: 'late', isTicket: true };
    const psa = { ...world.psa, records: [...world.psa.records, late] };
    const reportedAt = (at: number) => new Map([['late', at]]);
    const day = 24 * 3_600_000;
    const unreported = (surplus: Map<string, number>) =>
      unreportedIn({ ...world, psa, journal: { ...world.journal, surplus } });
    expect(unreported(new Map())).toHaveLength(1);
    expect(unreported(reportedAt(late.at + day + 1))).toHaveLength(1);
    expect(unreported(reportedAt(late.at + day))).toEqual([]);
  });
});

describe('the loop', () => {
  it('runs events in the order of their time, those of one moment in the order of chance', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      const loop = createLoop(createChance(seed).random);
      const ran: string[] = [];
      for (const [name, time] of [
        ['b', 5],
        ['a', 1],
        ['c', 5],
        ['d', 9],
      ] as const)
        loop.at(time, () => ran.push(`${name}${loop.now()}`));
      expect(loop.run(100)).toBe(true);
      expect([ran[0], ran[3]]).toEqual(['a1', 'd9']);
      orders.add(ran.join(' '));
    }
    expect([...orders].toSorted()).toEqual(['a1 b5 c5 d9', 'a1 c5 b5 d9']);
  });

  it('stops a world that goes on and on', () => {
    const loop = createLoop(() => 0);
    const again = () => loop.at(loop.now() + 1, again);
    again();
    expect(loop.run(100)).toBe(false);
  });
});

describe('the lease', () => {
  it('is taken by another when its holder has not renewed it for 15 s, and then not again by the first', () => {
    const lease = freeLease();
    expect(takeLease(lease, 1, 0)).toBe(1);
    expect(takeLease(lease, 2, 1_000_000)).toBeUndefined();
    stopRenewing(lease, 1, 12_000);
    expect(takeLease(lease, 2, 24_999)).toBeUndefined();
    expect(takeLease(lease, 2, 25_000)).toBe(2);
    expect(renewLease(lease, 1, 25_001)).toBe(false);
    expect(holdLease(lease, 1, 25_001)).toBe(false);
  });

  it('does not move while a transaction holds it', () => {
    const lease = freeLease();
    takeLease(lease, 1, 0);
    stopRenewing(lease, 1, 0);
    expect(holdLease(lease, 1, 14_000)).toBe(true);
    expect(takeLease(lease, 2, 20_000)).toBeUndefined();
  });
});

describe('the PSA', () => {
  const write = {
    writeId: 'w1',
    groupId: 'g0',
    deliveryIds: ['1'],
    content: { kind: 'ticket', draft: { key: 'k' } },
  };
  const commitsOf = (conditions: Partial<Conditions>) =>
    Array.from({ length: 400 }, (_, seed) => {
      const chance = createChance(seed);
      const loop = createLoop(chance.random);
      const psa = createPsa(loop, chance, { ...calm, ...conditions });
      psa.write(write as unknown as OpenWrite);
      loop.run(10);
      return psa.records[0]!;
    });

  it('commits late by as much as W − deadline, and no more', () => {
    const latest = Math.max(...commitsOf({ late: 1 }).map(({ at }) => at));
    expect(latest).toBeLessThanOrEqual(timing.settleMs - timing.deadlineMs);
    expect(latest).toBeGreaterThan(0.97 * (timing.settleMs - timing.deadlineMs));
  });

  it('beyond W commits 1 to 30 minutes after it', () => {
    const afterW = commitsOf({ beyondW: 1 }).map(({ at }) => (at - timing.settleMs) / 60_000);
    expect(Math.min(...afterW)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...afterW)).toBeLessThanOrEqual(30);
    expect(beyondW.beyondW).toBeGreaterThan(0);
  });

  it('hides a fresh record from its search for as long as the search lag', () => {
    const hidden = commitsOf({}).map(({ at, visibleAt }) => visibleAt - at);
    expect(Math.max(...hidden)).toBeLessThanOrEqual(timing.searchLagMs);
    expect(Math.max(...hidden)).toBeGreaterThan(0.9 * timing.searchLagMs);
  });
});
