/** A database that is too busy (promises L-4, L-5): 503 with Retry-After, nothing half done, and well again after. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../src/access/keys.ts';
import { conclude } from '../harness/conclude.ts';
import { countOf, mostTestMs, timeBar } from '../promises/counts.ts';
import { expectProblem503 } from './expectations.ts';
import { sendRaw } from './rawHttp.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
const poolSize = 3;
beforeAll(async () => {
  server = await startIntake({ poolSize });
  // Keys in use are known without a question to the database.
  await server.post(JSON.stringify(least()));
  await server.get('/alerts');
});
afterAll(() => server.close());

/** Takes connections until told to let them go. */
async function occupy(count: number): Promise<() => Promise<void>> {
  const release = Promise.withResolvers<void>();
  const taken = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const holders = taken.map(({ resolve }) =>
    server.db.inWorkspace(server.workspaceId, async (tx) => {
      await tx.query('select 1');
      resolve();
      await release.promise;
    }),
  );
  await Promise.all(taken.map(({ promise }) => promise));
  return async () => {
    release.resolve();
    await Promise.all(holders);
  };
}

describe('all connections to the database are taken (L-5)', () => {
  const mostWaitMs = timeBar(3_000);
  const mostRecoveryMs = timeBar(5_000);

  it(
    'L-5: alerts are refused with 503 as a whole, while the process is known to live; then all is well',
    async () => {
      let [waited, recovered] = [0, 0];
      for (let run = 0; run < countOf('L-5'); run += 1) {
        const took = await holdAll(`busy-${run}`);
        waited = Math.max(waited, took.waitedMs);
        recovered = Math.max(recovered, took.recoveredMs);
      }
      const other = [
        ...(waited > mostWaitMs ? [`503 after ${waited} ms, bar ${mostWaitMs} ms`] : []),
        ...(recovered > mostRecoveryMs ? [`back after ${recovered} ms, bar ${mostRecoveryMs} ms`] : []),
      ];
      conclude('L-5', { other }, { most: { 'ms until 503': waited, 'ms until back': recovered } });
    },
    mostTestMs,
  );

  async function holdAll(idempotencyKey: string): Promise<{ waitedMs: number; recoveredMs: number }> {
    const before = await server.count();
    const release = await occupy(poolSize);
    const alerts = JSON.stringify([least(), least(), { bad: true }]);
    const began = performance.now();
    // All of these are answered while nothing is given back.
    const [sent, withKey, read, alive, stranger] = await Promise.all([
      server.post(alerts),
      server.post(alerts, { 'idempotency-key': idempotencyKey }),
      server.get('/alerts'),
      sendRaw(server.port, { method: 'GET', path: '/healthz', headers: {} }),
      server.send({ method: 'GET', path: '/alerts', key: makeKey().key }),
    ]);
    const waitedMs = Math.round(performance.now() - began);
    for (const answer of [sent, withKey, read]) expectProblem503(answer, 'databaseUnavailable');
    // Who somebody is, is asked over the reserve.
    expect([alive.status, stranger.status]).toEqual([200, 401]);
    const released = performance.now();
    await release();
    expect(await server.count()).toBe(before);
    const again = await server.post(alerts, { 'idempotency-key': idempotencyKey });
    const recoveredMs = Math.round(performance.now() - released);
    expect(again.body.results.map((one: { status: string }) => one.status)).toEqual([
      'accepted',
      'accepted',
      'rejected',
    ]);
    expect(await server.count()).toBe(before + 2);
    return { waitedMs, recoveredMs };
  }

  it('one connection is enough to go on', async () => {
    const release = await occupy(poolSize - 1);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.post(JSON.stringify([least(), least()]))),
    );
    await release();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  });
});

describe('a table that somebody has locked (L-4)', () => {
  it('alerts are refused with 503 as a whole after one wait, not one by one', async () => {
    const before = await server.count();
    const release = Promise.withResolvers<void>();
    const isLocked = Promise.withResolvers<void>();
    const holder = server.db.inWorkspace(server.workspaceId, async (tx) => {
      // What this role may do by itself that keeps others from inserting: the same key, not yet committed.
      await tx.query(
        `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
         select workspace_id, nextval('alert_ids'), sha256('3:edrlocked'), body_hash, source, external_id, severity,
                title, body, trace from alerts limit 1`,
      );
      isLocked.resolve();
      await release.promise;
      throw new Error('rolled back');
    });
    await isLocked.promise;
    const alerts = JSON.stringify([
      least(),
      least({ externalId: 'locked' }),
      ...Array.from({ length: 30 }, () => least()),
    ]);
    expectProblem503(await server.post(alerts), 'databaseBusy');
    release.resolve();
    await expect(holder).rejects.toThrow('rolled back');
    expect(await server.count()).toBe(before);
    expect((await server.post(alerts)).status).toBe(202);
    expect(await server.count()).toBe(before + 32);
  });
});

it('nothing of it was a surprise', () => {
  expect(server.logLines.join('')).not.toContain('http.surprise');
});
