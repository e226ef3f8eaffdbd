import type { Database } from '../db/database.ts';
import type { SettingsCache } from '../settings/index.ts';

/** What the routes of this slice work with. */
export interface OrganizationParts {
  db: Database;
  settings: SettingsCache;
}
