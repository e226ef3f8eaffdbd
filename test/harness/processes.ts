/** Child processes of the harness: started, watched, killed, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compileCacheEnvironment } from '../compileCache.ts';

/** The project's directory. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

let reaper: ChildProcess | undefined;

function tellReaper(line: string): void {
  if (!reaper) {
    // A group of its own: Ctrl-C must not end it before it has cleaned up.
    reaper = spawn(process.execPath, [join(root, 'test/harness/reaper.ts')], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    reaper.stdin?.on('error', () => undefined);
    reaper.unref();
  }
  reaper.stdin?.write(`${line}\n`);
}

/** Makes sure that a process started elsewhere does not outlive the test. */
export const watchPid = (pid: number): void => tellReaper(`+pid ${pid}`);
/** The process has ended: its number may soon be somebody else's. */
export const forgetPid = (pid: number): void => tellReaper(`-pid ${pid}`);

/** A directory that is removed when the test run ends; the server's user may enter it when we are root. */
export async function temporaryDir(name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `herald-${name}-`));
  await chmod(dir, 0o755);
  tellReaper(`+dir ${dir}`);
  return dir;
}

export interface Started {
  readonly pid: number;
  /** The part of the ready line that the pattern's first group matched, or the whole match. */
  readonly said: string;
  readonly hasEnded: boolean;
  /** How it ended: an exit code or the name of a signal. */
  readonly ended: Promise<number | string>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface Program {
  name: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What it says on standard output or error when it is ready. */
  ready: RegExp;
  /** Hears every line. */
  onLine?(line: string): void;
  /** A command of the shell that ends with `exec "$0" "$@"`, through which it is started: for limits of the process. */
  through?: string;
}

const mostStartMs = 60_000;
const keptLines = 40;

/** Starts a Node program and resolves when it says that it is ready. @throws Error with its last lines if it does not */
export async function startNode({ name, args, env, ready, onLine, through }: Program): Promise<Started> {
  const [command = '', ...all] = [...(through ? ['/bin/sh', '-c', through] : []), process.execPath, ...args];
  const child = spawn(command, all, {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...compileCacheEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} cannot be started`);
  watchPid(pid);
  let hasEnded = false;
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      hasEnded = true;
      forgetPid(pid);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  const lines: string[] = [];
  const failure = (why: string) => new Error(`${name} ${why}:\n${lines.join('\n')}`);
  const said = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(failure('did not get ready')), mostStartMs);
    const hear = (line: string) => {
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      onLine?.(line);
      const match = ready.exec(line);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1] ?? match[0]);
    };
    createInterface({ input: child.stdout }).on('line', hear);
    createInterface({ input: child.stderr }).on('line', hear);
    void ended.then(() => {
      clearTimeout(timer);
      reject(failure('ended before it was ready'));
    });
  }).catch((error) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    pid,
    said,
    get hasEnded() {
      return hasEnded;
    },
    ended,
    async end(signal) {
      if (!hasEnded) child.kill(signal);
      await ended;
    },
  };
}
