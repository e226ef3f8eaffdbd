import { expect, it } from 'vitest';
import type { Connection, PsaKind } from '../../../api/types.ts';
import { lineOf } from './stepLines.ts';

const connection = {
  steps: { accounts: { catchAllAccountId: '0' } },
  next: [{ step: 'accounts', complete: true, errors: [] }],
} as unknown as Connection;
const kind = { fields: [] } as unknown as PsaKind;

it.each([
  [{ catchAll: 'Acme IT', mapped: 41, all: 48 }, 'Catch-all: Acme IT · 41 of 48 mapped'],
  [{ catchAll: 'Acme IT', mapped: undefined, all: undefined }, 'Catch-all: Acme IT'],
  [{ catchAll: undefined, mapped: 1_000, all: 5_000 }, 'Catch-all set · 1,000 of 5,000 mapped'],
])('the line of the accounts names the catch-all and counts what is mapped: %j', (facts, line) => {
  expect(lineOf(connection, kind, 'accounts', facts)).toBe(line);
});
