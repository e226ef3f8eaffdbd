/** The budget against a PSA that other tools use too (promises P8), and logins that it refuses (D5); test/promises/j21.store.test.ts has more. */
import { describe, expect, it } from 'vitest';
import { anAlert } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import type { Severity } from '../alerts/types.ts';

/** Of a minute, so that it ends within a test; what other tools use is learnt again after five seconds. */
const quota = { threshold: 10_000, thresholdMinutes: 1, penalties: false };
const patience = { timeout: 15_000 };

const take = async (world: PsaWorld, ...severities: Severity[]) => {
  for (const severity of severities) await world.accept(anAlert({ severity }));
};
const waitsFor = async (world: PsaWorld) =>
  (await world.rows('select waits_for from connection_budgets'))[0]?.waits_for;
const calls = (world: PsaWorld) => world.requests(/V1.0\/(?!zone)/i);

describe('a share', () => {
  const share = (world: PsaWorld, part: number) =>
    world.rows(
      `with changed as (update connections set budget_share = ${part})
       update workspaces set settings_version = settings_version + 1`,
    );

  it('holds for the calls of every process, and takes effect at once when it is changed', async () => {
    // 20 calls a minute: half of them are ours.
    const world = await openPsaWorld({ simulator: { settings: { ...quota, threshold: 20 } } });
    await take(world, ...Array<Severity>(14).fill('critical'));
    await expect.poll(() => waitsFor(world), patience).toBe('ownShare');
    const before = await calls(world);
    expect(before).toBeLessThanOrEqual(10);
    expect(before).toBeGreaterThanOrEqual(8);
    await share(world, 1);
    await world.worker.changed(world.workspaceId, world.connectionId);
    await world.settled();
    expect(await calls(world)).toBeLessThanOrEqual(20);
  });
});

describe('a cold start with a refused login', () => {
  it('makes one call, also when many look-ups are due', async () => {
    const world = await openPsaWorld({
      settleMs: 20_000,
      simulator: { settings: { penalties: false, searchLagMs: 60_000 } },
    });
    await world.ticketFault({ kind: 'afterCommit', answer: 'reset' }, { times: 'always' });
    await take(world, ...Array<Severity>(3).fill('high'));
    await expect.poll(() => world.states(), patience).toEqual(['uncertain', 'uncertain', 'uncertain']);
    await world.worker.stop();
    await world.rows('update attempts set next_look_at = now()');
    await world.control('set', { credentials: { secret: 'Another-Secret' } });
    // All calls wait for the same look-up of the zone, and would then be made at once.
    const fault = { kind: 'beforeCommit', answer: 'ok', delayMs: 300 };
    await world.control('faults', { match: { path: 'zoneInformation' }, fault });
    const before = await calls(world);
    const worker = world.startWorker();
    await expect.poll(() => world.stopped.length, patience).toBeGreaterThan(0);
    await worker.stop();
    expect((await calls(world)) - before).toBe(1);
  });
});
