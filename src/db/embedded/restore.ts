/** A cluster from a backup: made whole under another name, so that a crash leaves either none or a complete one. */
import { chown, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findBinaries } from './binaries.ts';
import { checkCluster, setPasswords, syncDir } from './cluster.ts';
import { adminConnection, connectionUrl, loginConnection } from './connection.ts';
import { EmbeddedError, explainFileError } from './errors.ts';
import {
  chooseClusterDir,
  defaultSystemDir,
  openDataDir,
  openSocketDir,
  recordClusterDir,
  recordedClusterDir,
} from './layout.ts';
import { lockDataDir } from './lock.ts';
import type { Log } from './log.ts';
import { database, readPasswords, savePasswords } from './passwords.ts';
import { type Cluster, launch, stopPostmaster } from './postmaster.ts';
import { chooseServerUser, giveTo } from './serverUser.ts';
import { writeConfiguration } from './settings.ts';

export interface Restoring {
  dataDir: string;
  log: Log;
  systemDir?: string;
  /** Puts the files of the cluster into an empty directory. */
  fill(clusterDir: string): Promise<void>;
  /** Runs against the recovered server, before anybody else can reach it; addresses as the owner and as the superuser. */
  finish(urls: { ownerUrl: string; adminUrl: string }): Promise<void>;
}

/** May be there already: the key that the restored database needs, and what a restore that failed has left. */
const mayBeThere = new Set([
  'secret.key',
  'herald.lock',
  'postgres.socket',
  'postgres.password',
  'postgres.admin-password',
  'postgres.start.log',
]);

/**
 * Restores into a data directory that is empty but for the secret key.
 *
 * @throws EmbeddedError with one sentence when that is not possible; then the directory holds no database.
 */
export async function restoreCluster(restoring: Restoring): Promise<void> {
  let unlock = async () => {};
  try {
    const dataDir = await openDataDir(restoring.dataDir);
    unlock = await lockDataDir(dataDir);
    await refuseContents(dataDir);
    await restoreInto(dataDir, restoring);
  } catch (error) {
    throw explainFileError(error, restoring.dataDir);
  } finally {
    await unlock();
  }
}

async function refuseContents(dataDir: string): Promise<void> {
  const found = (await readdir(dataDir)).filter(
    (name) => !mayBeThere.has(name) && !name.startsWith('postgres-'),
  );
  if (found.length === 0) return;
  throw new EmbeddedError(
    `The data directory ${dataDir} is not empty (${found[0]}): a backup is restored into an empty one. Set HERALD_DATA_DIR to another directory, or move this one away.`,
  );
}

async function restoreInto(
  dataDir: string,
  { fill, finish, log, systemDir = defaultSystemDir }: Restoring,
): Promise<void> {
  const user = await chooseServerUser(await recordedClusterDir(dataDir));
  const clusterDir = await chooseClusterDir(dataDir, systemDir, user);
  const binaries = await findBinaries({ dataDir, systemDir }, user);
  const draft = `${clusterDir}.restoring`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await fill(draft);
    if (user !== undefined) {
      await chown(draft, user.uid, user.gid);
      await giveTo(user, draft);
    }
    await checkCluster(draft, binaries, user);
    const passwords = await readPasswords(dataDir);
    await writeConfiguration(draft, {}, user);
    // The first program that opens the copy replays its WAL.
    await setPasswords(draft, binaries, user, passwords);
    const socketDir = await openSocketDir(dataDir, user);
    const cluster: Cluster = { dataDir, clusterDir: draft, socketDir, binaries, user, passwords, log };
    const { pid } = await launch(cluster);
    try {
      const admin = { ...adminConnection(socketDir, passwords), database };
      await finish({
        ownerUrl: connectionUrl(loginConnection(socketDir, passwords)),
        adminUrl: connectionUrl(admin),
      });
    } finally {
      await stopPostmaster(pid, draft);
    }
    await savePasswords(dataDir, passwords);
    await rename(draft, clusterDir);
    await syncDir(dirname(clusterDir));
    await recordClusterDir(dataDir, clusterDir);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(join(dataDir, 'postgres.start.log'), { force: true });
  }
}
