import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../src/db/embedded/index.ts';
import { migrate, migrationsDir } from '../src/db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's URL of the test server. */
    databaseUrl: string;
    /** Password of the role `herald` on the test server. */
    databasePassword: string;
    /** The migrated database that each test file copies. */
    databaseTemplate: string;
  }
}

type Server = { url: string; stop(): Promise<void> };

/** The roles of an external test server that is meant for nothing else; the embedded one has its own. */
const password = 'herald';

/**
 * One PostgreSQL for a whole run of the store tests: an embedded one in a temporary directory, or the server of
 * `TEST_DATABASE_URL` (a superuser's URL), to run the same tests on another version.
 */
export default async function setup(project: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  const external = process.env.TEST_DATABASE_URL;
  const server = external ? { url: external, stop: async () => {} } : await startServer();
  const template = `herald_template_${process.pid}`;
  try {
    await makeTemplate(server.url, template);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('databaseUrl', server.url);
  project.provide('databasePassword', password);
  project.provide('databaseTemplate', template);
  return async () => {
    if (external) await dropTemplate(server.url, template);
    await server.stop();
  };
}

async function makeTemplate(url: string, template: string): Promise<void> {
  const admin = new pg.Client(url);
  try {
    await admin.connect();
    await prepareRoles(admin);
    await admin.query(`CREATE DATABASE ${template} OWNER herald`);
    if ((await readdir(migrationsDir)).some((name) => name.endsWith('.sql'))) {
      const { host, port } = admin;
      await migrate({ host, port, user: 'herald', password, database: template });
    }
    // A database that somebody is connected to cannot be copied.
    await admin.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
  } finally {
    await admin.end();
  }
}

async function startServer(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'herald-test-'));
  // A test file has pools of its own, and some have a dozen worlds at once.
  const settings = { max_connections: '300' };
  const server = await startEmbedded({ dataDir, settings, log: { info() {}, warn: console.warn } });
  return {
    url: server.adminUrl,
    async stop() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function prepareRoles(admin: pg.Client): Promise<void> {
  for (const role of ['herald LOGIN', 'herald_app NOLOGIN', 'herald_people NOLOGIN']) {
    const name = role.split(' ')[0];
    const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
    if (rowCount === 0) await admin.query(`CREATE ROLE ${role}`);
  }
  await admin.query('GRANT herald_app, herald_people TO herald');
  await admin.query(`ALTER ROLE herald PASSWORD '${password}'`);
}

/** On a server that stays. */
async function dropTemplate(url: string, template: string): Promise<void> {
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  await admin.end();
}
