/** Faults at every call (promises §3.4): classes, one effect, evidence. The others are in the files beside. */
import { describe, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { faultCases } from '../psa/faultCases.ts';
import { faultWorld, noFindings, runCase } from '../psa/faultRuns.ts';
import { openPsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs } from './counts.ts';

type Id = keyof typeof faultCases;
const ids = (Object.keys(faultCases) as Id[]).filter((id) => id !== 'J-10');
/**
 * A flood may cost no more memory than this (M10), and what the collector has not yet taken: of all tests that share the
 * process, outside a nightly run. That each flood is cut off is what its case asserts.
 */
const mostMemoryMb = process.env.PROMISES_TIER === 'nightly' ? 100 : 400;

// They wait most of their time.
describe.concurrent('the PSA misbehaves', () => {
  it.for(ids.map((id) => [id] as const))(
    '%s: each alert is there once, whatever call meets it',
    { timeout: mostTestMs },
    async ([id], { onTestFinished }) => {
      const found = noFindings();
      const w = await openPsaWorld(faultWorld, onTestFinished);
      for (let run = 0; run < countOf(id); run += 1) {
        for (const fault of faultCases[id]) await runCase(w, fault, found);
      }
      conclude(id, found);
    },
  );
});

describe('the PSA answers without measure', () => {
  it('J-10: what is too large is cut off', { timeout: mostTestMs }, async () => {
    const found = noFindings();
    const w = await openPsaWorld(faultWorld);
    let grownMb = 0;
    for (let run = 0; run < countOf('J-10'); run += 1) {
      const before = process.memoryUsage().rss;
      for (const fault of faultCases['J-10']) await runCase(w, fault, found);
      grownMb = Math.max(grownMb, Math.round((process.memoryUsage().rss - before) / 1024 / 1024));
    }
    if (grownMb > mostMemoryMb) found.other.push(`memory grew by ${grownMb} MB`);
    conclude('J-10', found, { most: { 'memory in MB': grownMb } });
  });
});
