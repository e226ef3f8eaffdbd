/** Backup and restore of the whole database (promise P20). */
export { copyCluster } from './cluster.ts';
export { asClient, dumpTo, findProgram, readServer } from './dump.ts';
export { type BackupHead, clusterName, dumpName, keyName } from './manifest.ts';
export { markRestored, refuseServed } from './markRestored.ts';
export { extractArchive, readHead } from './readArchive.ts';
export { restoreDump } from './restoreDump.ts';
export { type WrittenArchive, writeArchive } from './writeArchive.ts';
