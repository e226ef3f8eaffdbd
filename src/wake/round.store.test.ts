/** Rounds against the database, without a PSA: whose epoch is over changes nothing, and switches count at claim. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticketsStep } from '../../test/support/steps.ts';
import { openWorkspace, unreachableAutotask, type Workspace } from '../../test/support/workspace.ts';
import type { Accepted } from '../alerts/accept.ts';
import type { Alert } from '../alerts/types.ts';
import type { Database } from '../db/database.ts';
import type { Channel } from '../deliver/channel.ts';
import { createContactDirectory } from '../deliver/contacts.ts';
import { createContractDirectory } from '../deliver/contracts.ts';
import { createFlow } from '../deliver/flow.ts';
import type { OpenWrite, Outcome, Round } from '../deliver/round.ts';
import { step, type WriteEvent } from '../deliver/step.ts';
import { timingOf } from '../deliver/timing.ts';
import { deliver } from '../pipeline.ts';
import type { Session } from '../psa/contract.ts';
import { createSlots } from '../psa/http.ts';
import { discardDelivery } from '../receipts/decide.ts';
import { changeSettings } from '../settings/index.ts';
import { takeLease } from './leases.ts';

let workspace: Workspace;
let db: Database;
let workspaceId: string;
let connectionId: string;

beforeEach(async () => {
  workspace = await openWorkspace();
  ({ db, workspaceId, connectionId } = workspace);
});
afterEach(() => workspace.close());

/** Takes the lease as another worker and answers its channel; nothing of it ever makes a call. */
async function serve(): Promise<Channel> {
  const lease = await db.unfenced((tx) => takeLease(tx, randomUUID(), workspaceId, connectionId));
  if (!lease) throw new Error('somebody has the lease');
  const { limits } = unreachableAutotask;
  const slots = createSlots(limits.parallel.perEndpoint, limits.parallel.total);
  const timing = timingOf(limits);
  const session = {} as Session;
  return {
    connectionId,
    workspaceId,
    epoch: lease.epoch,
    adapter: unreachableAutotask,
    timing,
    slots,
    flow: createFlow({ limits, slots, timing, asksUsage: false }),
    session,
    contacts: createContactDirectory(session),
    contracts: createContractDirectory(session),
    busy: new Set(),
  };
}

const endLeases = () => db.unfenced((tx) => tx.query(`update leases set expires_at = '-infinity'`));

/** One round; the slots of what it froze are free again at once, as if the calls had ended. */
async function round(
  channel: Channel,
  outcomes: Outcome[] = [],
  more: Partial<Parameters<typeof deliver>[2]> = {},
): Promise<Round> {
  const taken = new Map<string, () => void>();
  const work = {
    workspaceId,
    channels: [channel],
    outcomes,
    seen: [],
    baseUrl: 'http://herald.test',
    taken,
    isClosing: false,
    startPermit: () => () => true,
    ...more,
  };
  try {
    return await deliver(db, workspace.settings, work);
  } finally {
    for (const giveBack of taken.values()) giveBack();
  }
}

/** Alerts of one user share a ticket. */
const ofAna = { user: { email: 'ana@northwind.example' } };
const take = (members?: Partial<Alert>): Promise<Accepted> => workspace.take(members);
const rows = (text: string) => workspace.rows(text);
const deliveries = () => rows('select delivery_state, reason from deliveries order by id');

/** Every row that a round may write. */
async function everything(): Promise<string> {
  const tables = [
    'deliveries',
    'ticket_groups',
    'writes',
    'attempts',
    'surplus_records',
    'alerts',
    'connections',
  ];
  const all = await Promise.all(tables.map((table) => rows(`select t::text from ${table} t order by 1`)));
  return JSON.stringify(all, null, 1);
}

/** What an event makes of a write that a round has frozen. */
function outcomeOf(channel: Channel, write: OpenWrite, event: WriteEvent): Outcome {
  const facts = {
    kind: write.content.kind,
    tries: 0,
    without: [],
    fallbacks: [],
    timing: channel.timing,
    random: 0.5,
  } as const;
  return { write, stepped: step(write.state, event, Date.now(), facts) };
}
const firstOf = ({ frozen }: Round): OpenWrite => {
  const [write] = frozen;
  if (!write) throw new Error('nothing was frozen');
  return write;
};

const receipt = { ref: '17', number: 'T1', link: 'https://psa.example/17' };
const events: [string, WriteEvent][] = [
  ['success', { kind: 'answered', outcome: { kind: 'done', receipt } }],
  ['a refusal', { kind: 'answered', outcome: { kind: 'refused', reason: 'invalid', text: 'no' } }],
  ['a refused login', { kind: 'answered', outcome: { kind: 'refused', reason: 'auth', text: 'no' } }],
  ['too many calls', { kind: 'answered', outcome: { kind: 'refused', reason: 'rateLimited', text: 'no' } }],
  ['an unclear answer', { kind: 'answered', outcome: { kind: 'uncertain', evidence: '?' } }],
  ['an interruption', { kind: 'interrupted', why: 'stopped' }],
];

describe('a worker whose lease is over', () => {
  it.each(events)('settles nothing: %s', async (_name, event) => {
    const stale = await serve();
    await take();
    const write = firstOf(await round(stale));
    expect(await deliveries()).toEqual([{ delivery_state: 'sending', reason: null }]);
    await endLeases();
    const next = await serve();
    expect(Number(next.epoch)).toBe(Number(stale.epoch) + 1);
    await take();
    const before = await everything();
    const done = await round(stale, [outcomeOf(stale, write, event)]);
    expect(await everything()).toBe(before);
    expect(done.held.channels.size).toBe(0);
    expect([done.frozen, done.settled.resent, done.settled.stopped]).toEqual([[], [], []]);
  });

  it('begins nothing, even while nobody else has the channel', async () => {
    const stale = await serve();
    await take();
    await endLeases();
    const before = await everything();
    expect((await round(stale)).frozen).toEqual([]);
    expect(await everything()).toBe(before);
  });

  it('neither assigns nor skips what waits', async () => {
    const stale = await serve();
    await take();
    await changeSettings(db, workspaceId, (tx) =>
      tx.query('update connections set steps = $1', [{ tickets: ticketsStep }]),
    );
    await endLeases();
    await serve();
    const before = await everything();
    await round(stale);
    expect(await everything()).toBe(before);
  });

  it('cannot write what it saw of tickets', async () => {
    const stale = await serve();
    await take();
    const write = firstOf(await round(stale));
    const done = outcomeOf(stale, write, events[0]?.[1] as WriteEvent);
    await round(stale, [done]);
    await endLeases();
    await serve();
    const before = await everything();
    const seen = [
      {
        channelId: connectionId,
        tickets: [{ groupId: write.groupId, ref: '17' }],
        states: new Map([['17', { kind: 'gone' } as const]]),
      },
    ];
    await round(stale, [], { seen });
    expect(await everything()).toBe(before);
  });

  it('an epoch that was made up is none', async () => {
    const channel = await serve();
    await take();
    const before = await everything();
    await round({ ...channel, epoch: '99' });
    expect(await everything()).toBe(before);
  });

  it('in a round of two channels loses only what is over', async () => {
    const good = await serve();
    await take();
    const gone = { ...good, connectionId: randomUUID() };
    const done = await round(good, [], { channels: [gone, good] });
    expect([...done.held.channels.keys()]).toEqual([connectionId]);
    expect(done.frozen).toHaveLength(1);
  });
});

describe('a switch that is thrown off between acceptance and claim', () => {
  const off: [string, string, { delivery_state: string; reason: string }][] = [
    [
      'the connection is paused',
      `update connections set connection_state = 'paused'`,
      { delivery_state: 'held', reason: 'pause' },
    ],
    [
      'the severity gets no ticket',
      `update connections set steps = jsonb_set(steps, '{tickets,priorities,high}', 'null')`,
      { delivery_state: 'skipped', reason: 'noTicketForSeverity' },
    ],
    [
      'the connection is removed',
      'delete from connections',
      { delivery_state: 'skipped', reason: 'connectionRemoved' },
    ],
  ];

  it.each(off)('%s: nothing is sent', async (_name, statement, expected) => {
    const channel = await serve();
    await take();
    await workspace.settings.get(workspaceId);
    await changeSettings(db, workspaceId, (tx) => tx.query(statement));
    expect((await round(channel)).frozen).toEqual([]);
    expect(await deliveries()).toEqual([expected]);
  });

  it('nor what waited in its group already', async () => {
    const channel = await serve();
    await take(ofAna);
    const write = firstOf(await round(channel));
    await take(ofAna);
    // The second one waits for its group, which is busy.
    expect((await round(channel)).frozen).toEqual([]);
    await changeSettings(db, workspaceId, (tx) =>
      tx.query(`update connections set steps = jsonb_set(steps, '{tickets,priorities,high}', 'null')`),
    );
    const done = await round(channel, [outcomeOf(channel, write, events[0]?.[1] as WriteEvent)]);
    expect(done.frozen).toEqual([]);
    expect((await deliveries()).map((one) => one.delivery_state)).toEqual(['delivered', 'skipped']);
  });

  it('a connection that waits for a person is left alone', async () => {
    const channel = await serve();
    await take();
    await changeSettings(db, workspaceId, (tx) =>
      tx.query(`update connections set attention = 'The login was refused.'`),
    );
    const done = await round(channel);
    expect(done.frozen).toEqual([]);
    expect([...done.attention]).toEqual([connectionId]);
    expect((await deliveries())[0].delivery_state).not.toBe('sending');
  });
});

describe('what comes back to a connection that is not in use any more', () => {
  const stops = [
    [`attention = 'The login was refused.'`, 'credentials'],
    [`connection_state = 'paused'`, 'pause'],
  ];

  it.each(stops)('is held like what waited (%s)', async (change, reason) => {
    const channel = await serve();
    await take();
    const write = firstOf(await round(channel));
    await changeSettings(db, workspaceId, (tx) => tx.query(`update connections set ${change}`));
    await round(channel, [outcomeOf(channel, write, events[3]?.[1] as WriteEvent)]);
    expect(await deliveries()).toEqual([{ delivery_state: 'held', reason }]);
    expect(await rows('select waiting_lane, busy_write_id from ticket_groups')).toEqual([
      { waiting_lane: null, busy_write_id: null },
    ]);
  });
});

describe('a write that was looked for an hour, and may be sent again', () => {
  const hourMs = 3_600_000;

  /** Minutes until it is looked up again. */
  async function waitAfter(prevent: (channel: Channel) => unknown): Promise<number> {
    const channel = await serve();
    await take();
    const write = firstOf(await round(channel));
    await round(channel, [outcomeOf(channel, write, { kind: 'interrupted', why: 'stopped' })]);
    const startedAt = Date.now() - 2 * hourMs;
    const missed = { looks: 9, failedLooks: 0, misses: 1, lastMissAt: Date.now() - hourMs, nextLookAt: 0 };
    const open: OpenWrite = { ...write, state: { phase: 'uncertain', attempt: 1, startedAt, ...missed } };
    await prevent(channel);
    const nothing: WriteEvent = { kind: 'looked', finding: { kind: 'none' }, begunAt: Date.now() };
    const { settled } = await round(channel, [outcomeOf(channel, open, nothing)]);
    expect(settled.resent).toEqual([]);
    const [attempt] = await rows('select extract(epoch from next_look_at - now())::int as s from attempts');
    return Math.round(attempt.s / 60);
  }

  it.each([
    ['while the connection is paused', () => pauseIt(), 15],
    ['while only the reserve is left', (channel: Channel) => useUp(channel), 15],
    ['while no slot is free', (channel: Channel) => fill(channel), 0],
  ])('%s', async (_, prevent, minutes) => {
    expect(await waitAfter(prevent)).toBe(minutes);
  });

  const pauseIt = () =>
    changeSettings(db, workspaceId, (tx) => tx.query(`update connections set connection_state = 'paused'`));
  function useUp({ flow }: Channel): void {
    while (flow.waiting(Date.now())?.for !== 'reserve') flow.called(Date.now());
  }
  function fill({ slots, adapter }: Channel): void {
    while (slots.tryTake(adapter.limits.parallel.writes));
  }
});

describe('a long queue of what is skipped', () => {
  it('is gone through in one go, though a round reads only so much of it', async () => {
    const channel = await serve();
    await take(ofAna);
    const write = firstOf(await round(channel));
    const waiting = 501;
    for (let n = 0; n < waiting; n++) await take(ofAna);
    while ((await round(channel)).more);
    await changeSettings(db, workspaceId, (tx) =>
      tx.query(`update connections set steps = jsonb_set(steps, '{tickets,priorities,high}', 'null')`),
    );
    const first = await round(channel, [outcomeOf(channel, write, events[1]?.[1] as WriteEvent)]);
    expect(first.more).toBe(true);
    expect((await round(channel)).more).toBe(false);
    const skipped = (await deliveries()).filter(({ delivery_state }) => delivery_state === 'skipped');
    expect(skipped).toHaveLength(waiting);
  });
});

describe('a person and a round at the same moment', () => {
  const discard = (id: string) =>
    db.inWorkspace(workspaceId, (tx) =>
      discardDelivery(tx, workspaceId, id, { name: 'Ana', reason: undefined }),
    );

  it('what a round has chosen cannot be discarded under its hands', async () => {
    const channel = await serve();
    await take();
    const [{ id }] = await rows('select id from deliveries');
    let discarding: Promise<string> | undefined;
    // The permits start when everything is chosen and frozen, just before COMMIT.
    const startPermit = () => {
      discarding ??= discard(id).then(
        () => 'discarded',
        (error: { code: string }) => error.code,
      );
      return () => true;
    };
    const done = await round(channel, [], { startPermit });
    expect(done.frozen).toHaveLength(1);
    expect(await discarding).toBe('notDiscardable');
    expect((await deliveries())[0].delivery_state).toBe('sending');
  });

  it('what is discarded while a round chooses is not sent', async () => {
    const channel = await serve();
    await take(ofAna);
    const first = firstOf(await round(channel));
    // The second and third wait in the group of the first.
    await take(ofAna);
    await take(ofAna);
    await round(channel);
    const [, { id }] = await rows('select id from deliveries order by id');
    const isHeld = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const discarding = db.inWorkspace(workspaceId, async (tx) => {
      await discardDelivery(tx, workspaceId, id, { name: 'Ana', reason: undefined });
      isHeld.resolve();
      await goOn.promise;
    });
    await isHeld.promise;
    const choosing = round(channel, [outcomeOf(channel, first, events[0]?.[1] as WriteEvent)]);
    await expect.poll(workspace.waiters).toBe(1);
    goOn.resolve();
    await discarding;
    const { frozen } = await choosing;
    expect(frozen.flatMap(({ deliveryIds }) => deliveryIds)).not.toContain(id);
    expect(frozen).toHaveLength(1);
    expect((await deliveries()).map((one) => one.delivery_state)).toEqual([
      'delivered',
      'skipped',
      'sending',
    ]);
  });

  it('many at once: what was discarded is never sent, what is sent is never discarded', async () => {
    const channel = await serve();
    channel.flow.answered({ kind: 'done', receipt }, 0, 0);
    for (let n = 0; n < 12; n++) {
      await take();
      const [{ id }] = await rows('select id from deliveries order by id desc limit 1');
      const [done, told] = await Promise.all([
        round(channel),
        discard(id).then(
          () => 'discarded',
          (error: { code: string }) => error.code,
        ),
      ]);
      const isSent = done.frozen.some(({ deliveryIds }) => deliveryIds.includes(id));
      const [{ delivery_state: state }] = await rows(
        `select delivery_state from deliveries where id = ${id}`,
      );
      expect([told, isSent, state]).toEqual(
        isSent ? ['notDiscardable', true, 'sending'] : ['discarded', false, 'skipped'],
      );
      const settle = done.frozen.map((write) => outcomeOf(channel, write, events[0]?.[1] as WriteEvent));
      await round(channel, settle);
    }
  });
});
