import { crashPoint } from '../../crashPoints.ts';
import { findBinaries } from './binaries.ts';
import { addMissingRoles, checkCluster, createCluster, setPasswords } from './cluster.ts';
import { adminConnection, type Connection, connectionUrl, loginConnection } from './connection.ts';
import { explainFileError } from './errors.ts';
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
import { readPasswords, savePasswords } from './passwords.ts';
import { disownStaleFiles } from './pidFile.ts';
import { adoptOrphan, type Cluster, launch, type Postmaster } from './postmaster.ts';
import { chooseServerUser } from './serverUser.ts';
import { type Settings, writeConfiguration } from './settings.ts';
import { supervise } from './supervise.ts';

export type { Connection } from './connection.ts';
export { EmbeddedError } from './errors.ts';
export type { Log } from './log.ts';
export type { Settings } from './settings.ts';

export type EmbeddedOptions = {
  /** Herald's data directory; made if missing (mode 0700). */
  readonly dataDir: string;
  readonly log: Log;
  /** Changes to the server's settings. Those that keep acknowledged rows safe cannot be changed. */
  readonly settings?: Settings;
  /** Another copy of the npm package with the PostgreSQL programs. */
  readonly packageDir?: string;
  /** Where cluster and programs go when root keeps the data directory out of the server's reach: `/var/lib/herald`. */
  readonly systemDir?: string;
};

export type EmbeddedPostgres = {
  /** As the role `herald`, which owns the database, is no superuser and may `SET ROLE herald_app`. */
  readonly connection: Connection;
  readonly url: string;
  /** As the superuser, to the database `postgres`; for maintenance and tests, never for the running product. */
  readonly adminUrl: string;
  /** True when the server was running already. */
  readonly adopted: boolean;
  /** The postmaster's process id; another one after the server had to be started again. */
  readonly pid: number;
  /** Ends the server, whoever started it, and lets the data directory go. Calling it again changes nothing. */
  stop(): Promise<void>;
};

/**
 * Starts the PostgreSQL that Herald brings along, makes its cluster at the first start, and keeps it running until
 * `stop`. A server left behind by a killed Herald is adopted.
 *
 * @throws EmbeddedError with one sentence for the operator when that is not possible.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  let unlock = async () => {};
  try {
    const dataDir = await openDataDir(options.dataDir);
    unlock = await lockDataDir(dataDir);
    const cluster = await prepareCluster(dataDir, options);
    const orphan = await adoptOrphan(cluster);
    if (orphan === undefined && cluster.passwords.isNew) {
      await disownStaleFiles(cluster.clusterDir, cluster.socketDir, cluster.user);
      await setPasswords(cluster.clusterDir, cluster.binaries, cluster.user, cluster.passwords);
      await savePasswords(dataDir, cluster.passwords);
    }
    crashPoint('before-server-started');
    const postmaster = orphan ?? (await launch(cluster));
    crashPoint('after-server-started');
    await addMissingRoles(connectionUrl(adminConnection(postmaster.socketDir, cluster.passwords)));
    return describe(cluster, postmaster, orphan !== undefined, unlock);
  } catch (error) {
    await unlock();
    throw explainFileError(error, options.dataDir);
  }
}

/** Everything up to a complete, configured cluster that is ready to be served. */
async function prepareCluster(dataDir: string, options: EmbeddedOptions): Promise<Cluster> {
  const systemDir = options.systemDir ?? defaultSystemDir;
  const user = await chooseServerUser(await recordedClusterDir(dataDir));
  const clusterDir = await chooseClusterDir(dataDir, systemDir, user);
  const place = { dataDir, systemDir, ...(options.packageDir && { packageDir: options.packageDir }) };
  const binaries = await findBinaries(place, user);
  let passwords = await readPasswords(dataDir);
  if (!(await checkCluster(clusterDir, binaries, user))) {
    options.log.info(`Making a new database in ${clusterDir}.`);
    crashPoint('before-passwords-saved');
    await savePasswords(dataDir, passwords);
    crashPoint('before-cluster-made');
    await createCluster(clusterDir, binaries, user, passwords);
    crashPoint('after-cluster-made');
    passwords = { ...passwords, isNew: false };
  }
  await recordClusterDir(dataDir, clusterDir);
  await writeConfiguration(clusterDir, options.settings ?? {}, user);
  const socketDir = await openSocketDir(dataDir, user);
  return { dataDir, clusterDir, socketDir, binaries, user, passwords, log: options.log };
}

function describe(
  cluster: Cluster,
  postmaster: Postmaster,
  adopted: boolean,
  unlock: () => Promise<void>,
): EmbeddedPostgres {
  const supervised = supervise(cluster, postmaster);
  const connection = loginConnection(postmaster.socketDir, cluster.passwords);
  let stopped: Promise<void> | undefined;
  return {
    connection,
    url: connectionUrl(connection),
    adminUrl: connectionUrl(adminConnection(postmaster.socketDir, cluster.passwords)),
    adopted,
    get pid() {
      return supervised.pid();
    },
    stop() {
      crashPoint('before-server-stopped');
      stopped ??= supervised.stop().finally(() => {
        crashPoint('after-server-stopped');
        return unlock();
      });
      return stopped;
    },
  };
}
