import { spawn } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processStart } from './processes.ts';
import { isRoot } from './serverUser.ts';
import {
  afterTest,
  kill,
  query,
  type Reported,
  refusal,
  serverProcesses,
  start,
  startInChild,
  tempDir,
} from './testServers.ts';

function server(reported: Reported): { pid: number; url: string; adopted: boolean } {
  if ('error' in reported) throw new Error(reported.message);
  return reported;
}

/** kill -9 of every process of the cluster, and the wait until they are gone. */
async function killServer(dataDir: string): Promise<void> {
  for (const { pid } of await serverProcesses(dataDir)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => serverProcesses(dataDir)).toEqual([]);
}

describe('after kill -9 of Herald', () => {
  it('the running server is adopted, and stop ends it', async () => {
    const dataDir = await tempDir();
    const { child, reported } = await startInChild({ dataDir });
    await query(server(reported).url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    await kill(child);
    const adopted = await start({ dataDir });
    expect(adopted).toMatchObject({ adopted: true, pid: server(reported).pid, url: server(reported).url });
    expect(await query(adopted.url, 'SELECT id FROM kept')).toEqual([[1]]);
    await adopted.stop();
    expect(await serverProcesses(dataDir)).toEqual([]);
  });

  it('an adopted server gets the settings of this start', async () => {
    const dataDir = await tempDir();
    const { child } = await startInChild({ dataDir, settings: { work_mem: '5MB' } });
    await kill(child);
    const adopted = await start({ dataDir, settings: { work_mem: '6MB' } });
    await expect.poll(() => query(adopted.url, 'SHOW work_mem')).toEqual([['6MB']]);
  });

  it('a running server whose socket was removed is replaced', async () => {
    const dataDir = await tempDir();
    const { child, reported } = await startInChild({ dataDir });
    await kill(child);
    await rm(join(dataDir, 'postgres.socket', '.s.PGSQL.5432'));
    const again = await start({ dataDir });
    expect(again.adopted).toBe(false);
    expect(again.pid).not.toBe(server(reported).pid);
    expect(await query(again.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('a running server that refuses the password is not touched', async () => {
    const dataDir = await tempDir();
    const { child, reported } = await startInChild({ dataDir });
    await kill(child);
    await writeFile(join(dataDir, 'postgres.password'), 'another\n');
    expect((await refusal({ dataDir })).message).toMatch(/refuses Herald .*: bring back postgres.password/);
    expect(await query(server(reported).url, 'SELECT 1')).toEqual([[1]]);
  });

  it('a running server is given new passwords when the files are lost', async () => {
    const dataDir = await tempDir();
    const { child } = await startInChild({ dataDir });
    await kill(child);
    await rm(join(dataDir, 'postgres.password'));
    const again = await start({ dataDir });
    expect(await query(again.url, 'SELECT 1')).toEqual([[1]]);
  });

  it('while it lives, a second start is refused with a sentence', async () => {
    const dataDir = await tempDir();
    const { child } = await startInChild({ dataDir });
    expect((await refusal({ dataDir })).message).toBe(
      `Another Herald (process ${child.pid}) uses the data directory ${dataDir}: stop it first, or set DATABASE_URL to run several on one database.`,
    );
    expect((await startInChild({ dataDir })).reported).toMatchObject({ error: 'EmbeddedError' });
  });
});

describe('after kill -9 of everything', () => {
  it('the committed rows are there', async () => {
    const dataDir = await tempDir();
    const { child, reported } = await startInChild({ dataDir });
    await query(server(reported).url, 'CREATE TABLE kept (id int)');
    for (let id = 0; id < 50; id += 1) await query(server(reported).url, `INSERT INTO kept VALUES (${id})`);
    await kill(child);
    await killServer(dataDir);
    const again = await start({ dataDir });
    expect(again.adopted).toBe(false);
    expect(await query(again.url, 'SELECT count(*)::int FROM kept')).toEqual([[50]]);
  });
});

describe('after kill -9 of the server', () => {
  it('it is started again', async () => {
    const dataDir = await tempDir();
    const running = await start({ dataDir });
    await query(running.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    const before = running.pid;
    await killServer(dataDir);
    await expect.poll(() => running.pid, { timeout: 20_000 }).not.toBe(before);
    expect(await query(running.url, 'SELECT id FROM kept')).toEqual([[1]]);
    await running.stop();
    expect(await serverProcesses(dataDir)).toEqual([]);
  });

  it('a start waits until the processes of the earlier run have gone', async () => {
    const dataDir = await tempDir();
    const { child, reported } = await startInChild({ dataDir });
    await kill(child);
    const lingering = (await serverProcesses(dataDir)).find(({ title }) =>
      title.includes('checkpointer'),
    )!.pid;
    process.kill(lingering, 'SIGSTOP');
    process.kill(server(reported).pid, 'SIGKILL');
    await expect.poll(() => processStart(server(reported).pid)).toBeUndefined();
    const again = await start({ dataDir }, () => process.kill(lingering, 'SIGCONT'));
    expect(again.messages).toEqual(['Waiting for database processes of an earlier run to end.']);
    expect(await query(again.url, 'SELECT 1')).toEqual([[1]]);
  });
});

describe('a left-over file', () => {
  async function stoppedOnce(): Promise<{ dataDir: string; pidFile: string; pidFileText: string }> {
    const dataDir = await tempDir();
    const first = await start({ dataDir });
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    const pidFileText = await readFile(pidFile, 'utf8');
    await first.stop();
    return { dataDir, pidFile, pidFileText };
  }

  it('pid file of a dead process is no obstacle', async () => {
    const { dataDir, pidFile, pidFileText } = await stoppedOnce();
    await writeFile(pidFile, pidFileText);
    expect((await start({ dataDir })).adopted).toBe(false);
  });

  it.each([false, true])(
    'pid file that names a living foreign process is no obstacle (its user: %s)',
    async (same) => {
      const { dataDir, pidFile, pidFileText } = await stoppedOnce();
      const owner = same && isRoot() ? await stat(join(dataDir, 'postgres')) : undefined;
      const foreign = spawn('sleep', ['600'], owner === undefined ? {} : { uid: owner.uid, gid: owner.gid });
      afterTest(() => kill(foreign));
      const stale = pidFileText.replace(/^\d+/, String(foreign.pid));
      await writeFile(pidFile, stale);
      await writeFile(join(dataDir, 'postgres.socket', '.s.PGSQL.5432.lock'), stale);
      const again = await start({ dataDir });
      expect(again.adopted).toBe(false);
      expect(again.pid).not.toBe(foreign.pid);
      expect(foreign.exitCode).toBeNull();
    },
  );

  it.each([
    ['of a dead process', { pid: 2 ** 22 + 1, startedAt: 'x' }],
    ['whose pid is used again', { pid: process.ppid, startedAt: 'another start' }],
    ['that is damaged', 'half a li'],
  ])('lock %s is taken over', async (_, content) => {
    const dataDir = await tempDir();
    await writeFile(join(dataDir, 'herald.lock'), JSON.stringify(content));
    const running = await start({ dataDir });
    expect(JSON.parse(await readFile(join(dataDir, 'herald.lock'), 'utf8')).pid).toBe(process.pid);
    await running.stop();
    await expect(readFile(join(dataDir, 'herald.lock'))).rejects.toThrow(/ENOENT/);
  });
});
