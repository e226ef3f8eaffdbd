/**
 * For store tests: a picture of a database as a backup would keep it, and that picture put back into the same database.
 * Stop every worker before either.
 */
import pg from 'pg';
import { markRestored } from '../../src/db/backup/markRestored.ts';

export interface TakenBackup {
  /** When it was taken; what was made since is forgotten by a restore. */
  at: Date;
  /** Puts the database back and marks it, as `herald restore` does. */
  restore(): Promise<void>;
}

/** @param adminUrl a superuser's address of the database */
export async function takeBackup(adminUrl: string): Promise<TakenBackup> {
  const tables = await asAdmin(adminUrl, listTables);
  const at = await asAdmin(adminUrl, async (client) => {
    await client.query('drop schema if exists backup cascade; create schema backup');
    for (const { name } of tables) {
      await client.query(`create table backup.${name} as table public.${name}`);
    }
    await client.query(
      'create table backup.sequence_values as select sequencename, last_value from pg_sequences where last_value is not null',
    );
    return (await client.query<{ now: Date }>('select now()')).rows[0]!.now;
  });
  return {
    at,
    restore: () =>
      asAdmin(adminUrl, async (client) => {
        await client.query('begin');
        await client.query('set local session_replication_role = replica');
        for (const { name, columns } of tables) {
          await client.query(`delete from public.${name}`);
          await client.query(`insert into public.${name} (${columns}) select ${columns} from backup.${name}`);
        }
        await client.query(
          `select setval(format('public.%I', sequencename), last_value) from backup.sequence_values`,
        );
        await client.query('commit');
        await markRestored(client, at);
      }),
  };
}

/** With the columns that can be written. */
async function listTables(client: pg.Client): Promise<{ name: string; columns: string }[]> {
  const { rows } = await client.query(
    `select table_name as name, string_agg(format('%I', column_name), ', ') as columns
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
        and table_name <> 'herald_migrations'
      group by 1`,
  );
  return rows;
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
