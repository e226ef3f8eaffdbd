import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../contract.ts';
import { always } from './scriptedSession.ts';
import { key, noteKey, simulatorPerTest } from './simulatorPerTest.ts';

const world = simulatorPerTest();

/** Both writes, so that each row of promises §3.4 is tried on tickets and on notes. */
const writes: [string, () => Promise<Outcome>][] = [
  ['ticket', () => world.send()],
  ['note', async () => world.session.addNote(await world.createdTicket(), world.psa.note(noteKey), always)],
];

/** Only the write in question: creating the note's ticket must not meet the fault. */
const matchOf = (thing: string) => ({
  method: 'POST',
  path: thing === 'ticket' ? '/Tickets$' : '/Notes$',
});

const threads = '{"errors":["Itgenatr005: The API thread threshold of 3 threads has been exceeded."]}';

describe.each(writes)('creating a %s', (thing, write) => {
  it.each([
    ['429 with Retry-After', { status: 429, retryAfter: 7 }, 7_000],
    ['429 without', { status: 429 }, undefined],
    ['429 as HTML', { status: 429, body: '<html>', contentType: 'text/html' }, undefined],
    ['the thread limit with 429', { status: 429, body: threads }, 3_000],
    ['the thread limit with 500', { status: 500, body: threads }, 3_000],
  ])('J-1: %s is a rate limit', async (_, fault, retryAfterMs) => {
    await world.psa.fault({ kind: 'beforeCommit', ...fault }, matchOf(thing));
    const outcome = await write();
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'rateLimited' });
    expect(outcome.kind === 'refused' && outcome.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    ['500 without a body', { status: 500 }],
    ['502 as HTML', { status: 502, body: '<html>Bad gateway</html>', contentType: 'text/html' }],
    ['503', { status: 503, retryAfter: 5 }],
    ['504', { status: 504 }],
    ['a challenge page with 200', { status: 200, body: '<html>Checking…</html>', contentType: 'text/html' }],
    ['500 with a deadlock', { status: 500, body: '{"errors":["Transaction was deadlocked."]}' }],
    ['500 with an unknown text', { status: 500, body: '{"errors":["It did not work."]}' }],
  ])('J-2: %s is uncertain and keeps its evidence', async (_, fault) => {
    await world.psa.fault({ kind: 'afterCommit', ...fault }, matchOf(thing));
    const outcome = await write();
    expect(outcome.kind).toBe('uncertain');
    expect(outcome.kind === 'uncertain' && outcome.evidence).toContain(`HTTP ${fault.status}`);
  });

  it('J-3: a 401 in mid-run stops after one call', async () => {
    await world.psa.fault({ kind: 'beforeCommit', status: 401 }, matchOf(thing), 5);
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'auth' });
    expect(await world.psa.refusedLogins()).toBe(1);
  });

  it('J-3: 403 is a missing right', async () => {
    await world.psa.fault({ kind: 'beforeCommit', status: 403 }, matchOf(thing));
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'invalid' });
  });

  it.each(['null', 'missing', 'emptyBody', 'nullBody', 'array', 'text', 'zero', 'unsafe'])(
    'J-6: a success whose id is %s is uncertain',
    async (form) => {
      await world.psa.fault({ kind: 'afterCommit', answer: 'noId', form }, matchOf(thing));
      expect((await write()).kind).toBe('uncertain');
    },
  );

  it.each([true, false])('J-6: half an answer is uncertain (length announced: %s)', async (withLength) => {
    await world.psa.fault({ kind: 'afterCommit', answer: 'truncate', withLength }, matchOf(thing));
    expect((await write()).kind).toBe('uncertain');
  });

  it.each([301, 302, 307, 308])('J-11: %i is refused, and the other host sees nothing', async (status) => {
    let visits = 0;
    const other = createServer((_request, response) => {
      visits += 1;
      response.end('{"itemId":1}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/Tickets`;
    await world.psa.fault({ kind: 'beforeCommit', status, headers: { location } }, matchOf(thing));
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'serverError' });
    expect(visits).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('late and slow answers', () => {
  it('J-5: a ticket that is committed after the reset is found later', async () => {
    await world.psa.fault({ kind: 'lateCommit', answer: 'reset', commitAfterMs: 20 });
    expect((await world.send()).kind).toBe('uncertain');
    await vi.waitFor(async () => expect((await world.session.findTicket(key)).kind).toBe('found'));
    expect(await world.psa.ticketsWithKey(key)).toBe(1);
  });

  it('J-7: an answer that drips is uncertain at the deadline', async () => {
    await world.session.findTicket(key);
    await world.psa.fault({ kind: 'afterCommit', answer: 'drip', everyMs: 60_000 });
    const underWay = world.send();
    await vi.waitFor(async () => expect(await world.psa.ticketsWithKey(key)).toBe(1));
    world.http.giveUp();
    expect((await underWay).kind).toBe('uncertain');
  });

  it('J-8: nothing is sent twice after a reset', async () => {
    await world.psa.misbehave('resetBefore');
    await world.send();
    expect((await world.psa.calls()).filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('J-12: drift of the answers', () => {
  const onTickets = { method: 'POST', path: '/Tickets/query$' };
  const onCompanies = { method: 'POST', path: '/Companies/query$' };

  it.each([
    ['a member is gone', { drop: ['externalID'] }, 'externalID'],
    ['a member has another name', { rename: { externalID: 'externalReference' } }, 'externalID'],
    ['a number has become text', { retype: ['id'] }, 'id'],
    ['the list has another name', { rename: { items: 'rows' } }, 'items'],
  ])('%s: the look-up fails and names it', async (_, change, member) => {
    await world.createdTicket();
    await world.psa.fault({ answer: 'rewrite', ...change }, onTickets);
    const finding = await world.session.findTicket(key);
    expect(finding).toMatchObject({ kind: 'failed', reason: 'invalid' });
    expect(finding.kind === 'failed' && finding.text).toContain(member);
  });

  it('another letter case or a member that we do not need is no drift', async () => {
    const rename = { id: 'ID', companyName: 'CompanyName', items: 'Items', city: 'town' };
    await world.psa.fault({ answer: 'rewrite', rename }, onCompanies);
    expect((await world.session.accounts({})).kind).toBe('ok');
  });
});

describe('J-17: searches that lie', () => {
  it('a filter that is ignored never adopts, and nothing is taken for gone', async () => {
    const first = await world.createdTicket();
    await world.session.createTicket(world.psa.ticket('A-OTHER000'), always);
    const tickets = { method: 'POST', path: '/Tickets/query$' };
    await world.psa.fault({ answer: 'ignoreFilter' }, tickets, 2);
    expect((await world.session.findTicket(key)).kind).toBe('failed');
    expect((await world.session.ticketStates([first])).kind).toBe('refused');
  });

  it('a new ticket is found when the index has it', async () => {
    await world.psa.set({ searchLagMs: 50 });
    await world.createdTicket();
    expect((await world.session.findTicket(key)).kind).toBe('none');
    await vi.waitFor(async () => expect((await world.session.findTicket(key)).kind).toBe('found'));
  });

  it('another letter case is another key', async () => {
    await world.createdTicket();
    expect((await world.session.findTicket(key.toLowerCase())).kind).toBe('none');
  });
});
