import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { bySystem, record } from '../../src/audit/index.ts';
import { exportHead, type SignedHead, verifyChain } from '../../src/audit/verify.ts';
import { openDatabase } from '../../src/db/database.ts';
import { createSecretBox } from '../../src/secrets/index.ts';
import { ensureDefaultWorkspace } from '../../src/workspaces/index.ts';
import { freshDatabase } from '../freshDatabase.ts';
import { conclude } from '../harness/conclude.ts';
import { randomOf } from '../harness/random.ts';
import { countOf, mostTestMs } from './counts.ts';
import { type Tampering, tamperings } from './tamperings.ts';

const entries = 1_000;

it(
  'R1: an audit that was altered, cut, added to, reordered or written anew is found out',
  async () => {
    const w = await openChain();
    const random = randomOf('R1');
    const missed: string[] = [];
    expect(await w.verify()).toMatchObject({ state: 'whole', entries });
    expect(await w.verify(w.head)).toMatchObject({ state: 'whole', entries });
    for (let run = 0; run < countOf('R1'); run += 1) {
      const tampering = tamperings[run % tamperings.length] as Tampering;
      // Not the last one, so that something stands behind it; what is done to the end has kinds of its own.
      const n = 1 + Math.floor(random() * (entries - 2));
      await w.admin.query('begin');
      await tampering.work({ admin: w.admin, n, entries, workspaceId: w.workspaceId });
      await w.admin.query('commit');
      const verdict = await w.verify(tampering.needsHead ? w.head : undefined);
      if (verdict.state === 'whole') missed.push(`${tampering.name} at entry ${n} was not noticed`);
      await w.restore();
    }
    // What was put back is whole: each finding was of its own tampering.
    expect(await w.verify(w.head)).toMatchObject({ state: 'whole', entries });
    conclude('R1', {}, { other: missed });
  },
  mostTestMs,
);

async function openChain() {
  const fresh = await freshDatabase();
  const db = openDatabase({ url: fresh.url, poolSize: 2 });
  const admin = new pg.Client(fresh.adminUrl);
  await admin.connect();
  onTestFinished(async () => {
    await admin.end();
    await db.close();
    await fresh.drop();
  });
  const secretBox = createSecretBox([{ id: 'test', key: randomBytes(32) }], 'test');
  const workspaceId = await ensureDefaultWorkspace(db, secretBox);
  for (let n = 1; n <= entries; n += 1) {
    await db.inWorkspace(workspaceId, (tx) =>
      record(tx, workspaceId, bySystem('test'), {
        action: 'workspace.change',
        target: { kind: 'workspace', id: workspaceId, name: `Workspace ${n}` },
        before: { name: `Workspace ${n - 1}` },
        after: { name: `Workspace ${n}` },
      }),
    );
  }
  await admin.query('create table kept as table audit_entries; create table kept_heads as table audit_heads');
  const parts = { db, secretBox };
  return {
    admin,
    workspaceId,
    head: await exportHead(parts, workspaceId, new Date()),
    verify: (head?: SignedHead) => verifyChain(parts, workspaceId, head),
    /** As it was before it was tampered with. */
    restore: () =>
      admin.query(
        `delete from audit_entries; insert into audit_entries table kept;
         delete from audit_heads; insert into audit_heads table kept_heads`,
      ),
  };
}
