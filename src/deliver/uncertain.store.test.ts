import { describe, expect, it } from 'vitest';
import { goodHeaders, goodTicket } from '../../simulators/autotask/testing.ts';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { retryDelivery } from '../receipts/decide.ts';
import { mostTries } from './step.ts';

describe('an answer that proves nothing', () => {
  const unclear = [
    { name: 'none at all', fault: { kind: 'afterCommit', answer: 'hang' } },
    { name: 'a torn connection', fault: { kind: 'afterCommit', answer: 'reset' } },
    { name: 'a gateway page', fault: { kind: 'afterCommit', status: 502, body: '<h1>Bad gateway</h1>' } },
    { name: 'half of it', fault: { kind: 'afterCommit', answer: 'truncate', withLength: false } },
    { name: 'one without an id', fault: { kind: 'afterCommit', answer: 'noId', form: 'missing' } },
  ];

  it.each(unclear)('$name: the ticket is found and adopted, none is made twice', async ({ fault }) => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault(fault);
    await w.accept(ofAna());
    await w.settled();
    expect(await w.tickets()).toHaveLength(1);
    const [attempt] = await w.rows('select attempt_state, adopted, evidence from attempts');
    expect(attempt).toMatchObject({ attempt_state: 'confirmed', adopted: true });
    expect(attempt.evidence).toBeTruthy();
  });

  it.each(unclear)('$name, for a note: the note is found and adopted', async ({ fault }) => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.accept(ofAna());
    await w.settled();
    await w.control('faults', { match: { method: 'POST', path: '/Notes$' }, fault });
    await w.accept(ofAna());
    await w.settled();
    expect((await w.tickets())[0]?.notes).toHaveLength(1);
    expect(await w.states()).toEqual(['delivered', 'delivered']);
  });

  it('when nothing was made: sent again, with the same key, only after the settle window', async () => {
    const settleMs = 1_000;
    const w = await openPsaWorld({ settleMs });
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.accept(ofAna());
    await w.settled();
    expect(await w.tickets()).toHaveLength(1);
    const attempts = await w.rows(
      `select n, attempt_state, extract(epoch from started_at)::float8 * 1000 as at from attempts order by n`,
    );
    expect(attempts.map((row) => [row.n, row.attempt_state])).toEqual([
      [1, 'refused'],
      [2, 'confirmed'],
    ]);
    expect(attempts[1].at - attempts[0].at).toBeGreaterThanOrEqual(settleMs);
  });

  it('again and again, and nothing is ever made: a person is asked, and a retry goes out once', async () => {
    const w = await openPsaWorld({ settleMs: 600 });
    const body = '{"errors":["Error 0x80004005 in module 7."]}';
    await w.ticketFault({ kind: 'beforeCommit', status: 500, body }, { times: 'always' });
    const { id } = await w.accept(ofAna());
    await w.settled();
    const [failed] = await w.rows('select id, delivery_state, reason, problem from deliveries');
    expect(failed).toMatchObject({ delivery_state: 'failed', reason: 'unclear' });
    expect(failed.problem).toMatch(/^After 5 tries without a clear answer, .+ HTTP 500.+ 0x80004005/);
    const attempts = await w.rows('select attempt_state, evidence from attempts order by n');
    expect(attempts.map((row) => row.attempt_state)).toEqual(Array(mostTries).fill('refused'));
    for (const { evidence } of attempts) expect(evidence).toContain('nothing was made');

    await fetch(`${w.simulator.url}/control/faults`, { method: 'DELETE' });
    await w.db.inWorkspace(w.workspaceId, (tx) => retryDelivery(tx, w.workspaceId, failed.id));
    w.worker.wake(w.workspaceId, [w.connectionId]);
    await w.settled();
    expect(await w.states()).toEqual(['delivered']);
    expect(await w.tickets()).toHaveLength(1);
    expect(await w.rows('select id from alerts')).toEqual([{ id }]);
  });

  it('that commits late, within the settle window, is adopted', async () => {
    const w = await openPsaWorld({ settleMs: 2_000 });
    await w.ticketFault({ kind: 'lateCommit', answer: 'reset', commitAfterMs: 1_000 });
    await w.accept(ofAna());
    await w.settled();
    expect(await w.tickets()).toHaveLength(1);
  });

  it('is not sent again while the connection is paused (decision 5)', async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.accept(ofAna());
    await expect.poll(() => w.states()).toEqual(['uncertain']);
    await w.rows(`update connections set connection_state = 'paused' returning id`);
    await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await w.tickets()).toEqual([]);
    await w.rows(`update connections set connection_state = 'active' returning id`);
    await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
    await w.settled();
    expect(await w.tickets()).toHaveLength(1);
  });
});

describe('what was sent without an answer, and of which nothing was made', () => {
  const changes = [
    ['PSA & email is switched off (req 18)', 'new_enabled', 'organizationOff'],
    ['tickets are switched off', 'new_tickets', 'ticketsOff'],
  ] as const;

  it.each(changes)('is not sent again when %s', async (_words, column, reason) => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.accept(ofAna({ severity: 'high' }));
    await expect.poll(() => w.states()).toEqual(['uncertain']);
    await w.rows(`update workspaces set ${column} = false, settings_version = settings_version + 1`);
    await w.settled();
    expect(await w.tickets()).toEqual([]);
    const rows = await w.rows('select delivery_state, reason from deliveries');
    expect(rows).toEqual([{ delivery_state: 'skipped', reason }]);
    expect(await w.rows('select attempt_state from attempts')).toEqual([{ attempt_state: 'refused' }]);
  });
});

describe('a ticket that comes later than the settle window allows', () => {
  it('is found by the reconciler and shown, never silent', async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({ kind: 'lateCommit', answer: 'reset', commitAfterMs: 5_000 });
    const { id } = await w.accept(ofAna());
    await w.settled();
    await expect.poll(async () => (await w.tickets()).length, { timeout: 15_000 }).toBe(2);
    await expect
      .poll(
        async () => {
          await w.rows('update attempts set recheck_at = now() where recheck_at is not null returning n');
          w.worker.changed(w.workspaceId, w.connectionId);
          return (await w.rows('select receipt_ref from surplus_records')).length;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe(1);
    expect(await w.rows('select id from deliveries where alert_id = $1', [id])).toHaveLength(1);
  });
});

describe('a ticket that comes late although its write was refused in the end', () => {
  it('is reported, and is not taken for the ticket of the next alert, which has a key of its own', async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({ kind: 'beforeCommit', answer: 'reset' });
    await w.ticketFault({
      kind: 'beforeCommit',
      status: 500,
      body: '{"errors":["Data violation: This cannot be saved."]}',
    });
    await w.accept(ofAna());
    await w.settled();
    await w.accept(ofAna());
    await w.settled();
    expect(await w.states()).toEqual(['failed', 'delivered']);
    const [refused, made] = await w.rows('select id, write_key from writes order by id');
    expect(made.write_key).not.toBe(refused.write_key);

    const late = await createTicket(w, refused.write_key);
    await expect
      .poll(
        async () => {
          await w.rows('update attempts set recheck_at = now() where recheck_at is not null returning n');
          await w.worker.changed(w.workspaceId, w.connectionId);
          return w.rows('select write_id, receipt_ref from surplus_records');
        },
        { timeout: 10_000, interval: 200 },
      )
      .toEqual([{ write_id: refused.id, receipt_ref: late }]);
  });
});

/** As the PSA does when it comes to a request that we gave up. */
async function createTicket(w: PsaWorld, externalID: string): Promise<string> {
  const answer = await fetch(`${w.simulator.url}/atservicesrest/v1.0/Tickets`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...goodHeaders },
    body: JSON.stringify(goodTicket({ companyID: 0, externalID })),
  });
  const { itemId } = (await answer.json()) as { itemId: number };
  return String(itemId);
}

describe('a worker that goes away', () => {
  it('leaves its write to the next one, which looks before it sends', async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({ kind: 'afterCommit', answer: 'hang' });
    await w.accept(ofAna());
    await expect.poll(async () => (await w.tickets()).length).toBe(1);
    // As if the process had been killed: its lease runs out and its epoch is over.
    await w.db.unfenced((tx) => tx.query(`update leases set expires_at = '-infinity'`));
    const second = w.startWorker();
    try {
      second.wake(w.workspaceId, [w.connectionId]);
      await w.settled();
      expect(await w.tickets()).toHaveLength(1);
      expect(await w.states()).toEqual(['delivered']);
    } finally {
      await second.stop();
    }
  });
});
