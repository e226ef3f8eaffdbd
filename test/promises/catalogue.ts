/**
 * Every promise test, one row each (promises §3.2): what it shows, how often it does its thing per tier, and its bar.
 * `npm run test:nightly` runs these rows and writes docs/promises.md from them; a test takes its count from
 * `countOf(id)` and hands its figures over with `conclude(id, …)`. The test's own name begins with `<id>:`.
 */

import { auditRows } from './auditRows.ts';
import { deliveryRows } from './deliveryRows.ts';
import { faultRows } from './faultRows.ts';
import { hostRows } from './hostRows.ts';
import { loadRows } from './loadRows.ts';
import { mailRows } from './mailRows.ts';
import type { Row } from './row.ts';
import { signInRows } from './signInRows.ts';

const catalogue = [
  ...deliveryRows,
  ...loadRows,
  ...hostRows,
  ...faultRows,
  ...mailRows,
  ...auditRows,
  ...signInRows,
] as const satisfies readonly Row[];

export type PromiseId = (typeof catalogue)[number]['id'];
export type PromiseTest = Row & { id: PromiseId };

export const promiseTests: readonly PromiseTest[] = catalogue;
