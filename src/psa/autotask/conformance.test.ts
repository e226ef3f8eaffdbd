import { describe, expect, it } from 'vitest';
import { describeConformance } from '../conformance.ts';
import { autotask, createAutotask } from './index.ts';
import { simulateAutotask } from './simulated.ts';

describeConformance('Autotask', () => simulateAutotask());

describe('the adapter', () => {
  it('takes a look-up URL that it can use only', () => {
    expect(() => createAutotask({ zoneUrl: 'http://127.0.0.1:9401/x?user=' })).toThrow();
    expect(createAutotask({ zoneUrl: 'http://127.0.0.1:9401/x' }).kind).toBe('autotask');
  });

  it('declares a settle window that holds permit, deadline, five minutes and search lag (promises §2.2)', () => {
    const { settleMs, permitMs, deadlineMs, searchLagMs } = autotask.limits;
    expect(settleMs).toBeGreaterThanOrEqual(permitMs + deadlineMs + 300_000 + searchLagMs);
  });
});
