/** SQL of the delivery log: what is owed, what was sent for it, and what came back. */
import { noteChanged } from '../blocks/index.ts';
import type { Tx } from '../db/database.ts';
import type { DeliveryState } from '../plan/types.ts';
import { causeIdSql } from './causeId.ts';
import { type DeliveryRow, deliveryColumns, deliveryJoins, type WriteKind } from './row.ts';

/** All deliveries of these alerts, oldest first. */
export async function loadDeliveriesOf(
  tx: Tx,
  workspaceId: string,
  alertIds: readonly string[],
): Promise<DeliveryRow[]> {
  const { rows } = await tx.query<DeliveryRow>(
    `select ${deliveryColumns} from deliveries d ${deliveryJoins}
      where d.workspace_id = $1 and d.alert_id = any($2::bigint[]) order by d.id`,
    [workspaceId, alertIds],
  );
  return rows;
}

export interface DeliveryFilter {
  state?: DeliveryState;
  connectionId?: string;
  organizationId?: string;
  /** What keeps it waiting for a person. */
  causeId?: string;
  /** A LIKE pattern, for the problem and for the alert's title and external id. */
  pattern?: string;
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listDeliveries(
  tx: Tx,
  workspaceId: string,
  { state, connectionId, organizationId, causeId, pattern, before, limit }: DeliveryFilter,
): Promise<DeliveryRow[]> {
  const { rows } = await tx.query<DeliveryRow>(
    `select ${deliveryColumns} from deliveries d ${deliveryJoins}
      where d.workspace_id = $1 and ($2::text is null or d.delivery_state = $2)
        and ($3::uuid is null or d.channel_id = $3) and ($4::uuid is null or a.organization_id = $4)
        and ($5::bigint is null or d.id < $5)
        and ($6::text is null or d.problem ilike $6 or a.title ilike $6 or a.external_id ilike $6)
        and ($8::text is null or d.standing in (1, 2, 3) and ${causeIdSql('d', 'd.problem')} = $8)
      order by d.id desc limit $7`,
    [
      workspaceId,
      state ?? null,
      connectionId ?? null,
      organizationId ?? null,
      before ?? null,
      pattern ?? null,
      limit,
      causeId ?? null,
    ],
  );
  return rows;
}

export async function findDelivery(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<DeliveryRow | undefined> {
  const { rows } = await tx.query<DeliveryRow>(
    `select ${deliveryColumns} from deliveries d ${deliveryJoins} where d.workspace_id = $1 and d.id = $2`,
    [workspaceId, id],
  );
  return rows[0];
}

/** A write that carried a delivery. */
export interface WriteOfDelivery {
  delivery_id: string;
  write_id: string;
  write_kind: WriteKind;
  title: string | null;
  /** The description of a ticket, or what a note says. */
  body: string | null;
}

/**
 * Every write that carried one of these deliveries, oldest first: the refused ones too. They are looked for in every
 * group that the delivery was in.
 */
export async function loadWritesOf(
  tx: Tx,
  workspaceId: string,
  deliveryIds: readonly string[],
): Promise<WriteOfDelivery[]> {
  const { rows } = await tx.query<WriteOfDelivery>(
    `select d.id as delivery_id, w.id as write_id, w.write_kind, w.draft #>> '{draft,title}' as title,
            coalesce(w.draft #>> '{draft,description}', w.draft #>> '{draft,text}') as body
       from deliveries d
       join writes w on w.workspace_id = d.workspace_id and w.group_id = any(d.former_groups || d.group_id)
                    and w.delivery_ids @> array[d.id]
      where d.workspace_id = $1 and d.id = any($2::bigint[])
      order by d.id, w.id`,
    [workspaceId, deliveryIds],
  );
  return rows;
}

export interface AttemptRow {
  write_id: string;
  n: number;
  attempt_state: 'sending' | 'confirmed' | 'refused' | 'uncertain' | 'givenUp';
  started_at: Date;
  finished_at: Date | null;
  evidence: string | null;
  look_problem: string | null;
  adopted: boolean;
  looks: number;
}

export async function loadAttempts(
  tx: Tx,
  workspaceId: string,
  writeIds: readonly string[],
): Promise<AttemptRow[]> {
  const { rows } = await tx.query<AttemptRow>(
    `select write_id, n, attempt_state, started_at, finished_at, evidence, look_problem, adopted, looks
       from attempts where workspace_id = $1 and write_id = any($2::bigint[]) order by write_id, n`,
    [workspaceId, writeIds],
  );
  return rows;
}

/** Further records in the PSA that carry the key of one of these writes. */
export async function loadSurplus(
  tx: Tx,
  workspaceId: string,
  writeIds: readonly string[],
): Promise<{ write_id: string; receipt_ref: string; receipt_link: string | null }[]> {
  const { rows } = await tx.query(
    `select write_id, receipt_ref, receipt_link from surplus_records
      where workspace_id = $1 and write_id = any($2::bigint[]) order by receipt_ref`,
    [workspaceId, writeIds],
  );
  return rows;
}

/** Holds a delivery still for a person's decision. */
export async function lockDelivery(
  tx: Tx,
  workspaceId: string,
  id: string,
): Promise<{ state: DeliveryState; channelId: string; writeId: string | null } | undefined> {
  const { rows } = await tx.query(
    'select delivery_state, channel_id, write_id from deliveries where workspace_id = $1 and id = $2 for update',
    [workspaceId, id],
  );
  const row = rows[0];
  return row && { state: row.delivery_state, channelId: row.channel_id, writeId: row.write_id };
}

/** Whether the connection is still there, held until the transaction ends; the mail of a workspace always is. */
export async function hasChannel(tx: Tx, workspaceId: string, channelId: string): Promise<boolean> {
  if (channelId === workspaceId) return true;
  const { rows } = await tx.query(
    'select 1 from connections where workspace_id = $1 and id = $2 for key share',
    [workspaceId, channelId],
  );
  return rows.length > 0;
}

/** It leaves its group and remembers it: what was sent in it stays findable. */
export const leaveGroup = `group_id = null,
            former_groups = case when group_id is null then former_groups else former_groups || group_id end`;

/** Waits again, as if it had just been accepted; its group is chosen anew. */
export async function putBack(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const { rows } = await tx.query<{ alert_id: string }>(
    `update deliveries
        set delivery_state = 'pending', reason = null, problem = null, tries = 0, without = '{}', settled_at = null,
            owed_since = now(), ${leaveGroup}
      where workspace_id = $1 and id = $2 returning alert_id`,
    [workspaceId, id],
  );
  for (const { alert_id } of rows) await noteChanged(tx, workspaceId, alert_id);
}

/** A person has discarded a refused note: what waits behind it on its ticket waits no longer (promise P5). */
export async function endGapOf(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `update ticket_groups g set gap_until = null
       from deliveries d
      where d.workspace_id = $1 and d.id = $2 and g.workspace_id = $1 and g.id = d.group_id
        and g.gap_until is not null and d.id = any(g.gap_delivery_ids)`,
    [workspaceId, id],
  );
}

export async function discard(tx: Tx, workspaceId: string, id: string, words: string): Promise<void> {
  await tx.query(
    `update deliveries set delivery_state = 'skipped', reason = 'discarded', problem = $3, settled_at = now()
      where workspace_id = $1 and id = $2`,
    [workspaceId, id, words],
  );
}

interface GivenUp {
  id: string;
  connection_id: string;
  group_id: string;
  write_kind: 'ticket' | 'note' | 'digest';
  delivery_ids: string[];
}

/**
 * A person gives up the write of an uncertain delivery of which nobody can find out whether it arrived: it ends for all
 * that it carries, and its group goes on without it. If it was a ticket, the reconciler still reports it when it shows
 * up after all. Answers the channel; undefined, and nothing changed, when it is not uncertain or its look-ups work.
 * Rows are locked in the order of a delivery round: attempt, group, deliveries.
 */
export async function giveUpWriteOf(
  tx: Tx,
  workspaceId: string,
  deliveryId: string,
  words: string,
): Promise<string | undefined> {
  const { rows } = await tx.query<GivenUp>(
    `update attempts a
        set attempt_state = 'givenUp', finished_at = now(), next_look_at = null,
            evidence = concat_ws(E'\\n', a.evidence, $3::text),
            recheck_at = case when w.write_kind = 'ticket' then now() + interval '10 minutes' end
       from deliveries d join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
      where d.workspace_id = $1 and d.id = $2 and d.delivery_state = 'uncertain'
        and a.workspace_id = $1 and a.write_id = w.id and a.attempt_state = 'uncertain' and a.look_problem is not null
     returning w.id, w.connection_id, w.group_id, w.write_kind, w.delivery_ids`,
    [workspaceId, deliveryId, words],
  );
  const write = rows[0];
  if (!write) return undefined;
  await tx.query(
    // The next ticket has a key of its own, so that the two can be told apart.
    `update ticket_groups
        set busy_write_id = null, ticket_state = case when $4 = 'ticket' then 'gone' else ticket_state end
      where workspace_id = $1 and id = $2 and busy_write_id = $3`,
    [workspaceId, write.group_id, write.id, write.write_kind],
  );
  await tx.query(
    `update deliveries set delivery_state = 'skipped', reason = 'discarded', problem = $3, settled_at = now()
      where workspace_id = $1 and id = any($2::bigint[]) and delivery_state = 'uncertain'`,
    [workspaceId, write.delivery_ids, words],
  );
  return write.connection_id;
}
