/** Processes of a benchmark: started, waited for until they say where they listen, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export interface Process {
  url: string;
  pid: number;
  /** Milliseconds from start until it was ready. */
  readyMs: number;
  stop(): Promise<void>;
}

const root = new URL('..', import.meta.url).pathname;
const address = /http:\/\/[\d.]+:\d+/;

/** Starts a program of the repository and waits for a line with its address; `isReady` may ask for more than that. */
export async function start(
  [program, ...args]: [string, ...string[]],
  env: Record<string, string> = {},
  isReady: (url: string) => Promise<boolean> = async () => true,
): Promise<Process> {
  const startedAt = performance.now();
  // Its first line says how it wants Node to run it; it is to be this Node.
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await firstAddress(child);
  while (!(await isReady(url))) await pause(5);
  return {
    url,
    pid: child.pid as number,
    readyMs: performance.now() - startedAt,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function firstAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
        said.push(line);
        const found = address.exec(line);
        if (found) resolve(found[0]);
      });
    }
    child.once('exit', () =>
      reject(new Error(`a process of the benchmark ended early:\n${said.join('\n')}`)),
    );
  });
}

/** Runs a process to its end and answers the JSON that it printed. */
export async function runForJson<T>(args: string[]): Promise<T> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return JSON.parse(text) as T;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
