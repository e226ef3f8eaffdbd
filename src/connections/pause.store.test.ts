/**
 * A pause with a real worker and a simulated PSA: requirements 32–38, decisions 5 and 6. What the API says about it is in
 * lifecycle.store.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { unreachableAutotask } from '../../test/support/workspace.ts';
import { bySystem } from '../audit/index.ts';
import { createEffects } from './effects.ts';
import { pause, resume } from './lifecycle.ts';
import type { ConnectionParts } from './parts.ts';

type Held = 'leave' | 'deliver';

interface PausableWorld extends PsaWorld {
  pause(): Promise<void>;
  resume(held?: Held): Promise<void>;
  /** Takes alerts of one ticket, one after the other. */
  take(...externalIds: string[]): Promise<void>;
  /** Title, then notes, of each ticket: which alerts they tell of, in order. */
  told(): Promise<string[][]>;
}

async function open(settleMs = 1_000): Promise<PausableWorld> {
  const w = await openPsaWorld({ settleMs });
  const effects = createEffects(w.db, (workspaceId, id) => {
    w.worker.changed(workspaceId, id).catch(() => undefined);
  });
  const adapters = new Map([['autotask', unreachableAutotask]]);
  const parts = { db: w.db, effects, adapters } as unknown as ConnectionParts;
  const where = { workspaceId: w.workspaceId, connectionId: w.connectionId, by: bySystem('test') };
  const check = async () => undefined;
  return {
    ...w,
    pause: () => pause(parts, where, 'Maintenance', check),
    resume: (held) => resume(parts, where, held, check),
    async take(...externalIds) {
      for (const externalId of externalIds) await w.accept(ofAna({ externalId }));
    },
    async told() {
      const idsIn = (text: string) => text.match(/evt-\w+/g)?.toReversed() ?? [];
      return (await w.tickets()).map(({ description, notes }) =>
        [description, ...notes.map((note) => note.description)].flatMap(idsIn),
      );
    },
  };
}

const reasons = async (w: PsaWorld) =>
  (await w.rows('select delivery_state, reason from deliveries order by id')).map(
    ({ delivery_state, reason }) => (reason === null ? delivery_state : `${delivery_state}: ${reason}`),
  );

/** Long enough for a round, a look-up and a sweep of what must not happen. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1_500));

describe('while a connection is paused', () => {
  it('nothing is written and every alert is held, those before and those during (req 36, 37)', async () => {
    const w = await open();
    await w.take('evt-before');
    await w.settled();
    await w.pause();
    await w.take('evt-during', 'evt-later');
    await aWhile();
    expect(await reasons(w)).toEqual(['delivered', 'held: pause', 'held: pause']);
    expect(await w.told()).toEqual([['evt-before']]);
    expect(await w.requests(/\/(Tickets|Notes)$/)).toBe(1);
  });

  it('detection goes on: alerts are accepted, stored and planned as ever (req 36)', async () => {
    const w = await open();
    await w.pause();
    await w.take('evt-during');
    const [alert] = await w.rows('select external_id, trace from alerts');
    expect(alert.external_id).toBe('evt-during');
    expect(alert.trace.length).toBeGreaterThan(0);
    const [delivery] = await w.rows('select trace from deliveries');
    expect(delivery.trace).toEqual(['Held: Our PSA is paused.']);
  });

  it('what was unclear when it began is looked up and adopted, not sent again (decision 5)', async () => {
    const w = await open();
    await w.ticketFault({ kind: 'afterCommit', answer: 'reset' });
    await w.take('evt-unclear');
    // It is found soon: whoever looks seldom sees it delivered.
    await expect.poll(() => w.states(), { interval: 5, timeout: 5_000 }).toEqual(['uncertain']);
    await w.pause();
    await w.settled();
    expect(await reasons(w)).toEqual(['delivered']);
    expect(await w.told()).toEqual([['evt-unclear']]);
  });

  it('what was unclear and never arrived stays so, and is sent after the pause', async () => {
    const w = await open();
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.take('evt-unclear');
    await expect.poll(() => w.states()).toEqual(['uncertain']);
    await w.pause();
    await aWhile();
    await aWhile();
    expect([await reasons(w), await w.told()]).toEqual([['uncertain'], []]);
    await w.resume();
    await w.settled();
    expect(await w.told()).toEqual([['evt-unclear']]);
  });

  it('what was put off for long by then is sent as soon as the pause is over', async () => {
    const w = await open();
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.take('evt-unclear');
    await expect.poll(() => w.states()).toEqual(['uncertain']);
    await w.pause();
    const misses = async () => (await w.rows('select misses from attempts'))[0].misses;
    await expect.poll(misses, { timeout: 10_000 }).toBe(1);
    await aWhile();
    await w.rows(`update attempts set next_look_at = now() + interval '15 minutes'`);
    await w.resume();
    await w.settled();
    expect(await w.told()).toEqual([['evt-unclear']]);
  });

  it('its settings stay as they are (req 32)', async () => {
    const w = await open();
    const settings = () => w.rows('select name, kind, is_default, steps, sealed from connections');
    const before = await settings();
    await w.pause();
    expect(await settings()).toEqual(before);
    await w.resume();
    expect(await settings()).toEqual(before);
  });
});

describe('when it is resumed', () => {
  it('with "deliver", all of it goes out in order, grouped as usual', async () => {
    const w = await open();
    await w.take('evt-a1');
    await w.settled();
    await w.pause();
    await w.take('evt-a2', 'evt-a3');
    await w.accept(ofAna({ externalId: 'evt-b1', user: { email: 'bo@northwind.example' } }));
    await w.take('evt-a4');
    await w.resume('deliver');
    await w.settled();
    expect((await w.told()).toSorted()).toEqual([['evt-a1', 'evt-a2', 'evt-a3', 'evt-a4'], ['evt-b1']]);
  });

  it('what it held comes before what comes now', async () => {
    const w = await open();
    await w.pause();
    await w.take('evt-1', 'evt-2');
    await w.resume('deliver');
    await w.take('evt-3', 'evt-4');
    await w.settled();
    expect(await w.told()).toEqual([['evt-1', 'evt-2', 'evt-3', 'evt-4']]);
  });

  it('with "leave", what it held is skipped for good and what comes now goes out', async () => {
    const w = await open();
    await w.pause();
    await w.take('evt-1', 'evt-2');
    await w.resume('leave');
    await w.take('evt-3');
    await w.settled();
    expect(await reasons(w)).toEqual(['skipped: pause', 'skipped: pause', 'delivered']);
    expect(await w.told()).toEqual([['evt-3']]);
  });

  it('without a word while something is held, it is refused and stays paused', async () => {
    const w = await open();
    await w.pause();
    await w.take('evt-1');
    await expect(w.resume()).rejects.toMatchObject({ status: 409, code: 'heldDeliveries' });
    await w.take('evt-2');
    await aWhile();
    expect([await reasons(w), await w.told()]).toEqual([['held: pause', 'held: pause'], []]);
  });

  it('nothing is asked when nothing is held', async () => {
    const w = await open();
    await w.pause();
    await w.resume();
    await w.take('evt-1');
    await w.settled();
    expect(await w.told()).toEqual([['evt-1']]);
  });

  it('what was being sent when the pause began, and came back, is asked about too', async () => {
    const w = await open(60_000);
    await w.ticketFault({ kind: 'beforeCommit', status: 429, retryAfter: '60', body: '{"errors":["slow"]}' });
    await w.take('evt-1');
    await expect.poll(async () => (await w.rows('select problem from deliveries'))[0].problem).toBeTruthy();
    // The PSA has asked for a minute: no round has looked at it since, and it still waits as if there were no pause.
    await w.rows(`update connections set connection_state = 'paused' returning id`);
    expect(await reasons(w)).toEqual(['pending']);
    await expect(w.resume()).rejects.toMatchObject({ code: 'heldDeliveries' });
    await w.resume('leave');
    expect(await reasons(w)).toEqual(['skipped: pause']);
  });
});
