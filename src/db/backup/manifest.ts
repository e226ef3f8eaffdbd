/** What a backup says of itself: its head, first in the archive, and the sums of its files, last. */
import { z } from 'zod';

export const headName = 'herald-backup.json';
export const manifestName = 'manifest.json';
/** The database as a directory of its files, below this name. */
export const clusterName = 'cluster';
/** The database as pg_dump writes it. */
export const dumpName = 'database.dump';
/** The secret key, if it was asked for. */
export const keyName = 'secret.key';

export const headSchema = z.object({
  format: z.literal(1),
  /** `cluster`: of the embedded server; `dump`: of an external one. */
  kind: z.enum(['cluster', 'dump']),
  /** When it was begun: by the database's clock. */
  startedAt: z.iso.datetime(),
  /** Number of the newest migration. */
  schemaVersion: z.int(),
  postgresMajor: z.int(),
  hasKey: z.boolean(),
});
export type BackupHead = z.output<typeof headSchema>;

export const manifestSchema = z.object({
  files: z.record(z.string(), z.object({ size: z.int(), sha256: z.string() })),
});
export type Manifest = z.output<typeof manifestSchema>;
