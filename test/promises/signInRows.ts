/** Rows of the catalogue: signing in. */
import type { Row } from './row.ts';

export const signInRows = [
  {
    id: 'Q2',
    promise: 'P15',
    shows: 'neither an answer nor the time it takes tells who has an account',
    file: 'test/promises/q2.store.test.ts',
    of: 'addresses with an account and as many without, by turns, at sign-in and at invitations',
    bar: 'medians of one run differ by ≤ 5 ms, one text',
    // Times on a machine that does other things too show nothing: test/access/unknownAccounts counts the work.
    pr: 0,
    nightly: 500,
    slice: 500,
  },
] as const satisfies readonly Row[];
