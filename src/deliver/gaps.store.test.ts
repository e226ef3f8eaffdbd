/** A note that the PSA refuses for good: what waits behind it, what a person can do, and what the ticket says. */
import { describe, expect, it } from 'vitest';
import { ofAna } from '../../test/support/alerts.ts';
import { openPsaWorld, type PsaWorld } from '../../test/support/psa.ts';
import { discardDelivery, retryDelivery } from '../receipts/decide.ts';

/** W of so many milliseconds makes the wait behind a refused note about twice as long. */
const shortMs = 500;
/** Nobody waits for this in a test: a person ends it. */
const longMs = 60_000;

/** Only the text of the alert itself has it; a note that names the alert as missing does not. */
const refused = 'What the PSA cannot bear';

/** A world whose group has its ticket, and where the notes of bad alerts are refused. */
async function openWithTicket(settleMs: number): Promise<PsaWorld> {
  const w = await openPsaWorld({ settleMs });
  await w.accept(ofAna({ externalId: 'evt-first' }));
  await w.settled();
  await w.control('faults', {
    match: { method: 'POST', path: '/Notes$', body: refused },
    fault: { kind: 'beforeCommit', status: 400, body: '{"errors":["Data violation: no."]}' },
    times: 'always',
  });
  return w;
}

const notesOf = async (w: PsaWorld) =>
  (await w.tickets())[0]?.notes.map(({ description }) => description) ?? [];

/** Takes an alert and waits until its delivery has come to this. */
async function take(w: PsaWorld, externalId: string, severity: 'high' | 'critical', state?: string) {
  const description = externalId.startsWith('evt-bad') ? refused : 'Harmless';
  await w.accept(ofAna({ externalId, severity, description }));
  const stateNow = async () => (await deliveryOf(w, externalId)).delivery_state;
  if (state) await expect.poll(stateNow, { timeout: 10_000 }).toBe(state);
}

const deliveryOf = async (w: PsaWorld, externalId: string) =>
  (
    await w.rows(
      `select d.id, d.delivery_state from deliveries d join alerts a on a.id = d.alert_id where a.external_id = $1`,
      [externalId],
    )
  )[0];

describe('behind a note that was refused for good', () => {
  it('the next one waits, then goes on and names what is missing; the one after it does not', async () => {
    const w = await openWithTicket(shortMs);
    await take(w, 'evt-bad', 'high', 'failed');
    await take(w, 'evt-next', 'high', 'delivered');
    await take(w, 'evt-last', 'high', 'delivered');
    const [next, last] = await notesOf(w);
    expect(next).toContain(
      'Missing before this note, because the PSA refused it: Impossible travel (evt-bad).',
    );
    expect(last).not.toContain('Missing');
    const [waits] = await w.rows(
      `select extract(epoch from max(a.started_at) filter (where w.seq = 2 + 1) - min(a.finished_at)
                filter (where a.attempt_state = 'refused'))::float8 as s
         from attempts a join writes w on w.id = a.write_id`,
    );
    expect(waits.s).toBeGreaterThan(0.8);
  });

  it('a digest names what is missing too', async () => {
    const w = await openWithTicket(shortMs);
    await take(w, 'evt-bad', 'high', 'failed');
    await take(w, 'evt-1', 'high');
    await take(w, 'evt-2', 'high', 'delivered');
    const [digest] = await notesOf(w);
    expect(digest).toMatch(
      /^Missing before this note, because the PSA refused it: .*evt-bad.*\n\n2 alerts: 2 high/,
    );
  });

  it('a critical alert does not wait', async () => {
    const w = await openWithTicket(longMs);
    await take(w, 'evt-bad', 'high', 'failed');
    await take(w, 'evt-alarm', 'critical', 'delivered');
    expect((await notesOf(w))[0]).toContain('(evt-bad)');
  });

  it('a retry that succeeds goes first, and nothing is missing', async () => {
    const w = await openWithTicket(longMs);
    await take(w, 'evt-bad', 'high', 'failed');
    await take(w, 'evt-next', 'high', 'pending');
    await fetch(`${w.simulator.url}/control/faults`, { method: 'DELETE' });
    const { id } = await deliveryOf(w, 'evt-bad');
    const { channelId: channel } = await w.db.inWorkspace(w.workspaceId, (tx) =>
      retryDelivery(tx, w.workspaceId, id),
    );
    w.worker.wake(w.workspaceId, [channel]);
    await w.settled();
    const notes = await notesOf(w);
    expect(notes[0]).toContain('evt-bad');
    expect(notes.join('\n')).toContain('evt-next');
    expect(notes.join('\n')).not.toContain('Missing');
  });

  it('a discard lets the others go on, and nothing is missing', async () => {
    const w = await openWithTicket(longMs);
    await take(w, 'evt-bad', 'high', 'failed');
    await take(w, 'evt-next', 'high', 'pending');
    const { id } = await deliveryOf(w, 'evt-bad');
    const by = { name: 'Ana', reason: 'A drill' };
    const { channelId: channel } = await w.db.inWorkspace(w.workspaceId, (tx) =>
      discardDelivery(tx, w.workspaceId, id, by),
    );
    w.worker.wake(w.workspaceId, [channel]);
    await w.settled();
    const notes = await notesOf(w);
    expect(notes).toHaveLength(1);
    expect(notes[0]).not.toContain('Missing');
  });

  it('several that were refused are named, and counted from the fourth on', async () => {
    const w = await openWithTicket(shortMs);
    for (const n of [1, 2, 3, 4]) await take(w, `evt-bad-${n}`, 'critical', 'failed');
    await take(w, 'evt-next', 'high', 'delivered');
    expect((await notesOf(w))[0]).toMatch(/refused them: .*\(evt-bad-1\).*\(evt-bad-3\) and 1 more\./);
  });
});
