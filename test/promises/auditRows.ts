import type { Row } from './row.ts';

/** The audit: what is recorded cannot be changed unnoticed, and nothing is changed unrecorded. */
export const auditRows = [
  {
    id: 'R1',
    promise: 'P19',
    shows: 'an audit that was altered, cut, added to, reordered or written anew is found out',
    file: 'test/promises/r1.store.test.ts',
    of: 'tamperings of a chain of 1,000 entries, of each kind by turns',
    bar: 'detected 100 %; a cut tail and a chain written anew with the exported end',
    pr: 40,
    nightly: 2_000,
    slice: 400,
    sabotage: 30,
  },
  {
    id: 'R2',
    promise: 'P19',
    shows: 'every change by the API has one entry with who, from where and what; without it nothing changes',
    file: 'test/promises/r2.store.test.ts',
    of: 'runs of every route that changes something, from the description of the API',
    bar: 'entries 1 each, no secret in any; with an audit that cannot be written: changes 0',
    pr: 1,
    nightly: 20,
    slice: 5,
  },
] as const satisfies readonly Row[];
