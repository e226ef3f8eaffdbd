import { describe, expect, it } from 'vitest';
import { anAlert, ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld } from '../../test/support/psa.ts';

describe('a refusal', () => {
  it('for too many calls waits as asked and uses up no try', async () => {
    const w = await openPsaWorld({ settleMs: 1_000 });
    await w.ticketFault({
      kind: 'beforeCommit',
      status: 429,
      retryAfter: '1',
      body: '{"errors":["slow down"]}',
    });
    await w.accept(ofAna());
    await w.settled();
    expect(await w.tickets()).toHaveLength(1);
    const [row] = await w.rows('select tries from deliveries');
    expect(row.tries).toBe(0);
    const [gap] = await w.rows(
      'select extract(epoch from max(started_at) - min(started_at))::float8 * 1000 as ms from attempts',
    );
    expect(gap.ms).toBeGreaterThanOrEqual(1_000);
  });

  it('of the login stops the connection: nothing is sent, everything is held', async () => {
    const w = await openPsaWorld();
    await w.control('set', { credentials: { secret: 'Another-1' } });
    await w.accept(ofAna());
    await expect.poll(() => w.stopped.length).toBe(1);
    expect(await w.tickets()).toEqual([]);
    expect(await w.requests(/V1\.0\//)).toBe(1);
  });

  it('of a value that no list has parks the delivery with the words of the PSA', async () => {
    const w = await openPsaWorld({ tickets: { ticketQueue: '4711' } });
    await w.accept(ofAna());
    await w.settled();
    const [row] = await w.rows('select delivery_state, problem from deliveries');
    expect(row.delivery_state).toBe('failed');
    expect(row.problem).toMatch(/queue/i);
  });

  it('of the contact makes the ticket without one, which says so (decision 3)', async () => {
    const w = await openPsaWorld({ attachContacts: true });
    await w.ticketFault({
      kind: 'beforeCommit',
      status: 500,
      body: '{"errors":["Reference value on field: contactID of type: Contact does not exist or is invalid."]}',
    });
    await w.accept(ofAna());
    await w.settled();
    const [ticket] = await w.tickets();
    expect(ticket?.contactID).toBeNull();
    expect(ticket?.description).toContain('No contact attached');
  });

  it('of the login: after one, no look-up that queued is made (promise P8)', async () => {
    const w = await openPsaWorld({ settleMs: 2_000 });
    await w.ticketFault({ kind: 'beforeCommit', status: 502, body: 'Bad gateway' }, { times: 'always' });
    await Promise.all(Array.from({ length: 8 }, () => w.accept(anAlert())));
    await expect
      .poll(async () => (await w.states()).filter((state) => state === 'uncertain').length)
      .toBeGreaterThan(0);
    await w.control('set', { credentials: { secret: 'Another-1' } });
    await expect.poll(() => w.stopped.length).toBeGreaterThan(0);
    const before = await w.requests(/V1\.0\//);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await w.requests(/V1\.0\//)) - before).toBeLessThanOrEqual(2);
  });
});
