/** Decision 24: an alert for which nothing is owed says why as a fact, and one that says nothing is not accounted for. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { openWorkspace, type Workspace } from '../../test/support/workspace.ts';
import { acceptBatch } from '../alerts/accept.ts';
import { insertAlerts } from '../alerts/store.ts';
import type { Tx } from '../db/database.ts';
import { connectionUrl } from '../db/embedded/connection.ts';
import { migrate, migrationsDir } from '../db/migrate.ts';
import {
  exampleAlert,
  exampleConnection,
  exampleOrganization,
  exampleSettings,
} from '../plan/exampleSettings.ts';
import { isUnaccounted } from './counts.ts';

describe('an alert for which nothing is owed', () => {
  let w: Workspace;
  beforeEach(async () => {
    w = await openWorkspace();
  });
  afterEach(() => w.close());

  const bytes = Buffer.alloc(32, 7);
  const id = '7b0f3c1e-0000-4000-8000-000000000001';
  const organizations = [exampleOrganization({ id })];
  const within = <Result>(work: (tx: Tx) => Promise<Result>) => w.db.inWorkspace(w.workspaceId, work);
  const stored = () => w.rows(`select nothing_owed, ${isUnaccounted} as is_unaccounted from alerts a`);
  const accept = (settings: ReturnType<typeof exampleSettings>) => {
    const entry = { alert: exampleAlert(), dedupKey: bytes, bodyHash: bytes, raw: null };
    return within((tx) =>
      acceptBatch(tx, w.workspaceId, { ...settings, workspaceId: w.workspaceId }, [entry]),
    );
  };

  it('says that there is no connection', async () => {
    await accept(exampleSettings({ organizations, connections: [] }));
    expect(await stored()).toEqual([{ nothing_owed: 'noConnection', is_unaccounted: false }]);
  });

  it('says that the connection that was chosen is not set up', async () => {
    const chosen = exampleOrganization({ id, connectionId: '7b0f3c1e-0000-4000-8000-000000000002' });
    await accept(exampleSettings({ organizations: [chosen] }));
    expect(await stored()).toEqual([{ nothing_owed: 'connectionNotSetUp', is_unaccounted: false }]);
  });

  it('says nothing where something is owed', async () => {
    await accept(
      exampleSettings({ organizations, connections: [exampleConnection({ id: w.connectionId })] }),
    );
    expect(await stored()).toEqual([{ nothing_owed: null, is_unaccounted: false }]);
  });

  it('is not accounted for when its plan says nothing at all, whatever its trace says', async () => {
    const plan = { organizationId: undefined, unassignedReference: undefined, nothingOwed: undefined };
    const words = { trace: ['No ticket, and nobody knows why.'], deliveries: [] };
    const alert = { ...plan, ...words, dedupKey: bytes, bodyHash: bytes, alert: exampleAlert(), raw: null };
    await within((tx) => insertAlerts(tx, w.workspaceId, 1, [alert]));
    expect(await stored()).toEqual([{ nothing_owed: null, is_unaccounted: true }]);
  });
});

describe('the migration', () => {
  const name = `nothing_owed_${process.pid}`;
  const server = (database: string, user?: string) => {
    const at = new pg.Client(inject('databaseUrl'));
    const password = user === undefined ? at.password : inject('databasePassword');
    return connectionUrl({
      host: at.host,
      port: at.port,
      user: user ?? at.user ?? '',
      database,
      password: password ?? '',
    });
  };
  const ask = async (url: string, text: string) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  const maintenance = new pg.Client(inject('databaseUrl')).database ?? 'postgres';
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'herald-nothing-owed-'));
    await ask(server(maintenance), `create database ${name} owner herald`);
  });
  afterEach(async () => {
    await ask(server(maintenance), `drop database ${name} with (force)`);
    await rm(dir, { recursive: true, force: true });
  });

  it('reads once what was said in words, as an owner who is fenced, too', async () => {
    const files = (await readdir(migrationsDir)).filter((file) => file < '0021');
    for (const file of files) await cp(join(migrationsDir, file), join(dir, file));
    const owner = server(name, 'herald');
    await migrate(owner, dir);
    const workspace = '4f6c1f5e-0000-4000-8000-000000000000';
    await ask(
      server(name),
      `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
       select '${workspace}', id, sha256(id::text::bytea), '', 'edr', id::text, 2, 't', '{}', trace
         from (values (1, '["Found.", "No ticket: no PSA connection is set up."]'::json),
                      (2, '["Found.", "No ticket: the PSA connection chosen for X is not set up."]'),
                      (3, '["Found."]'),
                      (4, '["No ticket: no PSA connection is set up."]')) as v(id, trace);
       insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                               settings_version, trace)
       values ('${workspace}', 1, 4, 1, '${workspace}', 'pending', 2, 1, '[]')`,
    );
    await migrate(owner, migrationsDir);
    expect(await ask(server(name), 'select id, nothing_owed from alerts order by id')).toEqual([
      { id: '1', nothing_owed: 'noConnection' },
      { id: '2', nothing_owed: 'connectionNotSetUp' },
      { id: '3', nothing_owed: null },
      { id: '4', nothing_owed: null },
    ]);
    const fences = `select relname, relforcerowsecurity as is_forced from pg_class
                     where relname in ('alerts', 'deliveries') order by relname`;
    expect(await ask(server(name), fences)).toEqual([
      { relname: 'alerts', is_forced: true },
      { relname: 'deliveries', is_forced: true },
    ]);
  });
});
