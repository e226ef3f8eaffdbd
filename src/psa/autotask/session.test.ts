import { describe, expect, it } from 'vitest';
import type { NoteDraft, PsaReply, TicketDraft } from '../contract.ts';
import { reply, scriptedHttp } from './scriptedHttp.ts';
import { openSession } from './session.ts';
import { vendorLookUpUrl } from './zone.ts';

const credentials = { username: 'k3y@MSP.EXAMPLE', secret: 'S3cr$t#1', integrationCode: 'CODE0001' };
const key = 'A-7K3Q9M2F';
const always = () => true;

function open(...script: PsaReply[]) {
  const scripted = scriptedHttp(script);
  const session = openSession({ credentials, http: scripted.http, lookUp: vendorLookUpUrl, now: () => 0 });
  const bodies = () => scripted.calls().map(({ body }) => JSON.parse(body ?? 'null'));
  return { session, calls: scripted.calls, bodies };
}

function rows(...items: unknown[]): PsaReply {
  return reply(200, { items, pageDetails: { count: items.length, requestCount: 500, nextPageUrl: null } });
}

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

const note: NoteDraft = {
  key: `${key}/0001`,
  title: 'Alert repeated',
  text: `Seen again.\nref ${key}/0001`,
  values: { noteType: '3', noteVisibility: '2' },
  notBefore: new Date('2026-11-20T12:00:00Z'),
};

describe('creating a ticket', () => {
  it('sends numbers as numbers and only what was chosen (fact sheet §6.4)', async () => {
    const { session, bodies } = open(reply(200, { itemId: 88123 }));
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
    const { session, bodies } = open(reply(200, { itemId: 1 }));
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
    const { session, calls } = open(reply(200, { itemId: 88123 }));
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
    const outcome = await open(error).session.createTicket({ ...ticket, title }, always);
    expect(outcome.kind).toBe('uncertain');
  });

  it.each([
    [{ accountId: 'x' }, 'account'],
    [{ contactId: '1.5' }, 'contact'],
    [{ contractId: '-1' }, 'contract'],
    [{ priority: 'high' }, 'priorities'],
    [{ values: { ...ticket.values, ticketQueue: '8; drop' } }, 'ticketQueue'],
  ])('%j is refused without a call', async (change, field) => {
    const { session, calls } = open();
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
    const { session } = open(rows(row(9, key), row(7, key), row(8, key)));
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
    expect((await open(answer).session.findTicket(key)).kind).toBe(kind);
  });
});

describe('adding and finding a note', () => {
  it('is written under its ticket (fact sheet §6.6)', async () => {
    const { session, calls, bodies } = open(reply(200, { itemId: 550771 }));
    expect(await session.addNote('88123', note, always)).toMatchObject({
      kind: 'done',
      receipt: { ref: '550771' },
    });
    expect(calls()[0]?.url).toMatch(/\/V1\.0\/Tickets\/88123\/Notes$/);
    expect(calls()[0]?.endpoint).toBe('Tickets');
    expect(bodies()).toEqual([
      { ticketID: 88123, title: note.title, description: note.text, noteType: 3, publish: 2 },
    ]);
  });

  it.each([
    ['404', reply(404, { Message: 'No HTTP resource was found.' })],
    [
      'a bad reference',
      reply(500, {
        errors: ['Reference value on field: ticketID of type: Ticket does not exist or is invalid.'],
      }),
    ],
  ])('to a ticket that is gone (%s) is refused as not found', async (_, answer) => {
    expect(await open(answer).session.addNote('88123', note, always)).toMatchObject({
      kind: 'refused',
      reason: 'notFound',
      field: 'ticket',
    });
  });

  it.each([
    ['noteType', { noteVisibility: '2' }],
    ['noteVisibility', { noteType: '3' }],
  ])('without %s is refused without a call', async (field, values) => {
    const { session, calls } = open();
    expect(await session.addNote('1', { ...note, values: values as never }, always)).toMatchObject({ field });
    expect(calls()).toEqual([]);
  });

  it('asks for the notes since ten minutes before the first try', async () => {
    const { session, bodies } = open(rows());
    expect(await session.findNote('88123', note)).toEqual({ kind: 'none' });
    expect(bodies()[0]?.Filter[0].items).toEqual([
      { op: 'gt', field: 'id', value: 0 },
      { op: 'eq', field: 'ticketID', value: 88123 },
      { op: 'gte', field: 'createDateTime', value: '2026-11-20T11:50:00Z' },
    ]);
  });

  it('knows its note by the last line alone, compared exactly', async () => {
    const of = (id: number, description: string | null) => ({ id, ticketID: 88123, description });
    const answer = rows(
      of(1, `ref ${key}/0001\nquoted above`),
      of(2, `text\nref ${key}/00011`),
      of(3, `text\nref ${key.toLowerCase()}/0001`),
      of(4, null),
      of(5, `text ref ${key}/0001`),
      of(6, `text\r\nref ${key}/0001\r\n\n`),
      of(7, `text\nref ${key}/0001`),
    );
    expect(await open(answer).session.findNote('88123', note)).toMatchObject({
      kind: 'found',
      receipt: { ref: '6' },
      surplus: [{ ref: '7' }],
    });
  });

  it('turns pages by id until one is not full', async () => {
    const page = (from: number, count: number) =>
      rows(...Array.from({ length: count }, (_, n) => ({ id: from + n, ticketID: 88123, description: 'x' })));
    const { session, bodies } = open(page(1, 500), page(501, 500), page(1_001, 3));
    expect(await session.findNote('88123', note)).toEqual({ kind: 'none' });
    expect(bodies().map((body) => body.Filter[0].items[0].value)).toEqual([0, 500, 1_000]);
  });

  it('fails when notes of another ticket come, or the same page for ever', async () => {
    const foreign = rows({ id: 1, ticketID: 5, description: 'x' });
    expect((await open(foreign).session.findNote('88123', note)).kind).toBe('failed');
    const same = Array.from({ length: 500 }, (_, n) => ({ id: n + 1, ticketID: 88123, description: 'x' }));
    const { session, calls } = open(rows(...same));
    expect((await session.findNote('88123', note)).kind).toBe('failed');
    expect(calls()).toHaveLength(2);
  });
});

describe('states of tickets', () => {
  const row = (id: number, status: number) => ({ id, ticketNumber: `T${id}`, status, companyID: 217 });

  it('are open, closed or gone; what is no id is left out', async () => {
    const read = await open(rows(row(1, 8), row(2, 5))).session.ticketStates(['1', '2', '3', 'x', '1']);
    expect(read.kind === 'ok' && [...read.value]).toMatchObject([
      ['1', { kind: 'open', accountId: '217', receipt: { ref: '1', number: 'T1' } }],
      ['2', { kind: 'closed' }],
      ['3', { kind: 'gone' }],
    ]);
  });

  it('are asked for 200 at a time', async () => {
    const refs = Array.from({ length: 401 }, (_, n) => String(n + 1));
    const { session, bodies } = open(rows(row(1, 1)), rows(row(201, 1)), rows(row(401, 1)));
    const read = await session.ticketStates(refs);
    expect(read.kind === 'ok' && read.value.size).toBe(401);
    expect(bodies().map((body) => body.Filter[0].items[0].value.length)).toEqual([200, 200, 1]);
  });

  it('are refused when tickets come that nobody asked for', async () => {
    expect((await open(rows(row(7, 1))).session.ticketStates(['1'])).kind).toBe('refused');
  });

  it('do not take blindness for deletion', async () => {
    const blind = open(rows(), reply(200, { queryCount: 0 }));
    expect(await blind.session.ticketStates(['1', '2'])).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
    });
    const seeing = open(rows(), reply(200, { queryCount: 12 }));
    const read = await seeing.session.ticketStates(['1']);
    expect(read.kind === 'ok' && read.value.get('1')).toEqual({ kind: 'gone' });
  });

  it('of nothing need no call', async () => {
    const { session, calls } = open();
    expect(await session.ticketStates([])).toEqual({ kind: 'ok', value: new Map() });
    expect(calls()).toEqual([]);
  });
});

describe('accounts and contacts', () => {
  const company = (id: number) => ({ id, companyName: `C${id}`, companyType: 1, isActive: true });

  it('are filtered by type, classification, market and name (req 63)', async () => {
    const { session, bodies } = open(rows());
    const filters = { accountType: ['1', '6'], classification: ['2'], marketSegment: ['29682770'] };
    await session.accounts({ filters, q: " o'neil " }, '40');
    expect(bodies()[0]?.Filter[0].items).toEqual([
      { op: 'gt', field: 'id', value: 40 },
      { op: 'eq', field: 'isActive', value: true },
      { op: 'in', field: 'companyType', value: [1, 6] },
      { op: 'in', field: 'classification', value: [2] },
      { op: 'in', field: 'marketSegmentID', value: [29682770] },
      { op: 'contains', field: 'companyName', value: "o'neil" },
    ]);
  });

  it('start with the MSP’s own company, and have a cursor while pages are full', async () => {
    const full = open(rows(...Array.from({ length: 500 }, (_, id) => company(id))));
    const read = await full.session.accounts({});
    expect(read.kind === 'ok' && [read.value.items[0]?.id, read.value.nextCursor]).toEqual(['0', '499']);
    expect(full.bodies()[0]?.Filter[0].items[0]).toEqual({ op: 'gt', field: 'id', value: -1 });
    const last = await open(rows(company(7))).session.accounts({}, '6');
    expect(last.kind === 'ok' && last.value.nextCursor).toBeUndefined();
  });

  it.each([
    [{ filters: { accountType: ['customer'] } }, undefined],
    [{ filters: { toString: ['1'] } }, undefined],
    [{}, '-5'],
    [{}, 'abc'],
  ])('%j with cursor %s are refused without a call', async (filter, cursor) => {
    const { session, calls } = open();
    expect(await session.accounts(filter as never, cursor)).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
    });
    expect(calls()).toEqual([]);
  });

  it('are refused when a page does not move on', async () => {
    expect((await open(rows(company(3))).session.accounts({}, '3')).kind).toBe('refused');
  });

  it('by id are those asked for, whatever their state', async () => {
    const inactive = {
      ...company(5),
      isActive: false,
      companyNumber: 'C-5',
      webAddress: 'https://c5.example',
    };
    const read = await open(rows(inactive)).session.accountsById(['5', '6', 'x']);
    expect(read).toEqual({
      kind: 'ok',
      value: [
        {
          id: '5',
          name: 'C5',
          number: 'C-5',
          isActive: false,
          webAddress: 'https://c5.example',
          filters: { accountType: '1', classification: undefined, marketSegment: undefined },
        },
      ],
    });
    expect((await open(rows(company(9))).session.accountsById(['5'])).kind).toBe('refused');
  });

  const contact = (id: number, more: object) => ({
    id,
    companyID: 217,
    firstName: 'Ana',
    lastName: 'Lima',
    emailAddress: null,
    isActive: 1,
    primaryContact: false,
    ...more,
  });

  it('contacts are matched by address in the account only, without letter case (decision 4)', async () => {
    const { session, bodies } = open(
      rows(
        contact(1, { emailAddress: 'ana@northwind.example.org' }),
        contact(2, { emailAddress2: 'ANA@Northwind.example', isActive: 0, primaryContact: true }),
        contact(3, { emailAddress3: 'ANA@Northwind.example' }),
        contact(4, { emailAddress: 'ana@northwind.example', primaryContact: true }),
      ),
    );
    const read = await session.contactByEmail('217', ' Ana@northwind.example ');
    expect(read).toMatchObject({ kind: 'ok', value: { id: '4', name: 'Ana Lima', isPrimary: true } });
    expect(bodies()[0]?.Filter[0].items).toEqual([
      { op: 'eq', field: 'companyID', value: 217 },
      { op: 'eq', field: 'isActive', value: 1 },
      {
        op: 'or',
        items: ['emailAddress', 'emailAddress2', 'emailAddress3'].map((field) => ({
          op: 'eq',
          field,
          value: 'Ana@northwind.example',
        })),
      },
    ]);
  });

  it('no contact matches no address, and a foreign one is never taken', async () => {
    expect(await open().session.contactByEmail('217', ' ')).toEqual({ kind: 'ok', value: null });
    expect(await open(rows()).session.contactByEmail('217', 'x@y.example')).toEqual({
      kind: 'ok',
      value: null,
    });
    const foreign = rows(contact(1, { companyID: 5, emailAddress: 'x@y.example' }));
    expect((await open(foreign).session.contactByEmail('217', 'x@y.example')).kind).toBe('refused');
  });

  it('a page full of other addresses is not taken for an answer', async () => {
    const others = Array.from({ length: 500 }, (_, n) => contact(n + 1, { emailAddress: `c${n}@y.example` }));
    const asked = open(rows(...others)).session.contactByEmail('217', 'x@y.example');
    expect(await asked).toMatchObject({ kind: 'refused', reason: 'serverError' });
  });

  it.each([
    'ana@northwind.example.org',
    'xana@northwind.example',
    'ana+1@northwind.example',
    '%@northwind.example',
    'ana@northwind_example',
  ])('an address that is only like it is another: %s', async (emailAddress) => {
    const one = rows(contact(1, { emailAddress }));
    const read = await open(one).session.contactByEmail('217', 'ana@northwind.example');
    expect(read).toEqual({ kind: 'ok', value: null });
  });

  it('a contact without a name is called by its address, else by its number', async () => {
    const nameless = { firstName: '', lastName: null };
    const read = await open(
      rows(contact(1, { ...nameless, emailAddress: 'x@y.example' }), contact(2, nameless)),
    ).session.contacts('217');
    expect(read.kind === 'ok' && read.value.items.map(({ name }) => name)).toEqual([
      'x@y.example',
      'Contact 2',
    ]);
  });
});

describe('choices', () => {
  const fields = reply(200, { fields: [{ name: 'status', picklistValues: [] }, { name: 'queueID' }] });

  it('of one entity cost one call', async () => {
    const { session, calls } = open(fields);
    await Promise.all([session.choices('ticketStatus'), session.choices('ticketQueue')]);
    await session.choices('ticketStatus');
    expect(calls()).toHaveLength(1);
  });

  it('are asked for again after a failure', async () => {
    const { session } = open(reply(503, ''), fields);
    expect((await session.choices('ticketStatus')).kind).toBe('refused');
    expect((await session.choices('ticketStatus')).kind).toBe('ok');
  });

  it.each(['nothing', 'toString', ''])('of "%s" are refused', async (list) => {
    expect(await open().session.choices(list)).toMatchObject({ kind: 'refused', reason: 'invalid' });
  });
});
