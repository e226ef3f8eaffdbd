/**
 * Outlives the test run by a moment: told of every process and directory that the harness makes, it removes what is
 * left of them when the pipe from the test closes, however the test ended. Lines: `+pid N`, `-pid N`, `+dir PATH`.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { sep } from 'node:path';
import { createInterface } from 'node:readline';

const pids = new Set<number>();
const dirs = new Set<string>();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [what, value = ''] = line.split(/ (.*)/s);
    if (what === '+pid') pids.add(Number(value));
    if (what === '-pid') pids.delete(Number(value));
    if (what === '+dir' && value.startsWith(tmpdir() + sep)) dirs.add(value);
  })
  .on('close', () => {
    for (const pid of [...pids].flatMap(withChildren)) kill(pid);
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

/** A PostgreSQL that is killed leaves its children for a moment; they go at the same time. */
function withChildren(pid: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const children = rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid);
  return [pid, ...children.map(([child = 0]) => child)];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
