import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterEach } from 'vitest';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from './index.ts';
import { stopPostmaster } from './postmaster.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs after the test, the last one given first. */
export function afterTest(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

/** A temporary directory that others may enter; servers that are left in it end with the test. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'herald-embedded-'));
  await chmod(dir, 0o755);
  afterTest(() => rm(dir, { recursive: true, force: true }));
  afterTest(() => stopServersBelow(dir));
  return dir;
}

export type Started = EmbeddedPostgres & { readonly messages: string[] };

/** Starts a server that is stopped after the test, and keeps what it logs. */
export async function start(
  options: Omit<EmbeddedOptions, 'log'>,
  onMessage: (message: string) => void = () => {},
): Promise<Started> {
  const messages: string[] = [];
  const keep = (message: string): void => {
    messages.push(message);
    onMessage(message);
  };
  const server = await startEmbedded({ ...options, log: { info: keep, warn: keep } });
  afterTest(() => server.stop());
  return Object.defineProperty(server as Started, 'messages', { value: messages });
}

/** The message of the refusal to start. */
export async function refusal(options: Omit<EmbeddedOptions, 'log'>): Promise<Error> {
  return start(options).then(
    () => new Error('it started'),
    (error) => error,
  );
}

export async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

export type Reported = { pid: number; url: string; adopted: boolean } | { error: string; message: string };

/**
 * Starts a server from another process, which then waits to be killed: optionally as another user, which only root may
 * ask for.
 */
export async function startInChild(
  options: Omit<EmbeddedOptions, 'log'>,
  uid?: number,
): Promise<{ child: ChildProcess; reported: Reported }> {
  const module = JSON.stringify(new URL('./index.ts', import.meta.url).href);
  const script = `
    const { startEmbedded } = await import(${module});
    const log = { info() {}, warn() {} };
    try {
      const { pid, url, adopted } = await startEmbedded({ ...${JSON.stringify(options)}, log });
      console.log(JSON.stringify({ pid, url, adopted }));
      setInterval(() => {}, 1000);
    } catch (error) {
      console.log(JSON.stringify({ error: error.name, message: error.message }));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...(uid !== undefined && { uid, gid: uid }),
  });
  afterTest(() => kill(child));
  for await (const line of createInterface({ input: child.stdout! }))
    return { child, reported: JSON.parse(line) };
  throw new Error('the child ended without a word');
}

/** kill -9, and the wait for the end. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

/** Processes that work in the directory or below it, the postmaster and its children. */
export async function serverProcesses(dir: string): Promise<{ pid: number; title: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return { pid, title: title.replaceAll('\0', ' ').trim(), isBelow: cwd.startsWith(dir) };
    }),
  );
  return found.filter((each) => each.isBelow && each.title.includes('postgres'));
}

async function stopServersBelow(dir: string): Promise<void> {
  for (const { pid, title } of await serverProcesses(dir)) {
    const clusterDir = /-D (\S+)/.exec(title)?.[1];
    if (clusterDir !== undefined) await stopPostmaster(pid, clusterDir);
  }
}
