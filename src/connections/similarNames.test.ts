import { describe, expect, it } from 'vitest';
import { foldName, matchNames } from './similarNames.ts';

const named = (...names: string[]) => names.map((name, n) => ({ id: `a${n}`, name }));
const match = (customer: string, ...accounts: string[]) =>
  matchNames([{ id: 'c', name: customer }], named(...accounts))[0];

describe('a name is folded', () => {
  it.each([
    ['Northwind Traders, Inc.', 'northwind traders'],
    ['NORTHWIND  TRADERS LLC', 'northwind traders'],
    ['Müller & Söhne GmbH & Co. KG', 'muller sohne'],
    ['Straßenbau AG', 'strassenbau'],
    ['Café Zoë S.A.', 'cafe zoe'],
    ["O'Neill Ltd", 'oneill'],
    ['Smith and Sons', 'smith sons'],
    ['Limited', 'limited'],
    ['Company Co', 'company'],
    ['---', ''],
  ])('%s', (name, words) => {
    expect(foldName(name).join(' ')).toBe(words);
  });
});

describe('an account is suggested', () => {
  it('exactly, whatever its legal form, case and accents', () => {
    expect(match('Café Zoë', 'Other', 'CAFE ZOE, S.A.')).toEqual({
      id: 'c',
      accountId: 'a1',
      match: 'exact',
      score: 1,
    });
  });

  it('nearly, with its score', () => {
    expect(match('Northwind Dental', 'Southwind Rental', 'Northwind Dental Group')).toMatchObject({
      accountId: 'a1',
      match: 'near',
    });
    expect(match('Contosso Bikes', 'Contoso Bikes')?.score).toBeGreaterThan(0.7);
  });

  it.each([
    ['two are the same', 'Acme', ['Acme Inc', 'ACME Ltd']],
    ['two are equally near', 'Acme Dental Care', ['Acme Dental Care East', 'Acme Dental Care West']],
    ['nothing is near', 'Northwind', ['Contoso', 'Fabrikam']],
    ['the name has no word', '---', ['---', 'A']],
    ['there is no account', 'Acme', []],
  ])('not when %s', (_, customer, accounts) => {
    expect(match(customer, ...accounts)).toBeUndefined();
  });

  it('the same as by comparing each with each', () => {
    const words = [
      'north',
      'south',
      'dental',
      'care',
      'traders',
      'bikes',
      'clinic',
      'group',
      'labs',
      'foods',
    ];
    const name = (n: number) => `${words[n % 10]} ${words[(n * 7) % 9]} ${n % 13}`;
    const accounts = named(...Array.from({ length: 60 }, (_, n) => name(n)));
    for (let n = 0; n < 100; n += 1) {
      const customer = { id: 'c', name: `${name(n * 3)} ${words[n % 8]}` };
      const [all] = matchNames([customer], accounts);
      const best = accounts.flatMap((account) => matchNames([customer], [account]));
      const top = Math.max(0, ...best.map(({ score }) => score));
      if (all) expect(all.score).toBe(top);
    }
  });
});
