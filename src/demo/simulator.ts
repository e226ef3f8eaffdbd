/** What is simulated beside Herald, each as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../cli/errors.ts';

export interface Simulator {
  url: string;
  pid: number;
  /** Ends it; resolves when the process is gone. */
  stop(): Promise<void>;
}

const preload = new URL('./endWithParent.ts', import.meta.url).href;
const politeMs = 5_000;

/**
 * Starts `simulators/<kind>/main.ts` and waits for the line with its address. It is in a process group of its own,
 * so that Ctrl-C does not reach it before Herald has finished the calls under way.
 */
export async function startSimulator(
  { kind, label }: { kind: string; label: string },
  args: readonly string[],
): Promise<Simulator> {
  const program = fileURLToPath(new URL(`../../simulators/${kind}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', preload, program, ...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaint = text(child.stderr);
  const ended = once(child, 'exit');
  const url = await Promise.race([readUrl(child), ended.then(() => undefined)]);
  if (url === undefined || child.pid === undefined) {
    throw new CommandError(
      `The simulated ${label} did not start: ${(await complaint).trim() || 'it ended without a word'}.`,
    );
  }
  return { url, pid: child.pid, stop: () => stop(child, ended) };
}

/** The address in its first whole line. Its output is read to the end: a full or closed pipe would disturb it. */
function readUrl(child: ChildProcess): Promise<string> {
  let seen = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (chunk) => {
      if (seen.includes('\n')) return;
      seen += chunk;
      const [, url] = /(https?:\/\/\S+)\s*\n/.exec(seen) ?? [];
      if (url) resolve(url);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  const timeout = new AbortController();
  const late = sleep(politeMs, undefined, { signal: timeout.signal }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
  timeout.abort();
  await late;
}
