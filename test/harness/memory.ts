/** How much memory the processes of the instances take, watched while a test runs. */
import { readFileSync } from 'node:fs';
import type { Instance } from './service.ts';

export interface MemoryWatch {
  /** The most that one process had, in megabytes. */
  most(): number;
  /** By how much the largest of the last third exceeds the largest of the third before, in percent. */
  growth(): number;
  stop(): void;
}

const everyMs = 500;

/**
 * Reads /proc. A process that is not there counts as nothing.
 *
 * @throws Error where there is no /proc: a bar that nothing was measured for must not pass
 */
export function watchMemory(instances: readonly Instance[]): MemoryWatch {
  if (residentMegabytes(process.pid) === 0) throw new Error('there is no /proc to read the memory from');
  const samples: number[] = [];
  const timer = setInterval(() => {
    const all = instances.map(({ pid }) => (pid === undefined ? 0 : residentMegabytes(pid)));
    samples.push(Math.max(...all));
  }, everyMs);
  const third = (n: number) =>
    Math.max(1, ...samples.slice((samples.length * n) / 3, (samples.length * (n + 1)) / 3));
  return {
    most: () => Math.max(0, ...samples),
    growth: () => Math.round((third(2) / third(1) - 1) * 100),
    stop: () => clearInterval(timer),
  };
}

function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
