import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeConformance } from '../conformance.ts';
import { type ConformanceHttp, createConformanceHttp } from '../conformanceHttp.ts';
import type { Outcome, Session } from '../contract.ts';
import { autotask, createAutotask } from './index.ts';
import { type SimulatedAutotask, simulateAutotask } from './simulated.ts';

describeConformance('Autotask', () => simulateAutotask());

const key = 'A-7K3Q9M2F';
const noteKey = `${key}/0001`;
const always = () => true;

let psa: SimulatedAutotask;
let http: ConformanceHttp;
let session: Session;

beforeEach(async () => {
  psa = await simulateAutotask();
  http = createConformanceHttp();
  session = psa.adapter.open(psa.credentials, http.http);
});
afterEach(async () => {
  await http.close();
  await psa.stop();
});

const send = () => session.createTicket(psa.ticket(key), always);

async function createdTicket(): Promise<string> {
  const outcome = await send();
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.receipt.ref;
}

/** Both writes, so that each row of promises §3.4 is tried on tickets and on notes. */
const writes: [string, () => Promise<Outcome>][] = [
  ['ticket', () => send()],
  ['note', async () => session.addNote(await createdTicket(), psa.note(noteKey), always)],
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
    await psa.fault({ kind: 'beforeCommit', ...fault }, matchOf(thing));
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
    await psa.fault({ kind: 'afterCommit', ...fault }, matchOf(thing));
    const outcome = await write();
    expect(outcome.kind).toBe('uncertain');
    expect(outcome.kind === 'uncertain' && outcome.evidence).toContain(`HTTP ${fault.status}`);
  });

  it('J-3: a 401 in mid-run stops after one call', async () => {
    await psa.fault({ kind: 'beforeCommit', status: 401 }, matchOf(thing), 5);
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'auth' });
    expect(await psa.refusedLogins()).toBe(1);
  });

  it('J-3: 403 is a missing right', async () => {
    await psa.fault({ kind: 'beforeCommit', status: 403 }, matchOf(thing));
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'invalid' });
  });

  it.each(['null', 'missing', 'emptyBody', 'nullBody', 'array', 'text', 'zero', 'unsafe'])(
    'J-6: a success whose id is %s is uncertain',
    async (form) => {
      await psa.fault({ kind: 'afterCommit', answer: 'noId', form }, matchOf(thing));
      expect((await write()).kind).toBe('uncertain');
    },
  );

  it.each([true, false])('J-6: half an answer is uncertain (length announced: %s)', async (withLength) => {
    await psa.fault({ kind: 'afterCommit', answer: 'truncate', withLength }, matchOf(thing));
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
    await psa.fault({ kind: 'beforeCommit', status, headers: { location } }, matchOf(thing));
    expect(await write()).toMatchObject({ kind: 'refused', reason: 'serverError' });
    expect(visits).toBe(0);
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('late and slow answers', () => {
  it('J-5: a ticket that is committed after the reset is found later', async () => {
    await psa.fault({ kind: 'lateCommit', answer: 'reset', commitAfterMs: 20 });
    expect((await send()).kind).toBe('uncertain');
    await vi.waitFor(async () => expect((await session.findTicket(key)).kind).toBe('found'));
    expect(await psa.ticketsWithKey(key)).toBe(1);
  });

  it('J-7: an answer that drips is uncertain at the deadline', async () => {
    await session.findTicket(key);
    await psa.fault({ kind: 'afterCommit', answer: 'drip', everyMs: 60_000 });
    const underWay = send();
    await vi.waitFor(async () => expect(await psa.ticketsWithKey(key)).toBe(1));
    http.giveUp();
    expect((await underWay).kind).toBe('uncertain');
  });

  it('J-8: nothing is sent twice after a reset', async () => {
    await psa.misbehave('resetBefore');
    await send();
    expect((await psa.calls()).filter(({ method }) => method === 'POST')).toHaveLength(1);
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
    await createdTicket();
    await psa.fault({ answer: 'rewrite', ...change }, onTickets);
    const finding = await session.findTicket(key);
    expect(finding).toMatchObject({ kind: 'failed', reason: 'invalid' });
    expect(finding.kind === 'failed' && finding.text).toContain(member);
  });

  it('another letter case or a member that we do not need is no drift', async () => {
    const rename = { id: 'ID', companyName: 'CompanyName', items: 'Items', city: 'town' };
    await psa.fault({ answer: 'rewrite', rename }, onCompanies);
    expect((await session.accounts({})).kind).toBe('ok');
  });
});

describe('refusals by the simulator', () => {
  it('J-13: an inactive picklist value names its field', async () => {
    await psa.set({ picklist: { field: 'queueID', value: 8, isActive: false } });
    expect(await send()).toMatchObject({ kind: 'refused', reason: 'invalid', field: 'ticketQueue' });
    const choices = await session.choices('ticketQueue');
    expect(choices.kind === 'ok' && choices.value.find(({ id }) => id === '8')?.isActive).toBe(false);
  });

  it('a sub-issue type of another issue type is refused as such', async () => {
    const draft = psa.ticket(key);
    const values = { ...draft.values, subIssueType: '140' };
    const outcome = await session.createTicket({ ...draft, values }, always);
    expect(outcome).toMatchObject({ kind: 'refused', field: 'subIssueType' });
  });

  it.each(['new', 'old'])(
    'J-14, J-15: inactive accounts and contacts are named (%s wording)',
    async (text) => {
      await psa.set({ referenceText: text, contact: { id: 30683, isActive: false } });
      const withContact = { ...psa.ticket(key), contactId: psa.contact.id };
      expect(await session.createTicket(withContact, always)).toMatchObject({ field: 'contact' });
      await psa.set({ company: { id: 217, isActive: false } });
      expect(await send()).toMatchObject({ kind: 'refused', reason: 'invalid', field: 'account' });
    },
  );

  it('a contact and a contract of another account are named', async () => {
    const draft = { ...psa.ticket(key), accountId: '217' };
    expect(await session.createTicket({ ...draft, contactId: '30000' }, always)).toMatchObject({
      kind: 'refused',
      field: 'contact',
    });
    expect(await session.createTicket({ ...draft, contractId: '999999' }, always)).toMatchObject({
      kind: 'refused',
      field: 'contract',
    });
  });

  it('J-16: a ticket that was merged shows as closed, a hidden or deleted one as gone', async () => {
    const merged = await createdTicket();
    const target = await createdTicket();
    await psa.set({ ticket: { id: Number(merged), mergedInto: Number(target) } });
    const read = await session.ticketStates([merged, target]);
    expect(read.kind === 'ok' && read.value.get(merged)?.kind).toBe('closed');
    expect(read.kind === 'ok' && read.value.get(target)?.kind).toBe('open');
  });

  it('J-22: texts of the declared lengths fit, one character more is refused with its field', async () => {
    const { text } = psa.adapter.limits;
    const draft = psa.ticket(key);
    const fits = { ...draft, title: 't'.repeat(text.title), description: 'd'.repeat(text.description) };
    const outcome = await session.createTicket(fits, always);
    expect(outcome.kind).toBe('done');
    expect(await session.createTicket({ ...fits, title: `${fits.title}t` }, always)).toMatchObject({
      kind: 'refused',
      field: 'ticketSubject',
    });
    expect(
      await session.createTicket({ ...fits, description: `${fits.description}d` }, always),
    ).toMatchObject({
      kind: 'refused',
      field: 'description',
    });
    const ref = outcome.kind === 'done' ? outcome.receipt.ref : '';
    const marker = `\nref ${noteKey}`;
    const note = {
      ...psa.note(noteKey),
      title: 'n'.repeat(text.noteTitle),
      text: 'x'.repeat(text.note - marker.length) + marker,
    };
    expect((await session.addNote(ref, note, always)).kind).toBe('done');
    expect((await session.findNote(ref, note)).kind).toBe('found');
    expect(await session.addNote(ref, { ...note, text: `x${note.text}` }, always)).toMatchObject({
      kind: 'refused',
      field: 'description',
    });
    expect(await session.addNote(ref, { ...note, title: `n${note.title}` }, always)).toMatchObject({
      kind: 'refused',
      field: 'noteTitle',
    });
  });
});

describe('J-17: searches that lie', () => {
  it('a filter that is ignored never adopts, and nothing is taken for gone', async () => {
    const first = await createdTicket();
    await session.createTicket(psa.ticket('A-OTHER000'), always);
    const tickets = { method: 'POST', path: '/Tickets/query$' };
    await psa.fault({ answer: 'ignoreFilter' }, tickets, 2);
    expect((await session.findTicket(key)).kind).toBe('failed');
    expect((await session.ticketStates([first])).kind).toBe('refused');
  });

  it('a new ticket is found when the index has it', async () => {
    await psa.set({ searchLagMs: 50 });
    await createdTicket();
    expect((await session.findTicket(key)).kind).toBe('none');
    await vi.waitFor(async () => expect((await session.findTicket(key)).kind).toBe('found'));
  });

  it('another letter case is another key', async () => {
    await createdTicket();
    expect((await session.findTicket(key.toLowerCase())).kind).toBe('none');
  });
});

describe('the zone', () => {
  it('is followed when the tenant moves, by one call more', async () => {
    await createdTicket();
    await psa.set({ zoneMoved: true });
    expect((await send()).kind).toBe('done');
    expect(await psa.refusedLogins()).toBe(1);
    expect((await send()).kind).toBe('done');
    expect(await psa.refusedLogins()).toBe(1);
  });

  it('may come with a double slash', async () => {
    await psa.set({ zoneDoubleSlash: true });
    expect((await send()).kind).toBe('done');
  });

  it('leads to the page of the ticket', async () => {
    const outcome = await send();
    const receipt = outcome.kind === 'done' ? outcome.receipt : undefined;
    const page = await request(receipt?.link ?? '');
    await page.body.dump();
    expect(page.headers.location).toMatch(new RegExp(`/tickets/${receipt?.ref}$`));
  });
});

describe('limits of Autotask', () => {
  it('the fourth call at once is told to wait a little', async () => {
    await session.findTicket(key);
    await psa.set({ latencyMs: 400 });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => send()));
    const refused = outcomes.filter((outcome) => outcome.kind === 'refused');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: 'rateLimited', retryAfterMs: 3_000 });
    expect(await psa.ticketsWithKey(key)).toBe(3);
  });

  it.each([429, 500])('the hourly threshold (%i) pauses for minutes', async (thresholdStatus) => {
    await psa.set({ thresholdStatus, penalties: false, used: 10_001 });
    expect(await send()).toMatchObject({ kind: 'refused', reason: 'rateLimited', retryAfterMs: 300_000 });
  });

  it('tells what all tools have used', async () => {
    await psa.set({ used: 1_234, penalties: false });
    const usage = await session.usage?.();
    expect(usage).toMatchObject({ kind: 'ok', value: { allowed: 10_000, windowMs: 3_600_000 } });
    expect(usage?.kind === 'ok' && usage.value.used).toBeGreaterThanOrEqual(1_234);
  });
});

describe('verification (req 50, 51)', () => {
  const verify = async (change: Record<string, string> = {}) =>
    psa.adapter.open({ ...psa.credentials, ...change }, http.http).verify();

  it('says what is good on each line', async () => {
    const checks = await verify();
    expect(checks.map((check) => [check.key, check.ok])).toEqual([
      ['zone', true],
      ['login', true],
      ['Tickets.create', true],
      ['Tickets.query', true],
      ['TicketNotes.create', true],
      ['TicketNotes.query', true],
      ['Companies.query', true],
      ['Contacts.query', true],
      ['visibility', true],
    ]);
  });

  it.each([
    ['an unknown user', { username: 'nobody@msp.example' }, 'zone', 'API Username'],
    ['a wrong secret', { secret: 'not-this-one' }, 'login', 'API Password'],
    ['an unknown tracking identifier', { integrationCode: 'UNKNOWN0001' }, 'login', 'Tracking Identifier'],
  ])('stops at %s', async (_, change, line, words) => {
    const checks = await verify(change);
    expect(checks.at(-1)).toMatchObject({ key: line, ok: false, text: expect.stringContaining(words) });
    expect((await psa.calls()).length).toBeLessThanOrEqual(1);
  });

  it('stops at a locked user, with one call', async () => {
    await psa.set({ locked: true });
    expect((await verify()).at(-1)).toMatchObject({ key: 'login', ok: false });
    expect(await psa.refusedLogins()).toBe(1);
  });

  it('names each right that is missing, and goes on', async () => {
    await psa.set({ rights: { Tickets: { create: false }, Contacts: { query: false } } });
    const missing = (await verify()).filter((check) => !check.ok);
    expect(missing.map((check) => check.key)).toEqual(['Tickets.create', 'Contacts.query']);
    expect(missing[0]?.text).toContain('security level');
  });

  it('a write without the right is refused in words', async () => {
    await psa.set({ rights: { Tickets: { create: false } } });
    expect(await send()).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
      text: expect.stringContaining('security level'),
    });
  });

  it('notices a security level that hides all companies', async () => {
    await psa.set({ restrictedRows: true });
    expect((await verify()).at(-1)).toMatchObject({ key: 'visibility', ok: false });
  });

  it('says so when Autotask cannot be reached', async () => {
    await psa.stop();
    const checks = await verify();
    expect(checks).toMatchObject([{ key: 'zone', ok: false, text: expect.stringContaining('not reached') }]);
  });
});

describe('accounts of the simulator', () => {
  it('are found by name and by their lists', async () => {
    const read = await session.accounts({ q: 'northwind', filters: { accountType: ['1'] } });
    expect(read.kind === 'ok' && read.value.items.map(({ id }) => id)).toEqual(['217']);
    const none = await session.accounts({ q: 'northwind', filters: { accountType: ['7'] } });
    expect(none.kind === 'ok' && none.value.items).toEqual([]);
  });

  it('include the MSP’s own company, 0', async () => {
    const read = await session.accounts({});
    expect(read.kind === 'ok' && read.value.items[0]?.id).toBe('0');
    expect(await session.accountsById(['0'])).toMatchObject({ kind: 'ok', value: [{ id: '0' }] });
  });

  it('a contact is matched in its account only (decision 4)', async () => {
    const upper = psa.contact.email.toUpperCase();
    const found = await session.contactByEmail(psa.companyId, upper);
    expect(found).toMatchObject({ kind: 'ok', value: { id: psa.contact.id, accountId: psa.companyId } });
    expect(await session.contactByEmail('0', upper)).toEqual({ kind: 'ok', value: null });
    await psa.set({ contact: { id: Number(psa.contact.id), isActive: false } });
    expect(await session.contactByEmail(psa.companyId, upper)).toEqual({ kind: 'ok', value: null });
  });

  it('more than a page are listed whole, each once', async () => {
    const many = await simulateAutotask({ companies: 1_200 });
    const opened = many.adapter.open(many.credentials, http.http);
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await opened.accounts({}, cursor);
      if (page.kind !== 'ok') throw new Error(page.text);
      ids.push(...page.value.items.map(({ id }) => id));
      cursor = page.value.nextCursor;
    } while (cursor !== undefined);
    await many.stop();
    expect(ids.length).toBeGreaterThan(1_000);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the adapter', () => {
  it('takes a look-up URL that it can use only', () => {
    expect(() => createAutotask({ zoneUrl: 'http://127.0.0.1:9401/x?user=' })).toThrow();
    expect(createAutotask({ zoneUrl: 'http://127.0.0.1:9401/x' }).kind).toBe('autotask');
  });

  it('declares a settle window that holds permit, deadline, five minutes and search lag (promises §2.2)', () => {
    const { settleMs, permitMs, deadlineMs, searchLagMs } = autotask.limits;
    expect(settleMs).toBeGreaterThanOrEqual(permitMs + deadlineMs + 300_000 + searchLagMs);
  });
});
