import { describe, expect, it } from 'vitest';
import type { TicketDraft } from '../contract.ts';
import { reply } from './scriptedHttp.ts';
import { always, openScripted, rows } from './scriptedSession.ts';

const key = 'A-7K3Q9M2F';

const ticket: TicketDraft = {
  key,
  accountId: '0',
  title: 'Sign-in from two countries',
  description: 'First line\r\nbell \u0007 half \ud83d end',
  priority: '1',
  dueAt: new Date('2026-11-20T12:34:56.789Z'),
  values: {
    ticketCategory: '3',
    ticketType: '5',
    ticketStatus: '1',
    ticketQueue: '8',
    ticketSource: '-1',
    issueType: '',
    noteType: '3',
  },
};

describe('creating a ticket', () => {
  it('sends numbers as numbers and only what was chosen (fact sheet §6.4)', async () => {
    const { session, bodies } = openScripted(reply(200, { itemId: 88123 }));
    await session.createTicket(ticket, always);
    expect(bodies()).toEqual([
      {
        title: 'Sign-in from two countries',
        description: 'First line\nbell   half \ufffd end',
        dueDateTime: '2026-11-20T12:34:56Z',
        externalID: key,
        companyID: 0,
        priority: 1,
        status: 1,
        queueID: 8,
        ticketCategory: 3,
        ticketType: 5,
        source: -1,
      },
    ]);
  });

  it('sends contact, contract and issue types when they were chosen', async () => {
    const { session, bodies } = openScripted(reply(200, { itemId: 1 }));
    const values = { ...ticket.values, issueType: '10', subIssueType: '136' };
    await session.createTicket({ ...ticket, contactId: '30683', contractId: '29683617', values }, always);
    expect(bodies()[0]).toMatchObject({
      contactID: 30683,
      contractID: 29683617,
      issueType: 10,
      subIssueType: 136,
    });
  });

  it('gives a receipt with the id and the link, without a read-back', async () => {
    const { session, calls } = openScripted(reply(200, { itemId: 88123 }));
    expect(await session.createTicket(ticket, always)).toEqual({
      kind: 'done',
      receipt: {
        ref: '88123',
        link: 'https://ww14.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=88123',
      },
    });
    expect(calls()).toHaveLength(1);
  });

  it('takes the words of the alert in an error for what they are', async () => {
    const title = 'IntegrationCode is invalid';
    const error = reply(500, { errors: [`Workflow rule failed: ${title}`] });
    const outcome = await openScripted(error).session.createTicket({ ...ticket, title }, always);
    expect(outcome.kind).toBe('uncertain');
  });

  it.each([
    [{ accountId: 'x' }, 'account'],
    [{ contactId: '1.5' }, 'contact'],
    [{ contractId: '-1' }, 'contract'],
    [{ priority: 'high' }, 'priorities'],
    [{ values: { ...ticket.values, ticketQueue: '8; drop' } }, 'ticketQueue'],
  ])('%j is refused without a call', async (change, field) => {
    const { session, calls } = openScripted();
    expect(await session.createTicket({ ...ticket, ...change }, always)).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
      field,
    });
    expect(calls()).toEqual([]);
  });
});

describe('finding a ticket by key (J-17)', () => {
  const row = (id: number, externalID: string | null) => ({
    id,
    ticketNumber: `T20261120.000${id}`,
    externalID,
  });

  it('gives the oldest, the others as surplus', async () => {
    const { session } = openScripted(rows(row(9, key), row(7, key), row(8, key)));
    expect(await session.findTicket(key)).toMatchObject({
      kind: 'found',
      receipt: { ref: '7', number: 'T20261120.0007', link: expect.stringContaining('TicketID=7') },
      surplus: [{ ref: '8' }, { ref: '9' }],
    });
  });

  it.each([
    ['no row', rows(), 'none'],
    ['only another letter case', rows(row(1, key.toLowerCase())), 'none'],
    ['somebody else’s ticket', rows(row(1, 'other')), 'failed'],
    ['a ticket without a key', rows(row(1, null)), 'failed'],
    ['a longer key', rows(row(1, `${key}9`)), 'failed'],
    ['ours among others: the filter was dropped', rows(row(1, 'other'), row(2, key)), 'failed'],
    ['rows without the key', rows({ id: 1, ticketNumber: 'T1' }), 'failed'],
    ['an outage', reply(503, ''), 'failed'],
    ['a limit', reply(429, ''), 'failed'],
    ['no items', reply(200, {}), 'failed'],
  ])('%s → %s', async (_, answer, kind) => {
    expect((await openScripted(answer).session.findTicket(key)).kind).toBe(kind);
  });
});

describe('states of tickets', () => {
  const row = (id: number, status: number) => ({ id, ticketNumber: `T${id}`, status, companyID: 217 });

  it('are open, closed or gone; what is no id is left out', async () => {
    const read = await openScripted(rows(row(1, 8), row(2, 5))).session.ticketStates([
      '1',
      '2',
      '3',
      'x',
      '1',
    ]);
    expect(read.kind === 'ok' && [...read.value]).toMatchObject([
      ['1', { kind: 'open', accountId: '217', receipt: { ref: '1', number: 'T1' } }],
      ['2', { kind: 'closed' }],
      ['3', { kind: 'gone' }],
    ]);
  });

  it('are asked for 200 at a time', async () => {
    const refs = Array.from({ length: 401 }, (_, n) => String(n + 1));
    const { session, bodies } = openScripted(rows(row(1, 1)), rows(row(201, 1)), rows(row(401, 1)));
    const read = await session.ticketStates(refs);
    expect(read.kind === 'ok' && read.value.size).toBe(401);
    expect(bodies().map((body) => body.Filter[0].items[0].value.length)).toEqual([200, 200, 1]);
  });

  it('are refused when tickets come that nobody asked for', async () => {
    expect((await openScripted(rows(row(7, 1))).session.ticketStates(['1'])).kind).toBe('refused');
  });

  it('do not take blindness for deletion', async () => {
    const blind = openScripted(rows(), reply(200, { queryCount: 0 }));
    expect(await blind.session.ticketStates(['1', '2'])).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
    });
    const seeing = openScripted(rows(), reply(200, { queryCount: 12 }));
    const read = await seeing.session.ticketStates(['1']);
    expect(read.kind === 'ok' && read.value.get('1')).toEqual({ kind: 'gone' });
  });

  it('of nothing need no call', async () => {
    const { session, calls } = openScripted();
    expect(await session.ticketStates([])).toEqual({ kind: 'ok', value: new Map() });
    expect(calls()).toEqual([]);
  });
});
