import { inject } from 'vitest';
import { copyDatabase, type FreshDatabase } from './databaseCopy.ts';

export type { FreshDatabase };

/** A copy of the migrated template on the server of this run. */
export const freshDatabase = (): Promise<FreshDatabase> =>
  copyDatabase({
    databaseUrl: inject('databaseUrl'),
    databasePassword: inject('databasePassword'),
    databaseTemplate: inject('databaseTemplate'),
  });
