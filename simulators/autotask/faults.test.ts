import { createConnection } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  goodHeaders,
  goodNote,
  goodTicket,
  holdTimers,
  patience,
  startForTest,
  type TestSimulator,
} from './testing.ts';

let simulator: TestSimulator;
let nowMs = Date.UTC(2026, 5, 4, 8, 0, 0);
beforeAll(async () => {
  simulator = await startForTest({ settings: { penalties: false }, now: () => nowMs });
});
beforeEach(() => simulator.state.reset());
afterAll(() => simulator.close());

const create = () => simulator.api('POST', '/Tickets', goodTicket());
const tickets = () => simulator.state.tables.Tickets.size;

async function arm(fault: object, match: object = { method: 'POST', path: '/Tickets$' }, more: object = {}) {
  const reply = await simulator.plain('POST', '/control/faults', { match, fault, ...more });
  expect(reply.status).toBe(200);
}

type RawCall = { text(): string; closed: Promise<'end' | 'reset'>; hangUp(): void };

/** Sends a create over a socket of its own, to see exactly what comes back. */
function rawCreate(): RawCall {
  const body = JSON.stringify(goodTicket());
  const lines = Object.entries({ ...goodHeaders, Host: 'localhost', 'Content-Length': String(body.length) });
  const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  let text = '';
  const socket = createConnection(simulator.port, '127.0.0.1');
  const closed = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('end'));
    socket.on('error', () => resolve('reset'));
  });
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.write(`POST /ATServicesRest/V1.0/Tickets HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  return { text: () => text, closed, hangUp: () => socket.destroy() };
}

describe('whether it was done', () => {
  const outage = { answer: 'status', status: 502, body: '<h1>Bad gateway</h1>', contentType: 'text/html' };

  it.each([
    ['beforeCommit', 0],
    ['afterCommit', 1],
  ])('%s leaves %i tickets', async (kind, count) => {
    await arm({ kind, ...outage });
    const reply = await create();
    expect([reply.status, reply.text]).toEqual([502, '<h1>Bad gateway</h1>']);
    expect(reply.headers['content-type']).toBe('text/html');
    expect(tickets()).toBe(count);
  });

  it('lateCommit does it after the connection is gone', async () => {
    await arm({ kind: 'lateCommit', answer: 'reset', commitAfterMs: 30 });
    const held = holdTimers(simulator);
    await expect(create()).rejects.toThrow();
    expect(tickets()).toBe(0);
    held.release();
    expect(tickets()).toBe(1);
    const { ledger } = simulator.state;
    expect(ledger.effects[0]).toMatchObject({ effect: 'ticketCreated', request: ledger.lastRequest });
  });

  it('a client that goes away does not stop the work', async () => {
    await simulator.plain('POST', '/control/set', { latencyMs: 60 });
    const held = holdTimers(simulator);
    const call = rawCreate();
    await expect.poll(held.count, patience).toBe(1);
    call.hangUp();
    await expect.poll(() => simulator.state.inFlight.size, patience).toBe(0);
    held.release();
    await expect.poll(tickets, patience).toBe(1);
  });

  it('what was waiting at a reset is torn and never done', async () => {
    await arm({ kind: 'lateCommit', answer: 'hang', commitAfterMs: 30 });
    const call = rawCreate();
    await expect.poll(() => simulator.state.faults.active, patience).toBe(0);
    await simulator.plain('POST', '/control/reset');
    expect(await call.closed).toMatch(/end|reset/);
    expect(tickets()).toBe(0);
  });
});

describe('how it is answered', () => {
  it.each([
    ['500 with a text', { status: 500, body: '{"errors":["deadlock"]}' }, 500, '{"errors":["deadlock"]}'],
    ['500 without anything', { status: 500 }, 500, ''],
    ['401 in mid-run', { status: 401 }, 401, ''],
    ['challenge page with 200', { status: 200, body: '<html>', contentType: 'text/html' }, 200, '<html>'],
  ])('%s', async (_case, fault, status, text) => {
    await arm({ kind: 'beforeCommit', answer: 'status', ...fault });
    const reply = await create();
    expect([reply.status, reply.text]).toEqual([status, text]);
  });

  it.each([
    [{ retryAfter: 7 }, '7'],
    [{ retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT' }, 'Wed, 21 Oct 2026 07:28:00 GMT'],
    [{}, undefined],
    [{ headers: { 'retry-after': '-1' } }, '-1'],
  ])('429 with %j', async (fault, expected) => {
    await arm({ kind: 'beforeCommit', answer: 'status', status: 429, ...fault });
    expect((await create()).headers['retry-after']).toBe(expected);
  });

  it('a redirect goes where it is told', async () => {
    await arm({ kind: 'beforeCommit', status: 307, headers: { location: 'http://169.254.169.254/' } });
    expect((await create()).headers.location).toBe('http://169.254.169.254/');
  });

  it('hang: nothing comes, the connection stays open, the place in flight is taken', async () => {
    await arm({ kind: 'afterCommit', answer: 'hang' });
    const call = rawCreate();
    await expect.poll(tickets, patience).toBe(1);
    expect([...simulator.state.inFlight.values()]).toEqual([1]);
    expect(call.text()).toBe('');
    call.hangUp();
    await expect.poll(() => simulator.state.inFlight.size, patience).toBe(0);
    expect(simulator.state.ledger.latestRequests(1)[0]).toMatchObject({
      status: null,
      fault: 'afterCommit:hang',
    });
  });

  it('reset: the connection is torn', async () => {
    await arm({ kind: 'afterCommit', answer: 'reset' });
    const call = rawCreate();
    expect(await call.closed).toBe('reset');
    expect(call.text()).toBe('');
    expect(tickets()).toBe(1);
  });

  it('truncate with the full length announced: the body ends early', async () => {
    await arm({ kind: 'afterCommit', answer: 'truncate' });
    await expect(create()).rejects.toThrow();
    expect(tickets()).toBe(1);
  });

  it('truncate without: half a JSON text', async () => {
    await arm({ kind: 'afterCommit', answer: 'truncate', withLength: false });
    expect((await create()).text).toBe('{"itemId":88001}'.slice(0, 8));
  });

  it.each([
    ['null', '{"itemId":null}'],
    ['missing', '{}'],
    ['emptyBody', ''],
    ['nullBody', 'null'],
    ['array', '[]'],
    ['text', '{"itemId":"eighty-eight"}'],
    ['zero', '{"itemId":0}'],
    ['unsafe', '{"itemId":9007199254740993}'],
  ])('noId as %s', async (form, text) => {
    await arm({ kind: 'afterCommit', answer: 'noId', form });
    const reply = await create();
    expect([reply.status, reply.text]).toEqual([200, text]);
    expect(tickets()).toBe(1);
  });

  it('drip: byte by byte', async () => {
    await arm({ kind: 'afterCommit', answer: 'drip', everyMs: 2 });
    expect((await create()).json).toEqual({ itemId: 88_001 });
    await arm({ kind: 'afterCommit', answer: 'drip', everyMs: 60_000 });
    const call = rawCreate();
    await expect.poll(() => call.text().endsWith('\r\n\r\n'), patience).toBe(true);
    call.hangUp();
  });

  it('delay alone: the right answer, later', async () => {
    await arm({ kind: 'beforeCommit', answer: 'ok', delayMs: 40 });
    const held = holdTimers(simulator);
    const reply = create();
    await expect.poll(held.count, patience).toBe(1);
    expect(tickets()).toBe(0);
    held.release();
    expect((await reply).json).toEqual({ itemId: 88_001 });
  });

  it('rewrite: members gone, renamed, retyped', async () => {
    await create();
    const fault = {
      kind: 'beforeCommit',
      answer: 'rewrite',
      drop: ['status'],
      rename: { title: 'name' },
      retype: ['priority'],
    };
    await arm(fault, { path: '/Tickets/88001' });
    const { item } = (await simulator.api('GET', '/Tickets/88001')).json;
    expect(item).toMatchObject({ name: 'Impossible travel', priority: '1' });
    expect(item).not.toHaveProperty('status');
  });

  it.each([
    ['emptyResult', 0],
    ['ignoreFilter', 2],
  ])('%s: a search gives %i rows', async (answer, count) => {
    await create();
    await create();
    await arm({ kind: 'beforeCommit', answer }, { path: '/query' });
    const reply = await simulator.api('POST', '/Tickets/query', {
      Filter: [{ op: 'eq', field: 'id', value: 88_001 }],
    });
    expect(reply.json.items).toHaveLength(count);
  });

  it('flood: as many bytes as are wanted, also zipped', async () => {
    await arm({ kind: 'beforeCommit', answer: 'flood', bytes: 2_500_000 });
    expect((await create()).text.length).toBe(3_000_000);
    await arm({ kind: 'beforeCommit', answer: 'flood', bytes: 2_000_000, gzip: true });
    const response = await fetchBytes('/Tickets');
    expect(response.length).toBeLessThan(20_000);
    expect(gunzipSync(response).length).toBe(2_000_000);
  });

  it('bigHeader: one header of that size', async () => {
    await arm({ kind: 'beforeCommit', answer: 'bigHeader', bytes: 5000 });
    expect(String((await create()).headers['x-padding']).length).toBe(5000);
  });
});

async function fetchBytes(path: string): Promise<Buffer> {
  const { request } = await import('undici');
  const url = `${simulator.url}/ATServicesRest/V1.0${path}`;
  const response = await request(url, {
    method: 'POST',
    headers: goodHeaders,
    body: JSON.stringify(goodTicket()),
  });
  return Buffer.from(await response.body.arrayBuffer());
}

describe('whom it strikes', () => {
  const fault = { kind: 'beforeCommit', answer: 'status', status: 503 };
  const statuses = async (count: number): Promise<string> => {
    let text = '';
    for (let at = 0; at < count; at += 1) text += (await create()).status === 503 ? 'x' : '.';
    return text;
  };

  it.each([
    ['once', {}, {}, 'x....'],
    ['as often as said', {}, { times: 2 }, 'xx...'],
    ['from the nth', { nth: 3 }, { times: 2 }, '..xx.'],
    ['every second', { every: 2 }, { times: 'always' }, 'x.x.x'],
    ['always', {}, { times: 'always' }, 'xxxxx'],
    ['not another method', { method: 'PATCH' }, {}, '.....'],
    ['not another path', { path: '/Notes$' }, {}, '.....'],
    ['not another body', { body: 'something else' }, {}, '.....'],
    ['the right body', { body: 'Impossible' }, {}, 'x....'],
  ])('%s', async (_case, match, more, expected) => {
    await arm(fault, match, more);
    expect(await statuses(5)).toBe(expected);
  });

  it('a share of the calls, the same ones for the same seed', async () => {
    const storm = async (): Promise<string> => {
      simulator.state.reset();
      await arm(fault, {}, { rate: 0.3 });
      return statuses(60);
    };
    const first = await storm();
    expect(first.split('x').length - 1).toBeGreaterThan(8);
    expect(first.split('x').length - 1).toBeLessThan(30);
    expect(await storm()).toBe(first);
  });

  it('notes as well as tickets', async () => {
    await create();
    await arm(fault, { path: '/Notes$' });
    expect((await simulator.api('POST', '/Tickets/88001/Notes', goodNote())).status).toBe(503);
  });

  it('the zone look-up as well', async () => {
    await arm(fault, { path: 'zoneInformation' });
    const reply = await simulator.plain(
      'GET',
      '/atservicesrest/v1.0/zoneInformation?user=api.user%40msp.example',
    );
    expect(reply.status).toBe(503);
  });

  it('nobody after DELETE', async () => {
    await arm(fault, {}, { times: 'always' });
    await simulator.plain('DELETE', '/control/faults');
    expect(await statuses(2)).toBe('..');
  });

  it('says what was struck', async () => {
    await arm(fault, {}, { times: 3 });
    await create();
    const [rule] = (await simulator.plain('GET', '/control/faults')).json.faults;
    expect(rule).toMatchObject({ times: 3, matched: 1, applied: 1 });
    expect((await simulator.plain('GET', '/control/state')).json.faults).toBe(1);
  });

  it.each([
    [{ fault: { kind: 'sometimes' } }, 'fault.kind is one of'],
    [{ fault: { kind: 'beforeCommit', answer: 'explode' } }, 'fault.answer is one of'],
    [{ fault: { kind: 'beforeCommit', stauts: 1 } }, 'unknown member fault.stauts'],
    [{ fault: { kind: 'beforeCommit', status: '500' } }, 'fault.status is a number'],
    [{ fault: { kind: 'lateCommit', answer: 'ok' } }, 'a lateCommit cannot be answered ok'],
    [{ fault: { kind: 'beforeCommit' }, match: { path: '(' } }, 'match.path is no regular expression'],
    [{ fault: { kind: 'beforeCommit' }, match: { nth: 0 } }, 'match.nth is a number from 1'],
    [{ fault: { kind: 'beforeCommit' }, times: 0 }, 'times is a number from 1'],
    [{ fault: { kind: 'beforeCommit' }, rate: 2 }, 'rate is a number from 0 to 1'],
    [{ fault: { kind: 'beforeCommit' }, tmies: 2 }, 'unknown member tmies'],
    [{}, 'fault is an object'],
  ])('refuses %j', async (rule, text) => {
    const reply = await simulator.plain('POST', '/control/faults', rule);
    expect(reply.status).toBe(400);
    expect(reply.json.error).toContain(text);
  });
});

describe('search lag', () => {
  const count = async (entity: string) =>
    (await simulator.api('POST', `/${entity}/query/count`, { Filter: [{ op: 'exist', field: 'id' }] })).json
      .queryCount;

  it('hides new tickets and notes from searches for a while, not from reading', async () => {
    await simulator.plain('POST', '/control/set', { searchLagMs: 150 });
    await create();
    await simulator.api('POST', '/Tickets/88001/Notes', goodNote());
    expect([await count('Tickets'), await count('TicketNotes')]).toEqual([0, 0]);
    expect((await simulator.api('GET', '/Tickets/88001')).json.item.id).toBe(88_001);
    nowMs += 150;
    expect([await count('Tickets'), await count('TicketNotes')]).toEqual([1, 1]);
  });
});
