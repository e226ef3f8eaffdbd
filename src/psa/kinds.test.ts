import { describe, expect, it } from 'vitest';
import { createAdapters, isPsaKind, listPsaKinds, psaKinds } from './kinds.ts';

describe('the list of PSAs', () => {
  it('names the five of req 27 and says which are built', () => {
    expect(listPsaKinds().map(({ kind }) => kind)).toEqual([
      'connectwise',
      'autotask',
      'bms',
      'halo',
      'syncro',
    ]);
    expect(
      listPsaKinds()
        .filter(({ isBuilt }) => isBuilt)
        .map(({ kind }) => kind),
    ).toEqual([...createAdapters().keys()]);
  });

  it('knows its kinds', () => {
    expect(psaKinds.every(isPsaKind)).toBe(true);
    expect(isPsaKind('toString')).toBe(false);
  });

  it('each adapter bears the kind it is listed under', () => {
    for (const [kind, adapter] of createAdapters()) expect(adapter.kind).toBe(kind);
  });

  it('each session is behind the guard: a text of any vendor can be stored', async () => {
    for (const [, adapter] of createAdapters()) {
      const session = adapter.open({}, async () => ({
        kind: 'notSent',
        reason: 'connect',
        detail: 'no\u0000route\ud800',
      }));
      const found = JSON.stringify([await session.findTicket('A-1'), await session.verify()]);
      expect(found).not.toMatch(/\\u0000|\\ud800/);
    }
  });

  it('hands the address of HERALD_PSA_URLS to the adapter', () => {
    expect(() => createAdapters({ autotask: 'no url' })).toThrow();
  });
});
