import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectory } from './directory.ts';
import { freePort } from './ports.ts';
import { simulatedPsa } from './simulatedPsa.ts';
import { startSimulator } from './simulator.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'herald-surroundings-'));
  vi.stubEnv('TMPDIR', dir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

describe('a port', () => {
  it('is the wanted one, or a free one when that is taken', async () => {
    const wanted = await freePort(0);
    expect(await freePort(wanted)).toBe(wanted);
    const server = createServer().listen(wanted, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const other = await freePort(wanted);
    server.close();
    expect(other).not.toBe(wanted);
    expect(other).toBeGreaterThan(0);
  });
});

describe('the data directory', () => {
  it('is a temporary one that goes at the end', async () => {
    const { path, remove } = await openDirectory(undefined);
    expect(path).toContain(`herald-demo-${process.pid}-`);
    await remove();
    expect(await readdir(dir)).toEqual([]);
  });

  it('of a demo that is gone is removed, of one that lives is left alone', async () => {
    const noProcess = 4_194_304; // above the highest process id of Linux
    await mkdir(join(dir, `herald-demo-${noProcess}-abc`));
    await mkdir(join(dir, `herald-demo-${process.ppid}-abc`));
    await mkdir(join(dir, 'herald-demo-other'));
    const { remove } = await openDirectory(undefined);
    await remove();
    expect((await readdir(dir)).sort()).toEqual(
      [`herald-demo-${process.ppid}-abc`, 'herald-demo-other'].sort(),
    );
  });

  it('that is to be kept stays, and must be empty before', async () => {
    const { path, remove } = await openDirectory(join(dir, 'kept'));
    await mkdir(path);
    await writeFile(join(path, 'secret.key'), 'x');
    await remove();
    expect(await readdir(path)).toEqual(['secret.key']);
    await expect(openDirectory(path)).rejects.toThrow('is not empty');
    await expect(openDirectory(join(path, 'secret.key'))).rejects.toThrow('cannot be used (ENOTDIR)');
  });
});

describe('the simulated PSA', () => {
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('runs as a process of its own and ends when it is told to', async () => {
    const { url, pid, stop } = await startSimulator(simulatedPsa, ['--port', '0', '--companies', '1']);
    expect((await fetch(`${url}/companies`)).status).toBe(200);
    await stop();
    expect(isAlive(pid)).toBe(false);
    await stop();
  });

  it('that does not start says why', async () => {
    await expect(startSimulator(simulatedPsa, ['--port', 'x'])).rejects.toThrow(
      'The simulated Autotask did not start: --port takes a whole number',
    );
  });
});
