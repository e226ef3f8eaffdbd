import { describe, expect, it } from 'vitest';
import { openScripted, rows } from './scriptedSession.ts';
import { simulateAutotask } from './simulated.ts';
import { simulatorPerTest } from './simulatorPerTest.ts';

describe('accounts and contacts', () => {
  const company = (id: number) => ({ id, companyName: `C${id}`, companyType: 1, isActive: true });

  it('are filtered by type, classification, market and name (req 63)', async () => {
    const { session, bodies } = openScripted(rows());
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
    const full = openScripted(rows(...Array.from({ length: 500 }, (_, id) => company(id))));
    const read = await full.session.accounts({});
    expect(read.kind === 'ok' && [read.value.items[0]?.id, read.value.nextCursor]).toEqual(['0', '499']);
    expect(full.bodies()[0]?.Filter[0].items[0]).toEqual({ op: 'gt', field: 'id', value: -1 });
    const last = await openScripted(rows(company(7))).session.accounts({}, '6');
    expect(last.kind === 'ok' && last.value.nextCursor).toBeUndefined();
  });

  it.each([
    [{ filters: { accountType: ['customer'] } }, undefined],
    [{ filters: { toString: ['1'] } }, undefined],
    [{}, '-5'],
    [{}, 'abc'],
  ])('%j with cursor %s are refused without a call', async (filter, cursor) => {
    const { session, calls } = openScripted();
    expect(await session.accounts(filter as never, cursor)).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
    });
    expect(calls()).toEqual([]);
  });

  it('are refused when a page does not move on', async () => {
    expect((await openScripted(rows(company(3))).session.accounts({}, '3')).kind).toBe('refused');
  });

  it('by id are those asked for, whatever their state', async () => {
    const inactive = {
      ...company(5),
      isActive: false,
      companyNumber: 'C-5',
      webAddress: 'https://c5.example',
    };
    const read = await openScripted(rows(inactive)).session.accountsById(['5', '6', 'x']);
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
    expect((await openScripted(rows(company(9))).session.accountsById(['5'])).kind).toBe('refused');
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
    const { session, bodies } = openScripted(
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
    expect(await openScripted().session.contactByEmail('217', ' ')).toEqual({ kind: 'ok', value: null });
    expect(await openScripted(rows()).session.contactByEmail('217', 'x@y.example')).toEqual({
      kind: 'ok',
      value: null,
    });
    const foreign = rows(contact(1, { companyID: 5, emailAddress: 'x@y.example' }));
    expect((await openScripted(foreign).session.contactByEmail('217', 'x@y.example')).kind).toBe('refused');
  });

  it('a page full of other addresses is not taken for an answer', async () => {
    const others = Array.from({ length: 500 }, (_, n) => contact(n + 1, { emailAddress: `c${n}@y.example` }));
    const asked = openScripted(rows(...others)).session.contactByEmail('217', 'x@y.example');
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
    const read = await openScripted(one).session.contactByEmail('217', 'ana@northwind.example');
    expect(read).toEqual({ kind: 'ok', value: null });
  });

  it('a contact without a name is called by its address, else by its number', async () => {
    const nameless = { firstName: '', lastName: null };
    const read = await openScripted(
      rows(contact(1, { ...nameless, emailAddress: 'x@y.example' }), contact(2, nameless)),
    ).session.contacts('217');
    expect(read.kind === 'ok' && read.value.items.map(({ name }) => name)).toEqual([
      'x@y.example',
      'Contact 2',
    ]);
  });
});

describe('accounts of the simulator', () => {
  const world = simulatorPerTest();

  it('are found by name and by their lists', async () => {
    const read = await world.session.accounts({ q: 'northwind', filters: { accountType: ['1'] } });
    expect(read.kind === 'ok' && read.value.items.map(({ id }) => id)).toEqual(['217']);
    const none = await world.session.accounts({ q: 'northwind', filters: { accountType: ['7'] } });
    expect(none.kind === 'ok' && none.value.items).toEqual([]);
  });

  it('include the MSP’s own company, 0', async () => {
    const read = await world.session.accounts({});
    expect(read.kind === 'ok' && read.value.items[0]?.id).toBe('0');
    expect(await world.session.accountsById(['0'])).toMatchObject({ kind: 'ok', value: [{ id: '0' }] });
  });

  it('a contact is matched in its account only (decision 4)', async () => {
    const upper = world.psa.contact.email.toUpperCase();
    const found = await world.session.contactByEmail(world.psa.companyId, upper);
    expect(found).toMatchObject({
      kind: 'ok',
      value: { id: world.psa.contact.id, accountId: world.psa.companyId },
    });
    expect(await world.session.contactByEmail('0', upper)).toEqual({ kind: 'ok', value: null });
    await world.psa.set({ contact: { id: Number(world.psa.contact.id), isActive: false } });
    expect(await world.session.contactByEmail(world.psa.companyId, upper)).toEqual({
      kind: 'ok',
      value: null,
    });
  });

  it('more than a page are listed whole, each once', async () => {
    const many = await simulateAutotask({ companies: 1_200 });
    const opened = many.adapter.open(many.credentials, world.http.http);
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
