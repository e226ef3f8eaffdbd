import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, processesWith, type Running, runHerald } from './processes.ts';

let dir: string;
const started: Running[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'demo-test-'));
  // PostgreSQL runs as another user when this runs as root.
  await chmod(dir, 0o755);
});
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

function runDemo(...args: string[]): Running {
  const demo = runHerald(['demo', ...args], { TMPDIR: dir });
  started.push(demo);
  return demo;
}

/** The processes that the header names: Herald, the simulated PSA and the mailbox. */
async function pidsOf(demo: Running): Promise<number[]> {
  await demo.seen(/To stop/);
  return [...demo.out().matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
}

async function expectNothingLeft(pids: readonly number[]): Promise<void> {
  expect(pids).toHaveLength(3);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(await processesWith(dir)).toEqual([]);
  expect(await readdir(dir)).toEqual([]);
}

describe('the demo', () => {
  it('shows 30 alerts on their way to tickets and notes, and leaves nothing behind', async () => {
    const demo = runDemo('--count', '30', '--rate', '20');
    const pids = await pidsOf(demo);
    expect(await demo.ended).toBe(0);
    const out = demo.out();
    expect(out).toContain('9 of 9 checks passed');
    expect(out).toMatch(
      /→ accepted → mail[^→]+ → mapped to account .+ → ticket T\d{8}\.\d{4} {2}http:\/\/127\.0\.0\.1:\d+\/tickets\/\d+/,
    );
    expect(out).toMatch(/→ note on ticket T\d{8}\.\d{4}/);
    expect(out).toMatch(/→ mailed to [123]\b/);
    expect(out).toContain('→ duplicate, nothing to do');
    const [, tickets, notes] =
      /^3\d alerts: (\d+) tickets, (\d+) notes, .* 0 waiting, 0 unaccounted\b/m.exec(out) ?? [];
    expect(Number(tickets)).toBeGreaterThan(10);
    expect(Number(notes)).toBeGreaterThan(2);
    expect(demo.err()).toBe('');
    await expectNothingLeft(pids);
  });

  it('ends in order when Ctrl-C reaches its whole group, pressed twice', async () => {
    const demo = runDemo('--rate', '20');
    const pids = await pidsOf(demo);
    await demo.seen(/→ ticket/);
    process.kill(-demo.child.pid!, 'SIGINT');
    await sleep(1_200);
    if (isAlive(demo.child.pid!)) process.kill(-demo.child.pid!, 'SIGINT');
    expect(await demo.ended).toBe(0);
    expect(demo.out()).toMatch(/0 unaccounted[^\n]*\n[\s\S]*Ended\. Nothing runs any more\.\n$/);
    await expectNothingLeft(pids);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'ends in order on %s before it has begun to send',
    async (signal) => {
      const demo = runDemo();
      const pids = await pidsOf(demo);
      demo.child.kill(signal);
      expect(await demo.ended).toBe(0);
      await expectNothingLeft(pids);
    },
  );

  it('killed outright leaves no simulator, and the next one clears the rest away', async () => {
    const demo = runDemo('--rate', '20');
    const [, ...simulated] = await pidsOf(demo);
    await demo.seen(/→ ticket/);
    demo.child.kill('SIGKILL');
    await demo.ended;
    for (let looks = 0; simulated.some(isAlive) && looks < 100; looks++) await sleep(50);
    expect(simulated.filter(isAlive)).toEqual([]);
    const next = runDemo('--count', '1', '--rate', '20');
    const pids = await pidsOf(next);
    expect(await next.ended).toBe(0);
    await expectNothingLeft(pids);
  });
});
