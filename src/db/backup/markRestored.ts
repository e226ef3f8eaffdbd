/** What is written into a database that was restored from a backup, before any Herald serves it. */
import type pg from 'pg';
import { BackupError } from './errors.ts';

/** Groups that come to be within this time after a restore are looked for in the PSA too (docs/adr/0007). */
const looksForDays = 7;
/** Ids given out after the backup stand in links on tickets; they must not come to mean something else. */
const skippedIds = 10_000_000;
const sequences = ['alert_ids', 'delivery_ids', 'group_ids', 'write_ids'];

/**
 * Turns look-first mode on for every workspace (promise P20): what was or may have been sent after the backup is looked
 * for before anything is made. The client must see all workspaces: a superuser, or a role with BYPASSRLS.
 */
export async function markRestored(client: pg.ClientBase, backupAt: Date): Promise<void> {
  await client.query('begin');
  try {
    await client.query(
      `insert into restores (workspace_id, backup_at, looks_until, newest_delivery)
       select id, $1, now() + make_interval(days => $2), (select last_value from delivery_ids) from workspaces`,
      [backupAt, looksForDays],
    );
    await client.query(
      `update ticket_groups
          set look_first = case when ticket_ref is null then 'ticket' else 'texts' end, ticket_checked_at = null`,
    );
    // They may have been sent again until the restore: W is counted from now.
    await client.query(
      `update attempts
          set started_at = now(), misses = 0, last_miss_at = null, looks = 0, failed_looks = 0,
              next_look_at = case when attempt_state = 'uncertain' then now() end
        where attempt_state in ('sending', 'uncertain')`,
    );
    // Their holders have never heard of this database.
    await client.query(`update leases set holder = null, expires_at = '-infinity'`);
    // One that was ended after the backup must not come back to life. Older backups know no people.
    await client.query(
      `do $$ begin if to_regclass('public.sessions') is not null then delete from sessions; end if; end $$`,
    );
    for (const name of sequences) {
      await client.query(`select setval('${name}', (select last_value from ${name}) + ${skippedIds})`);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** @throws BackupError while a Herald works on the database */
export async function refuseServed(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query('select from leases where expires_at > clock_timestamp() limit 1');
  if (rowCount)
    throw new BackupError('A Herald works on this database: stop it first, and wait for 15 seconds.');
}
