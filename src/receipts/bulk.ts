/** SQL that changes all that waits for a channel, or is held, at once: a pause, its end, a connection that goes. */
import type { Tx } from '../db/database.ts';
import { leaveGroup } from './store.ts';

/**
 * Rows per statement: what is locked meanwhile keeps nobody waiting long, and none runs into its time limit however much
 * has piled up. They are handed to the update as an array: a join of tables without statistics would compare each with
 * each.
 */
const chunk = 2_000;

interface Chunk {
  n: number;
  last_group: string | null;
  last_id: string | null;
}

/** A change of all deliveries of a channel in one place, chunk by chunk in the order of the place's index. */
interface BulkChange {
  /** 1 waits for a group, 2 waits in its group, 3 held, failed or uncertain. */
  place: 1 | 2 | 3;
  /** SQL of a constant: what is set; `$3` is `reason`. */
  set: string;
  /** SQL of a constant: which of them; `$3` is `reason`. Asked again when somebody has changed a row meanwhile. */
  only: string;
}

function bulkText({ place, set, only }: BulkChange): string {
  const isGrouped = place === 2;
  const after = isGrouped ? '(d.group_id, d.id) > ($4::bigint, $5::bigint)' : 'd.id > $5::bigint';
  return `
    with these as materialized (
      select d.group_id, d.id from deliveries d
       where d.workspace_id = $1 and d.channel_id = $2 and d.place = ${place} and ${only} and ${after}
         and $3::text is not null and $4::bigint is not null
       order by ${isGrouped ? 'd.group_id, d.id' : 'd.id'} limit ${chunk}),
    changed as (
      update deliveries d set ${set}
       where d.workspace_id = $1 and d.id = any(array(select id from these)) and d.place = ${place} and ${only} returning 1),
    last as (select group_id, id from these order by ${isGrouped ? 'group_id desc, id desc' : 'id desc'} limit 1)
    select (select count(*) from changed)::int as n,
           (select group_id from last) as last_group, (select id from last) as last_id`;
}

/** Changes them all, one statement after the other, each of which may run by itself; answers how many. */
function bulkChange(change: BulkChange) {
  const text = bulkText(change);
  return async (tx: Tx, workspaceId: string, channelId: string, reason: string): Promise<number> => {
    let changed = 0;
    let [group, id] = ['0', '0'];
    for (;;) {
      const { rows } = await tx.query<Chunk>(text, [workspaceId, channelId, reason, group, id]);
      const { n, last_group, last_id } = rows[0] as Chunk;
      changed += n;
      if (last_id === null) return changed;
      [group, id] = [last_group ?? '0', last_id];
    }
  };
}

const hold = `delivery_state = 'held', reason = $3, problem = null, ${leaveGroup}`;
const holdUnassigned = bulkChange({ place: 1, set: hold, only: 'true' });
const holdGrouped = bulkChange({ place: 2, set: hold, only: 'true' });
const isHeld = `d.delivery_state = 'held' and d.reason = $3`;
/** What was held for this reason waits again, in its old order. */
export const releaseHeld = bulkChange({
  place: 3,
  // A pause is no outage of the PSA: only from now on could it have taken them (see deliver/wayOut.ts).
  set: `delivery_state = 'pending', reason = null, problem = null,
            owed_since = case when $3 = 'pause' then now() else d.owed_since end`,
  only: isHeld,
});
/** Reactivation without the backlog: what was held is skipped for good, visibly (decision 5). */
export const skipHeld = bulkChange({
  place: 3,
  set: `delivery_state = 'skipped', reason = $3, settled_at = now(),
            problem = 'The connection was reactivated and what had waited was left unsent.'`,
  only: isHeld,
});

/** Pause: what waits is held too (decision 5); what is under way or uncertain goes its way. */
export async function holdWaiting(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  reason: string,
): Promise<void> {
  await holdUnassigned(tx, workspaceId, channelId, reason);
  await holdGrouped(tx, workspaceId, channelId, reason);
  await emptyGroups(tx, workspaceId, channelId);
}

/** Nothing waits in the groups of this connection any more. */
async function emptyGroups(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  for (let after: string | null = '0'; after !== null; ) {
    const { rows }: { rows: { last: string | null }[] } = await tx.query(
      `with these as materialized (
         select id from ticket_groups
          where workspace_id = $1 and connection_id = $2 and waiting_lane is not null and id > $3::bigint
          order by id limit ${chunk}),
       emptied as (
         update ticket_groups g set waiting_lane = null, waiting_since = null
          where g.workspace_id = $1 and g.id = any(array(select id from these)))
       select max(id) as last from these`,
      [workspaceId, connectionId, after],
    );
    after = rows[0]?.last ?? null;
  }
}

const giveUp = `delivery_state = 'skipped', reason = $3, settled_at = now(),
            problem = 'Its PSA connection was removed.'`;
const giveUpUnassigned = bulkChange({ place: 1, set: giveUp, only: 'true' });
const giveUpGrouped = bulkChange({ place: 2, set: giveUp, only: 'true' });
const giveUpHeld = bulkChange({ place: 3, set: giveUp, only: `d.delivery_state = 'held'` });

/** Everything that waits for a connection that goes ends here, visibly (decision 24). */
export async function skipForRemoved(tx: Tx, workspaceId: string, connectionId: string): Promise<void> {
  for (const change of [giveUpUnassigned, giveUpGrouped, giveUpHeld]) {
    await change(tx, workspaceId, connectionId, 'connectionRemoved');
  }
}
