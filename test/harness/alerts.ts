/** The alerts that the promise tests send: numbered, and spread over groups. */
import type { AlertToSend } from './ledger.ts';

/** `a1-000017`: the checker finds ids of this form in the PSA's texts. */
export const alertId = (test: string, n: number): string =>
  `${test.toLowerCase()}-${String(n).padStart(6, '0')}`;

/** The nth alert of a test, in one of `groups` groups by turns. */
export function numbered(test: string, n: number, groups: number, reference: string): AlertToSend {
  return {
    externalId: alertId(test, n),
    group: `Group ${n % groups}`,
    reference,
    severity: 'high',
  };
}

/** 0, 1, 2, … while it is wanted. */
export function* countWhile(isWanted: () => boolean): Generator<number> {
  for (let n = 0; isWanted(); n += 1) yield n;
}
