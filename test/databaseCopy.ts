import { randomBytes } from 'node:crypto';
import pg from 'pg';
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

/** What test/database.ts has started. */
export interface TestServer {
  databaseUrl: string;
  databasePassword: string;
  databaseTemplate: string;
}

/** Copies the migrated template; some tens of milliseconds. */
export async function copyDatabase(server: TestServer): Promise<FreshDatabase> {
  const { databaseUrl, databasePassword, databaseTemplate } = server;
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdmin(databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${databaseTemplate} OWNER herald`);
  const { host, port, user = 'postgres', password: adminPassword } = new pg.Client(databaseUrl);
  const login = { host, port, user: 'herald', database: name, password: databasePassword };
  const admin = { host, port, user, database: name, password: String(adminPassword ?? '') };
  return {
    url: connectionUrl(login),
    adminUrl: connectionUrl(admin),
    drop: () => asAdmin(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function asAdmin(databaseUrl: string, statement: string): Promise<void> {
  const admin = new pg.Client(databaseUrl);
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}
