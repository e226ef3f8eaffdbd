import { afterEach, describe, expect, it } from 'vitest';
import { anAlert, openWorld, type World, type WorldOptions } from '../../test/support/world.ts';

let world: World | undefined;

async function open(options?: WorldOptions): Promise<World> {
  world = await openWorld(options);
  return world;
}

afterEach(async () => {
  await world?.close();
  world = undefined;
});

interface SimulatedTicket {
  id: number;
  ticketNumber: string;
  title: string;
  description: string;
  companyID: number;
  contactID: number | null;
  externalID: string;
  priority: number;
  notes: { title: string; description: string; publish: number }[];
}

async function tickets(w: World): Promise<SimulatedTicket[]> {
  const answer = await fetch(`${w.simulator.url}/control/tickets`);
  return ((await answer.json()) as { tickets: SimulatedTicket[] }).tickets;
}

async function control(w: World, path: 'set' | 'faults', body: unknown): Promise<void> {
  const answer = await fetch(`${w.simulator.url}/control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function requests(w: World, path: RegExp): Promise<number> {
  const answer = await fetch(`${w.simulator.url}/control/ledger?kind=requests`);
  const { requests } = (await answer.json()) as { requests: { path: string }[] };
  return requests.filter((request) => path.test(request.path)).length;
}

const states = (w: World) =>
  w
    .rows('select delivery_state, reason, problem from deliveries order by id')
    .then((rows) => rows.map((row) => row.delivery_state));

/** An alert of one and the same user: all of them share a ticket. */
const ofAna = (members = {}) => anAlert({ user: { email: 'ana@northwind.example' }, ...members });

describe('a new alert', () => {
  it('becomes one ticket with our key, the right priority and the catch-all said in words', async () => {
    const w = await open();
    await w.accept(anAlert({ severity: 'critical', title: 'Ransomware' }));
    await w.settled();
    const [ticket, ...others] = await tickets(w);
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ companyID: 0, priority: 4, contactID: null });
    expect(ticket?.externalID).toMatch(/^A-[2-9A-Z]{8}$/);
    expect(ticket?.description).toContain('catch-all');
    expect(ticket?.description.trimEnd().endsWith(`ref ${ticket?.externalID}`)).toBe(true);
  });

  it('of a severity that is set to no ticket is skipped for good, with the reason', async () => {
    const w = await open();
    await w.accept(anAlert({ severity: 'informational' }));
    await w.settled();
    expect(await tickets(w)).toEqual([]);
    const [row] = await w.rows('select delivery_state, reason from deliveries');
    expect(row).toEqual({ delivery_state: 'skipped', reason: 'noTicketForSeverity' });
  });

  it('costs one write and, beyond zone and threshold, no read', async () => {
    const w = await open();
    await w.accept(anAlert());
    await w.settled();
    expect(await requests(w, /zoneInformation|ThresholdInformation/i)).toBe(2);
    expect(await requests(w, /V1\.0\/Tickets/i)).toBe(1);
  });
});

describe('later alerts of the same group', () => {
  it('become notes on the open ticket, in order, and several waiting ones one digest', async () => {
    const w = await open();
    await w.accept(ofAna({ externalId: 'first' }));
    await w.settled();
    await w.accept(ofAna({ externalId: 'second' }));
    await w.settled();
    await Promise.all(['third', 'fourth', 'fifth'].map((externalId) => w.accept(ofAna({ externalId }))));
    await w.settled();
    const list = await tickets(w);
    expect(list).toHaveLength(1);
    const notes = list[0]?.notes ?? [];
    expect(notes[0]?.description).toContain('second');
    expect(notes[0]?.publish).toBe(2);
    const rest = notes
      .slice(1)
      .map(({ description }) => description)
      .join('\n');
    for (const id of ['third', 'fourth', 'fifth']) expect(rest).toContain(id);
    expect(notes.length).toBeLessThanOrEqual(4);
    expect(notes[0]?.description.trimEnd()).toMatch(/ref A-[2-9A-Z]{8}\/0002$/);
  });

  it('open a new ticket that names the old one when that is closed (decision 14)', async () => {
    const w = await open();
    await w.accept(ofAna());
    await w.settled();
    const [first] = await tickets(w);
    await control(w, 'set', { ticket: { id: first?.id, status: 5 } });
    // What we remember of the ticket is made old, so that its state is read again.
    await w.rows(`update ticket_groups set ticket_checked_at = now() - interval '1 hour' returning id`);
    await w.accept(ofAna());
    await w.settled();
    const list = await tickets(w);
    expect(list).toHaveLength(2);
    expect(list[1]?.description).toContain('continues');
    expect(list[1]?.externalID).not.toBe(list[0]?.externalID);
  });

  it('open a new ticket when the note shows that the ticket is gone', async () => {
    const w = await open();
    await w.accept(ofAna());
    await w.settled();
    const [first] = await tickets(w);
    await control(w, 'set', { ticket: { id: first?.id, deleted: true } });
    await w.accept(ofAna());
    await w.settled();
    expect(await states(w)).toEqual(['delivered', 'delivered']);
    expect(await tickets(w)).toHaveLength(1);
  });
});

describe('the same alert again (decision 23)', () => {
  it('unchanged is a duplicate and changes nothing', async () => {
    const w = await open();
    const alert = ofAna();
    const first = await w.accept(alert);
    const second = await w.accept({ ...alert });
    expect(second).toMatchObject({ id: first.id, status: 'duplicate' });
    await w.settled();
    expect(await w.rows('select id from deliveries')).toHaveLength(1);
  });

  it('with a new severity is a note on its ticket, never a second one', async () => {
    const w = await open();
    const alert = ofAna({ severity: 'high' });
    await w.accept(alert);
    await w.settled();
    const again = await w.accept({ ...alert, severity: 'critical' });
    expect(again.status).toBe('updated');
    await w.settled();
    const list = await tickets(w);
    expect(list).toHaveLength(1);
    expect(list[0]?.notes[0]?.description).toContain('high → critical');
  });

  it('raised from no ticket gets its first ticket', async () => {
    const w = await open();
    const alert = ofAna({ severity: 'informational' });
    await w.accept(alert);
    await w.accept({ ...alert, severity: 'critical' });
    await w.settled();
    expect(await states(w)).toEqual(['skipped', 'delivered']);
    expect(await tickets(w)).toHaveLength(1);
  });

  it('sent many times at once is stored once', async () => {
    const w = await open();
    const alert = ofAna();
    const answers = await Promise.all(Array.from({ length: 30 }, () => w.accept({ ...alert })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 'accepted')).toHaveLength(1);
  });
});

describe('an answer that proves nothing', () => {
  const unclear = [
    { name: 'none at all', fault: { kind: 'afterCommit', answer: 'hang' } },
    { name: 'a torn connection', fault: { kind: 'afterCommit', answer: 'reset' } },
    { name: 'a gateway page', fault: { kind: 'afterCommit', status: 502, body: '<h1>Bad gateway</h1>' } },
    { name: 'half of it', fault: { kind: 'afterCommit', answer: 'truncate', withLength: false } },
    { name: 'one without an id', fault: { kind: 'afterCommit', answer: 'noId', form: 'missing' } },
  ];

  it.each(unclear)('$name: the ticket is found and adopted, none is made twice', async ({ fault }) => {
    const w = await open({ settleMs: 1_000 });
    await control(w, 'faults', { match: { method: 'POST', path: '/Tickets$' }, fault });
    await w.accept(ofAna());
    await w.settled();
    expect(await tickets(w)).toHaveLength(1);
    const [attempt] = await w.rows('select attempt_state, adopted, evidence from attempts');
    expect(attempt).toMatchObject({ attempt_state: 'confirmed', adopted: true });
    expect(attempt.evidence).toBeTruthy();
  });

  it.each(unclear)('$name, for a note: the note is found and adopted', async ({ fault }) => {
    const w = await open({ settleMs: 1_000 });
    await w.accept(ofAna());
    await w.settled();
    await control(w, 'faults', { match: { method: 'POST', path: '/Notes$' }, fault });
    await w.accept(ofAna());
    await w.settled();
    expect((await tickets(w))[0]?.notes).toHaveLength(1);
    expect(await states(w)).toEqual(['delivered', 'delivered']);
  });

  it('when nothing was made: sent again, with the same key, only after the settle window', async () => {
    const settleMs = 1_000;
    const w = await open({ settleMs });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'beforeCommit', answer: 'reset' },
    });
    await w.accept(ofAna());
    await w.settled();
    expect(await tickets(w)).toHaveLength(1);
    const attempts = await w.rows(
      `select n, attempt_state, extract(epoch from started_at)::float8 * 1000 as at from attempts order by n`,
    );
    expect(attempts.map((row) => [row.n, row.attempt_state])).toEqual([
      [1, 'refused'],
      [2, 'confirmed'],
    ]);
    expect(attempts[1].at - attempts[0].at).toBeGreaterThanOrEqual(settleMs);
  });

  it('that commits late, within the settle window, is adopted', async () => {
    const w = await open({ settleMs: 2_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'lateCommit', answer: 'reset', commitAfterMs: 1_000 },
    });
    await w.accept(ofAna());
    await w.settled();
    expect(await tickets(w)).toHaveLength(1);
  });
});

describe('a ticket that comes later than the settle window allows', () => {
  it('is found by the reconciler and shown, never silent', async () => {
    const w = await open({ settleMs: 1_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'lateCommit', answer: 'reset', commitAfterMs: 2_000 },
    });
    const { id } = await w.accept(ofAna());
    await w.settled();
    await expect.poll(async () => (await tickets(w)).length, { timeout: 10_000 }).toBe(2);
    await expect
      .poll(
        async () => {
          await w.rows('update attempts set recheck_at = now() where recheck_at is not null returning n');
          w.worker.refresh(w.workspaceId);
          return (await w.rows('select receipt_ref from surplus_records')).length;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe(1);
    expect(await w.rows('select id from deliveries where alert_id = $1', [id])).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('for too many calls waits as asked and uses up no try', async () => {
    const w = await open({ settleMs: 1_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'beforeCommit', status: 429, retryAfter: '1', body: '{"errors":["slow down"]}' },
    });
    await w.accept(ofAna());
    await w.settled();
    expect(await tickets(w)).toHaveLength(1);
    const [row] = await w.rows('select tries from deliveries');
    expect(row.tries).toBe(0);
    const [gap] = await w.rows(
      'select extract(epoch from max(started_at) - min(started_at))::float8 * 1000 as ms from attempts',
    );
    expect(gap.ms).toBeGreaterThanOrEqual(1_000);
  });

  it('of the login stops the connection: nothing is sent, everything is held', async () => {
    const w = await open();
    await control(w, 'set', { credentials: { secret: 'Another-1' } });
    await w.accept(ofAna());
    await expect.poll(() => w.stopped.length).toBe(1);
    expect(await tickets(w)).toEqual([]);
    expect(await requests(w, /V1\.0\//)).toBe(1);
  });

  it('of a value that no list has parks the delivery with the words of the PSA', async () => {
    const w = await open({ tickets: { ticketQueue: '4711' } });
    await w.accept(ofAna());
    await w.settled();
    const [row] = await w.rows('select delivery_state, problem from deliveries');
    expect(row.delivery_state).toBe('failed');
    expect(row.problem).toMatch(/queue/i);
  });

  it('of the contact makes the ticket without one, which says so (decision 3)', async () => {
    const w = await open({ attachContacts: true });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: {
        kind: 'beforeCommit',
        status: 500,
        body: '{"errors":["Reference value on field: contactID of type: Contact does not exist or is invalid."]}',
      },
    });
    await w.accept(ofAna());
    await w.settled();
    const [ticket] = await tickets(w);
    expect(ticket?.contactID).toBeNull();
    expect(ticket?.description).toContain('No contact attached');
  });
});

describe('contacts (decision 4)', () => {
  it('the one with the address of the alert, ignoring letter case, in this account only', async () => {
    const w = await open({ attachContacts: true });
    const [contact] = w.simulator.state.tables.Contacts.lookUp('companyID', [0]) ?? [];
    const row = w.simulator.state.tables.Contacts.get(contact as number);
    await w.accept(anAlert({ user: { email: String(row?.emailAddress).toUpperCase() } }));
    await w.settled();
    expect((await tickets(w))[0]?.contactID).toBe(contact);
  });
});

describe('a worker that goes away', () => {
  it('leaves its write to the next one, which looks before it sends', async () => {
    const w = await open({ settleMs: 1_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'afterCommit', answer: 'hang' },
    });
    await w.accept(ofAna());
    await expect.poll(async () => (await tickets(w)).length).toBe(1);
    // As if the process had been killed: its lease runs out and its epoch is over.
    await w.db.unfenced((tx) => tx.query(`update leases set expires_at = '-infinity'`));
    const second = w.startWorker();
    try {
      second.wake(w.workspaceId, [w.connectionId]);
      await w.settled();
      expect(await tickets(w)).toHaveLength(1);
      expect(await states(w)).toEqual(['delivered']);
    } finally {
      await second.stop();
    }
  });
});

describe('what must not be forgotten or repeated', () => {
  it('alerts of one ticket that are too large for one note all get there', async () => {
    const w = await open();
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'afterCommit', answer: 'ok', delayMs: 500 },
    });
    await w.accept(ofAna());
    await Promise.all(
      [1, 2, 3].map((n) => w.accept(ofAna({ description: `${n}`.padEnd(3_000_000, `x${n}y`) }))),
    );
    await w.settled();
    expect(new Set(await states(w))).toEqual(new Set(['delivered']));
  });

  it('an uncertain write is not sent again while the connection is paused (decision 5)', async () => {
    const w = await open({ settleMs: 1_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'beforeCommit', answer: 'reset' },
    });
    await w.accept(ofAna());
    await expect.poll(() => states(w)).toEqual(['uncertain']);
    await w.rows(`update connections set connection_state = 'paused' returning id`);
    await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await tickets(w)).toEqual([]);
    await w.rows(`update connections set connection_state = 'active' returning id`);
    await w.rows('update workspaces set settings_version = settings_version + 1 returning id');
    await w.settled();
    expect(await tickets(w)).toHaveLength(1);
  });

  it('after one refused login no look-up that queued is made (promise P8)', async () => {
    const w = await open({ settleMs: 2_000 });
    await control(w, 'faults', {
      match: { method: 'POST', path: '/Tickets$' },
      fault: { kind: 'beforeCommit', status: 502, body: 'Bad gateway' },
      times: 'always',
    });
    await Promise.all(Array.from({ length: 8 }, () => w.accept(anAlert())));
    await expect
      .poll(async () => (await states(w)).filter((state) => state === 'uncertain').length)
      .toBeGreaterThan(0);
    await control(w, 'set', { credentials: { secret: 'Another-1' } });
    await expect.poll(() => w.stopped.length).toBeGreaterThan(0);
    const before = await requests(w, /V1\.0\//);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await requests(w, /V1\.0\//)) - before).toBeLessThanOrEqual(2);
  });
});
