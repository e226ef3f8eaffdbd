/** Starts simulated worlds in a process of their own: at full speed, and with a guard turned off where that is asked. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mix, Simulated } from './simulate.ts';

const run = fileURLToPath(new URL('run.ts', import.meta.url));
const register = new URL('../harness/sabotage/register.ts', import.meta.url).href;

export async function startSimulation(mix: Mix, from: number, count: number): Promise<Simulated> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...(process.env.HERALD_SABOTAGE ? ['--import', register] : []),
      ...[run, '--mix', mix, '--from', String(from), '--count', String(count)],
    ],
    { maxBuffer: 1e9 },
  );
  return JSON.parse(stdout) as Simulated;
}
