import { describe, expect, it } from 'vitest';
import type { Contact, Page, Read, Session } from '../psa/contract.ts';
import { createContactDirectory, pickContact } from './contacts.ts';

const contact = (id: string, more: Partial<Contact> = {}): Contact => ({
  id,
  accountId: '7',
  name: `Contact ${id}`,
  emails: [`c${id}@northwind.example`],
  isPrimary: false,
  isActive: true,
  ...more,
});

describe('which contact a ticket gets (decision 4)', () => {
  const ana = contact('30', { emails: ['ana@northwind.example', 'Ana.Lima@Northwind.example'] });
  const chosen = contact('20');
  const primary = contact('40', { isPrimary: true });
  const all = [primary, chosen, ana, contact('9'), contact('100')];
  const choice = { email: 'ana@northwind.example', fallbackContactId: '20' };

  it.each([
    ['the one with the address of the alert', all, choice, '30', 'matched by e-mail'],
    ['whatever its letters', all, { ...choice, email: 'ANA@NORTHWIND.EXAMPLE' }, '30', 'matched by e-mail'],
    ['by any of its addresses', all, { ...choice, email: 'ana.lima@northwind.example' }, '30', 'matched'],
    ['else the one chosen for the account', all, { ...choice, email: 'x@y.example' }, '20', 'the one chosen'],
    ['without an address too', all, { fallbackContactId: '20' }, '20', 'the one chosen'],
    ['else the primary one', all, { email: 'x@y.example' }, '40', 'primary'],
    ['also when the chosen one is gone', all, { fallbackContactId: '77' }, '40', 'primary'],
    ['else the first by number', [contact('100'), contact('9')], {}, '9', 'first active'],
  ])('%s', (_name, contacts, wanted, id, how) => {
    const picked = pickContact(contacts, wanted);
    expect(picked).toMatchObject({ kind: 'contact', contactId: id });
    expect((picked as { words: string }).words).toContain(how);
  });

  it.each([
    '',
    'ana@northwind.exampl',
    'xana@northwind.example',
    '*@northwind.example',
    ' ana@northwind.example',
  ])('an address is matched whole: %j is another one', (email) => {
    expect(pickContact([ana, primary], { email })).toMatchObject({ contactId: '40' });
  });

  it('an account without contacts says so', () => {
    expect(pickContact([], choice)).toEqual({ kind: 'none', words: 'The account has no active contact.' });
  });

  it('does not reorder what it was given', () => {
    const given = [contact('100'), contact('9')];
    pickContact(given, {});
    expect(given.map(({ id }) => id)).toEqual(['100', '9']);
  });
});

/** A PSA whose lists are these pages, one read after the other. */
function reading(...pages: Read<Page<Contact>>[]) {
  const asked: [string, string | undefined][] = [];
  const session = {
    contacts: async (accountId: string, cursor?: string) => {
      asked.push([accountId, cursor]);
      return pages[Math.min(asked.length, pages.length) - 1];
    },
  } as unknown as Session;
  return { directory: createContactDirectory(session), asked };
}

const page = (items: Contact[], nextCursor?: string): Read<Page<Contact>> => ({
  kind: 'ok',
  value: { items, ...(nextCursor === undefined ? {} : { nextCursor }) },
});
const byEmail = (email: string) => ({ kind: 'contact', email }) as never;

describe('the contacts of an account', () => {
  it('are unknown until they are read, once for all tickets', async () => {
    const { directory, asked } = reading(page([contact('1')]));
    expect(directory.pick('7', byEmail('c1@northwind.example'), 0)).toEqual({ kind: 'unknown' });
    expect(await directory.load('7', undefined, 0)).toEqual({ kind: 'ok', value: true });
    for (let n = 0; n < 100; n++) {
      expect(directory.pick('7', byEmail('c1@northwind.example'), n)).toMatchObject({ contactId: '1' });
    }
    expect(asked).toEqual([['7', undefined]]);
    expect(directory.pick('8', byEmail('c1@northwind.example'), 0)).toEqual({ kind: 'unknown' });
  });

  it('are not needed when no contact is wanted', () => {
    const { directory } = reading(page([]));
    expect(directory.pick('7', { kind: 'none' }, 0)).toEqual({ kind: 'none' });
  });

  it('are read page by page, ten at most', async () => {
    const first = reading(page([contact('1')], 'b'), page([contact('2')], 'c'), page([contact('3')]));
    await first.directory.load('7', undefined, 0);
    expect(first.asked).toEqual([
      ['7', undefined],
      ['7', 'b'],
      ['7', 'c'],
    ]);
    expect(first.directory.pick('7', byEmail('c3@northwind.example'), 0)).toMatchObject({ contactId: '3' });
    const endless = reading(page([contact('1')], 'on'));
    await endless.directory.load('7', undefined, 0);
    expect(endless.asked).toHaveLength(10);
  });

  it('that are inactive are left out', async () => {
    const { directory } = reading(page([contact('1', { isActive: false, isPrimary: true }), contact('2')]));
    await directory.load('7', undefined, 0);
    expect(directory.pick('7', byEmail('c1@northwind.example'), 0)).toMatchObject({ contactId: '2' });
  });

  it('are read again after half an hour', async () => {
    const { directory } = reading(page([contact('1')]));
    await directory.load('7', undefined, 1_000);
    expect(directory.pick('7', byEmail('x'), 1_801_000)).toMatchObject({ kind: 'contact' });
    expect(directory.pick('7', byEmail('x'), 1_801_001)).toEqual({ kind: 'unknown' });
  });

  it.each(['auth', 'rateLimited', 'network', 'timeout', 'serverError'] as const)(
    'that could not be read now (%s) stay unknown, and the refusal is answered',
    async (reason) => {
      const refusal = { kind: 'refused', reason, text: 'no' } as const;
      const { directory } = reading(page([contact('1')], 'b'), refusal);
      expect(await directory.load('7', undefined, 0)).toEqual(refusal);
      expect(directory.pick('7', byEmail('c1@northwind.example'), 0)).toEqual({ kind: 'unknown' });
    },
  );

  it('that are done without leave the ticket without one, in words', () => {
    const { directory } = reading(page([contact('1')]));
    directory.doWithout('7', 'No right to read contacts.', 0);
    expect(directory.pick('7', byEmail('c1@northwind.example'), 0)).toMatchObject({
      kind: 'none',
      words: expect.stringContaining('No right to read contacts.'),
    });
  });

  it('of more accounts than are kept push out the oldest', async () => {
    const { directory } = reading(page([contact('1')]));
    for (let account = 0; account <= 2_000; account++) await directory.load(String(account), undefined, 0);
    expect(directory.pick('0', byEmail('x'), 0)).toEqual({ kind: 'unknown' });
    expect(directory.pick('1', byEmail('x'), 0)).toMatchObject({ kind: 'contact' });
    expect(directory.pick('2000', byEmail('x'), 0)).toMatchObject({ kind: 'contact' });
  });
});
