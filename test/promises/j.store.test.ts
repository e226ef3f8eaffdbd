/** Faults at every call (promises §3.4): classes, one effect, evidence. The others are in the files beside. */
import { describe, it } from 'vitest';
import { conclude } from '../harness/conclude.ts';
import { runDrift } from '../psa/contractDrift.ts';
import { faultCases } from '../psa/faultCases.ts';
import { faultWorld, noFindings, runCase } from '../psa/faultRuns.ts';
import { megabytesOfFloods } from '../psa/floods.ts';
import { timeSlowAnswers } from '../psa/slowAnswers.ts';
import { openPsaWorld } from '../support/psa.ts';
import { countOf, mostTestMs, timeBar } from './counts.ts';

type Id = keyof typeof faultCases;
const ids = (Object.keys(faultCases) as Id[]).filter((id) => id !== 'J-10');
/** In a process that does nothing else (M10). */
const mostFloodMb = 50;

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
      if (id === 'J-12') await runDrift(countOf(id), found);
      conclude(id, found);
    },
  );
});

/** The door's own deadline in the nightly run; a short one shows the same elsewhere. */
const isNightly = process.env.PROMISES_TIER === 'nightly';
const deadlineMs = isNightly ? 30_000 : 2_000;
const tolerance = 1_000;

describe('the PSA answers without measure', () => {
  it('J-7: an answer without end is given up at the deadline', { timeout: mostTestMs }, async () => {
    const times = countOf('J-7');
    const { wrong, ...ms } = await timeSlowAnswers(times, isNightly ? undefined : deadlineMs);
    const [earliest, latest] = [Math.round(ms.earliestMs), Math.round(ms.latestMs)];
    const other = [...wrong];
    if (earliest < deadlineMs - tolerance || latest > deadlineMs + timeBar(tolerance))
      other.push(`given up after ${earliest} to ${latest} ms, the deadline is ${deadlineMs} ms`);
    conclude(
      'J-7',
      { other },
      { least: { 'given up after, ms': earliest }, most: { 'given up after, ms': latest } },
    );
  });

  it('J-10: what is too large is cut off', { timeout: mostTestMs }, async () => {
    const found = noFindings();
    const w = await openPsaWorld(faultWorld);
    for (let run = 0; run < countOf('J-10'); run += 1) {
      for (const fault of faultCases['J-10']) await runCase(w, fault, found);
    }
    const grownMb = await megabytesOfFloods(countOf('J-10'));
    if (grownMb > mostFloodMb) found.other.push(`memory grew by ${grownMb} MB, bar ${mostFloodMb} MB`);
    conclude('J-10', found, { most: { 'memory of floods, MB': grownMb } });
  });
});
