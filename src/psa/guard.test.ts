import { describe, expect, it } from 'vitest';
import type { Adapter, Billing, Session } from './contract.ts';
import { toStorable } from './foreignText.ts';
import { guardAdapter, guardSession } from './guard.ts';

describe('a storable text', () => {
  it.each([
    ['NUL', 'a\u0000b', 'a\u2400b'],
    ['ESC', '\u001b[31mred', '\u241b[31mred'],
    ['DEL', 'a\u007fb', 'a\u2421b'],
    ['a control character of the second block', 'a\u0085b', 'a b'],
    ['the first half of a pair', 'a\ud800b', 'a\ufffdb'],
    ['the second half of a pair', '\udc00', '\ufffd'],
    ['a whole pair', 'a\u{1f600}', 'a\u{1f600}'],
    ['line ends and tabs', 'a\r\n\tb', 'a\r\n\tb'],
    ['nothing', '', ''],
  ])('%s', (_, text, expected) => {
    expect(toStorable(text)).toBe(expected);
  });

  it.each([
    ['a', 2_048, false],
    ['a', 2_049, true],
    ['\u0000', 682, false],
    ['\u0000', 683, true],
    ['é', 1_025, true],
    ['€', 5_000, true],
    ['\u{1f600}', 513, true],
  ])('%j × %i is cut: %s', (character, count, isCut) => {
    const stored = toStorable(character.repeat(count));
    expect(Buffer.byteLength(stored)).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(stored)).toBeGreaterThan(2_040);
    expect(stored.endsWith('…')).toBe(isCut);
    expect(stored).not.toContain('\ufffd');
  });
});

const foul = 'x\u0000\u001b\ud800';
const good = 'x\u2400\u241b\ufffd';
const receipt = { ref: foul, number: foul, link: foul };
const account = { id: '1', name: foul, isActive: true, filters: { accountType: undefined } };
const contact = { id: '1', accountId: '1', name: foul, emails: [foul], isPrimary: true, isActive: true };

/** A vendor that forgot everything. */
const foulSession: Session = {
  verify: async () => [{ key: 'k', label: foul, ok: true, text: foul }],
  choices: async () => ({ kind: 'ok', value: [{ id: '1', label: foul, isActive: true, isDefault: false }] }),
  accounts: async () => ({ kind: 'ok', value: { items: [account], nextCursor: foul } }),
  accountsById: async () => ({ kind: 'ok', value: [account] }),
  contacts: async () => ({ kind: 'refused', reason: 'auth', text: foul }),
  contactByEmail: async () => ({ kind: 'ok', value: contact }),
  createTicket: async () => ({ kind: 'uncertain', evidence: foul }),
  findTicket: async () => ({ kind: 'found', receipt, surplus: [receipt] }),
  addNote: async () => ({ kind: 'refused', reason: 'invalid', text: foul, field: foul, retryAfterMs: 7 }),
  findNote: async () => ({ kind: 'failed', reason: 'network', text: foul }),
  ticketTexts: async () => ({ kind: 'ok', value: [{ of: 'note', ref: foul, text: foul }] }),
  ticketStates: async () => ({
    kind: 'ok',
    value: new Map([['1', { kind: 'open', receipt, accountId: foul }]]),
  }),
  usage: async () => ({ kind: 'refused', reason: 'serverError', text: foul }),
};

const foulContract = { id: '1', accountId: '1', name: foul, isActive: true, takesServices: true };
const foulBilling: Billing = {
  contracts: async () => ({ kind: 'ok', value: { items: [foulContract], nextCursor: foul } }),
  contractsById: async () => ({ kind: 'ok', value: [foulContract] }),
  services: async () => ({ kind: 'refused', reason: 'serverError', text: foul }),
  servicesById: async () => ({ kind: 'ok', value: [{ id: '1', name: foul, isActive: true }] }),
};

describe('a guarded session', () => {
  it.each(Object.keys(foulSession) as (keyof Session)[])('answers %s in storable texts', async (name) => {
    const call = (session: Session) => (session[name] as () => Promise<unknown>)();
    const expected = replaceFoul(await call(foulSession));
    expect(await call(guardSession(foulSession))).toEqual(expected);
  });

  it.each(Object.keys(foulBilling) as (keyof Billing)[])(
    'answers %s of contracts in storable texts',
    async (name) => {
      const call = (billing: Billing) => (billing[name] as () => Promise<unknown>)();
      const guarded = guardSession({ ...foulSession, billing: foulBilling }).billing;
      expect(guarded && (await call(guarded))).toEqual(replaceFoul(await call(foulBilling)));
    },
  );

  it('has no usage and no contracts when the vendor has none', () => {
    const { usage: _, ...without } = foulSession;
    expect(guardSession(without).usage).toBeUndefined();
    expect(guardSession(without).billing).toBeUndefined();
  });

  it('is what a guarded adapter opens, with what it was given', async () => {
    const given: unknown[] = [];
    const http = async () => ({ kind: 'notSent', reason: 'r', detail: 'd' }) as const;
    const adapter = {
      kind: 'some',
      open: (...args: unknown[]) => {
        given.push(...args);
        return foulSession;
      },
    } as unknown as Adapter;
    const session = guardAdapter(adapter).open({ user: 'u' }, http);
    expect(await session.findNote('1', { key: 'k', notBefore: new Date() })).toMatchObject({ text: good });
    expect(given).toEqual([{ user: 'u' }, http]);
  });
});

function replaceFoul(value: unknown): unknown {
  if (value === foul) return good;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(replaceFoul);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, replaceFoul(member)]));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, replaceFoul(member)]));
}
