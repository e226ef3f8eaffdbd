/**
 * The settings of a workspace as one immutable snapshot per version, cached in the process. Whoever decides about
 * sending reads the version in its own transaction and loads anew when it has moved, so that a switch thrown off
 * takes effect at once everywhere (design §3).
 */
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Settings } from '../plan/types.ts';
import type { Adapter } from '../psa/contract.ts';
import type { MailDefaults } from './mailStore.ts';
import { loadSettings, lockVersion, raiseVersion } from './store.ts';

export { stoppedAmong } from './mailStore.ts';
export { lockVersion } from './store.ts';

export interface SettingsCache {
  /** The snapshot last loaded, or a fresh one; may be behind until {@link inStep} says otherwise. */
  get(workspaceId: string): Promise<Settings>;
  /**
   * Inside a transaction: holds the version still until it ends, and answers the snapshot of exactly that version.
   * Changes wait meanwhile, other readers do not.
   */
  inStep(tx: Tx, workspaceId: string): Promise<Settings>;
}

/** `mailDefaults`: what the installation gives to workspaces without mail servers of their own; nothing if left out. */
export function createSettingsCache(
  db: Database,
  adapters: ReadonlyMap<string, Adapter>,
  mailDefaults: MailDefaults = { hasServers: false, hasSender: false },
): SettingsCache {
  const snapshots = new Map<string, Settings>();

  function keep(settings: Settings): Settings {
    snapshots.set(settings.workspaceId, settings);
    return settings;
  }

  return {
    async get(workspaceId) {
      const known = snapshots.get(workspaceId);
      return (
        known ??
        keep(await db.inWorkspace(workspaceId, (tx) => loadSettings(tx, workspaceId, adapters, mailDefaults)))
      );
    },
    async inStep(tx, workspaceId) {
      const version = await lockVersion(tx, workspaceId);
      const known = snapshots.get(workspaceId);
      return known?.version === version
        ? known
        : keep(await loadSettings(tx, workspaceId, adapters, mailDefaults));
    },
  };
}

/**
 * The one way to change settings: runs `change` in a transaction that has raised the version first, so that it waits
 * for acceptances and claims under way, and those that follow see the new version.
 */
export async function changeSettings<T>(
  db: Database,
  workspaceId: string,
  change: (tx: Tx) => Promise<T>,
): Promise<T> {
  const changed = await db.inWorkspace(workspaceId, async (tx) => {
    await raiseVersion(tx, workspaceId);
    const value = await change(tx);
    crashPoint('before-settings-commit');
    return value;
  });
  crashPoint('after-settings-commit');
  return changed;
}
