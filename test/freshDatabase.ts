import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { connectionUrl } from '../src/db/embedded/connection.ts';

/** A database of its own for one test file, migrated and empty. */
export type FreshDatabase = {
  /** As the role `herald`, which owns it: as the product connects. */
  readonly url: string;
  /** As a superuser, to look behind row-level security. */
  readonly adminUrl: string;
  /** Removes it; connections that are still open are cut. */
  drop(): Promise<void>;
};

/** Copies the migrated template; some tens of milliseconds. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${inject('databaseTemplate')} OWNER herald`);
  const { host, port, user = 'postgres', password: adminPassword } = new pg.Client(inject('databaseUrl'));
  const login = { host, port, user: 'herald', database: name, password: inject('databasePassword') };
  const admin = { host, port, user, database: name, password: String(adminPassword ?? '') };
  return {
    url: connectionUrl(login),
    adminUrl: connectionUrl(admin),
    drop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client(inject('databaseUrl'));
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
