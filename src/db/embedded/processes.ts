import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * When a living process was started, as an opaque text that differs for two processes with the same pid (boot and clock
 * ticks on Linux, seconds elsewhere). `undefined` when there is no such process; a zombie counts as none.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid);
  const shown = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  const [state, ...start] = shown.stdout.trim().split(/\s+/);
  return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ');
}

export async function isAlive(pid: number): Promise<boolean> {
  return (await processStart(pid)) !== undefined;
}

async function linuxStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses and may itself contain spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}/${fields[19]}`;
}

/**
 * True when the process is a postmaster of that cluster: it works in the cluster's directory, or was started with it.
 * A pid file alone proves nothing, because pids are used again.
 */
export async function isPostmasterOf(pid: number, clusterDir: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  const command = await commandLine(pid);
  if (!/(^|\/)postgres$/.test(command[0] ?? '')) return false;
  if (command.includes(clusterDir)) return true;
  return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === clusterDir;
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  }
  const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return splitAtOptions(stdout.trim());
}

/** `ps` shows a command line as one text; cutting it at its options keeps paths with spaces whole. */
export function splitAtOptions(command: string): string[] {
  return command.split(/ (?=-)/).flatMap((part) => {
    const option = /^(-[A-Za-z]) (.*)$/.exec(part);
    return option === null ? [part] : [option[1]!, option[2]!];
  });
}

/** Sends a signal; a process that has gone in the meantime is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
