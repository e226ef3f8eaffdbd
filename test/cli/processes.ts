/** Command lines as child processes, and which processes they leave. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileCacheEnvironment } from '../compileCache.ts';

const program = fileURLToPath(new URL('../../bin/herald', import.meta.url));

export interface Running {
  child: ChildProcess;
  /** What it has printed so far. */
  out(): string;
  err(): string;
  /** Resolves when the output has this; rejects when the process ends before, or after a minute. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/**
 * Runs `herald` with these arguments and only these variables beside PATH and the cache of compiled code. It leads a
 * process group of its own.
 */
export function runHerald(args: readonly string[], env: Record<string, string> = {}): Running {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    env: { PATH, ...compileCacheEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, out: () => out, err: () => err, ended, seen: (pattern) => seen(pattern) };

  async function seen(pattern: RegExp): Promise<RegExpExecArray> {
    const until = Date.now() + 60_000;
    for (;;) {
      const match = pattern.exec(`${out}\n${err}`);
      if (match) return match;
      const isOver = child.exitCode !== null || child.signalCode !== null || Date.now() > until;
      if (isOver) throw new Error(`${pattern} was not seen in:\n${out}\n${err}`);
      await sleep(50);
    }
  }
}

/** Command lines of living processes that contain this text, beside those of the test itself. */
export async function processesWith(text: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,stat=,command=']);
  return stdout.split('\n').filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line));
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
