import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  fieldsOf,
  goodTickets,
  path,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

describe('the accounts step', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/steps/accounts'), { body });

  it('takes an active account, and says what it stored', async () => {
    const id = await api.connect();
    const answer = await put(id, {
      catchAllAccountId: '201',
      catchAllContactId: '31001',
      attachContacts: true,
    });
    expect(answer.body.steps.accounts).toEqual({
      catchAllAccountId: '201',
      catchAllContactId: '31001',
      attachContacts: true,
    });
  });

  it.each([
    ['no catch-all', {}, ['catchAllAccountId', 'required']],
    ['an unknown account', { catchAllAccountId: '999999' }, ['catchAllAccountId', 'notFound']],
    ['an inactive account', { catchAllAccountId: '204' }, ['catchAllAccountId', 'inactive']],
    [
      "somebody else's contact",
      { catchAllAccountId: '201', catchAllContactId: '31002' },
      ['catchAllContactId', 'notFound'],
    ],
    [
      'no contact at all',
      { catchAllAccountId: '203', attachContacts: true },
      ['catchAllAccountId', 'noContact'],
    ],
    ['an unknown member', { catchAllAccountId: '201', queue: '1' }, ['queue', 'unknown']],
  ])('%s is refused', async (_name, body, error) => {
    const answer = await put(await api.connect(), body);
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
  });

  it('names the account that lacks a contact; without attaching it may', async () => {
    const id = await api.connect();
    const answer = await put(id, { catchAllAccountId: '203', attachContacts: true });
    expect(answer.body.detail).toContain('Nobody There LLC has no contact');
    expect((await put(id, { catchAllAccountId: '203', attachContacts: false })).status).toBe(200);
  });
});

describe('the contracts step', () => {
  it('is complete untouched; with the sync on, day and service are asked for', async () => {
    const id = await api.connect();
    const put = (body: object) => api.call('PUT', path(id, '/steps/contracts'), { body });
    expect(fieldsOf(await put({ syncUsers: true }))).toEqual([
      ['syncDay', 'required'],
      ['defaultServiceId', 'required'],
    ]);
    expect((await put({ syncUsers: true, syncDay: 31, defaultServiceId: '11' })).status).toBe(200);
  });
});

describe('the tickets step', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/steps/tickets'), { body });

  it('takes what the PSA has', async () => {
    const id = await api.connect();
    const rows = { alertOverrides: [{ eventType: 'iam.login', issueType: '10' }] };
    const answer = await put(id, { ...goodTickets, ...rows });
    expect(answer.body.steps.tickets).toMatchObject({ ...goodTickets, ...rows });
  });

  it.each([
    [{ ticketQueue: '12345' }, ['ticketQueue', 'notFound']],
    [{ ticketQueue: '29682837' }, ['ticketQueue', 'inactive']],
    [{ ticketSubject: '{{ alert.title' }, ['ticketSubject', 'template']],
    [{ priorities: { ...goodTickets.priorities, high: '99' } }, ['priorities.high', 'notFound']],
    [{ alertOverrides: [{ eventType: 'x' }] }, ['alertOverrides[0].issueType', 'required']],
    [{ noteTitle: undefined }, ['noteTitle', 'required']],
  ])('%j is refused', async (change, error) => {
    const answer = await put(await api.connect(), { ...goodTickets, ...change });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
  });
});
