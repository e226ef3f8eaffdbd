/**
 * What waits for a connection follows its state: held while it is paused or needs a person, in line again afterwards. The
 * change of the state commits first, with a mark; then the rows are moved in short transactions, so that alerts are
 * accepted meanwhile however many there are. Until the mark is gone rounds begin nothing for the connection (pipeline.ts):
 * what was held goes before what comes now.
 */
import type { Database, Tx } from '../db/database.ts';
import { holdWaiting, releaseHeld, skipForRemoved, skipHeld } from '../receipts/index.ts';
import { changeSettings, lockVersion } from '../settings/index.ts';

/** `leave` and `deliver`: what becomes of what a pause had held; `sort` says nothing of that. */
type Backlog = 'sort' | 'leave' | 'deliver';

/** In the transaction of a change: its rows are to be moved. What was chosen at a resume stays so. */
export async function markBacklog(tx: Tx, workspaceId: string, id: string, backlog: Backlog): Promise<void> {
  await tx.query(
    `update connections set backlog = case when $3 = 'sort' then coalesce(backlog, $3) else $3 end
      where workspace_id = $1 and id = $2`,
    [workspaceId, id, backlog],
  );
}

/** Connections whose rows are not all where they belong: a process that moved them may have ended. */
export async function listMarked(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    'select id from connections where workspace_id = $1 and backlog is not null',
    [workspaceId],
  );
  return rows.map(({ id }) => id);
}

/** What decides where rows belong. */
interface Standing {
  is_paused: boolean;
  needs_person: boolean;
  backlog: Backlog | null;
}

const standing = `connection_state = 'paused' as is_paused, attention is not null as needs_person, backlog`;

/**
 * Moves what a mark asks for, and takes it away. Any number may do it at once and again after a crash. Answers whether
 * there was something to do.
 */
export async function sortBacklog(db: Database, workspaceId: string, id: string): Promise<boolean> {
  for (let isSorted = false; ; isSorted = true) {
    const found = await findStanding(db, workspaceId, id);
    if (!found?.backlog) return isSorted;
    await unlessMoved(async () => {
      await follow(inPieces(db, workspaceId, id, found), workspaceId, id, found);
      await unmark(db, workspaceId, id, found);
    });
  }
}

/** What has come back since a pause began is held like the rest: before a resume, outside its lock. */
export async function holdRest(db: Database, workspaceId: string, id: string): Promise<void> {
  const found = await findStanding(db, workspaceId, id);
  if (!found?.is_paused) return;
  await unlessMoved(() => holdWaiting(inPieces(db, workspaceId, id, found), workspaceId, id, 'pause'));
}

/**
 * Before a removal, outside its lock: what waits is given up in short transactions, and only what comes in between is left
 * to the removal itself. If that is refused after all, what was given up stays so.
 */
export function giveUpWaiting(db: Database, workspaceId: string, id: string): Promise<void> {
  const piece: Tx = { query: (text, values) => db.inWorkspace(workspaceId, (tx) => tx.query(text, values)) };
  return skipForRemoved(piece, workspaceId, id);
}

async function findStanding(db: Database, workspaceId: string, id: string): Promise<Standing | undefined> {
  const { rows } = await db.inWorkspace(workspaceId, (tx) =>
    tx.query<Standing>(`select ${standing} from connections where workspace_id = $1 and id = $2`, [
      workspaceId,
      id,
    ]),
  );
  return rows[0];
}

async function follow(tx: Tx, workspaceId: string, id: string, found: Standing): Promise<void> {
  const { is_paused, needs_person, backlog } = found;
  if (!is_paused && backlog === 'leave') await skipHeld(tx, workspaceId, id, 'pause');
  if (!is_paused && backlog === 'deliver') await releaseHeld(tx, workspaceId, id, 'pause');
  if (!needs_person) await releaseHeld(tx, workspaceId, id, 'credentials');
  if (is_paused) await holdWaiting(tx, workspaceId, id, 'pause');
  else if (needs_person) await holdWaiting(tx, workspaceId, id, 'credentials');
}

/** The connection was changed in between: what is right by now is another thing. */
class Moved extends Error {}

async function unlessMoved(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Moved)) throw error;
  }
}

/**
 * Each statement in a transaction of its own that holds the connection as it was found, so that none does what a change
 * in between has made wrong, and no two processes move the same rows at once.
 * @throws Moved
 */
function inPieces(db: Database, workspaceId: string, id: string, found: Standing): Tx {
  return {
    query: (text, values) =>
      db.inWorkspace(workspaceId, async (tx) => {
        // A change that came now would wait for the connection and shut the intake meanwhile: it waits here.
        await lockVersion(tx, workspaceId);
        const { rows } = await tx.query<Standing>(
          `select ${standing} from connections where workspace_id = $1 and id = $2 for no key update`,
          [workspaceId, id],
        );
        if (!isSame(found, rows[0])) throw new Moved('the connection was changed in between');
        return tx.query(text, values);
      }),
  };
}

const isSame = (a: Standing, b: Standing | undefined): boolean =>
  a.is_paused === b?.is_paused && a.needs_person === b.needs_person && a.backlog === b.backlog;

/** Rounds go on with the connection, unless it was changed in between. */
function unmark(db: Database, workspaceId: string, id: string, found: Standing): Promise<unknown> {
  return changeSettings(db, workspaceId, (tx) =>
    tx.query(
      `update connections set backlog = null
        where workspace_id = $1 and id = $2 and backlog = $3 and (connection_state = 'paused') = $4
          and (attention is not null) = $5`,
      [workspaceId, id, found.backlog, found.is_paused, found.needs_person],
    ),
  );
}
