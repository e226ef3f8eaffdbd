/** SQL of the delivery log: what is owed, what was sent for it, and what came back. */
import type { Tx } from '../db/database.ts';
import type { DeliveryState } from '../plan/types.ts';

export interface DeliveryRow {
  id: string;
  alert_id: string;
  revision: number;
  channel_id: string;
  channel_name: string | null;
  organization_id: string | null;
  delivery_state: DeliveryState;
  reason: string | null;
  problem: string | null;
  tries: number;
  trace: string[];
  settled_at: Date | null;
  group_id: string | null;
  group_words: string | null;
  blocked_until: Date | null;
  write_id: string | null;
  write_kind: 'ticket' | 'note' | 'digest' | null;
  write_trace: string[] | null;
  ticket_ref: string | null;
  ticket_number: string | null;
  ticket_link: string | null;
  next_look_at: Date | null;
}

/** The ticket that a delivery is in: its own, or the one that its note is on. */
const deliveryColumns = `
  d.id, d.alert_id, d.revision, d.channel_id, c.name as channel_name, a.organization_id, d.delivery_state, d.reason,
  d.problem, d.tries, d.trace, d.settled_at, d.group_id, g.words as group_words, g.blocked_until, d.write_id,
  w.write_kind, w.trace as write_trace, t.ref as ticket_ref,
  case when g.ticket_ref = t.ref then g.ticket_number else last.receipt_number end as ticket_number,
  case when g.ticket_ref = t.ref then g.ticket_link else last.receipt_link end as ticket_link, last.next_look_at`;

const deliveryJoins = `
  join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
  left join connections c on c.workspace_id = d.workspace_id and c.id = d.channel_id
  left join ticket_groups g on g.workspace_id = d.workspace_id and g.id = d.group_id
  left join writes w on w.workspace_id = d.workspace_id and w.id = d.write_id
  left join lateral (
    select receipt_ref, receipt_number, receipt_link, next_look_at from attempts
     where workspace_id = d.workspace_id and write_id = d.write_id order by n desc limit 1) last on true
  cross join lateral (select coalesce(w.draft ->> 'ticketRef', last.receipt_ref) as ref) t`;

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
  before?: string;
  limit: number;
}

/** Newest first. */
export async function listDeliveries(
  tx: Tx,
  workspaceId: string,
  { state, connectionId, organizationId, before, limit }: DeliveryFilter,
): Promise<DeliveryRow[]> {
  const { rows } = await tx.query<DeliveryRow>(
    `select ${deliveryColumns} from deliveries d ${deliveryJoins}
      where d.workspace_id = $1 and ($2::text is null or d.delivery_state = $2)
        and ($3::uuid is null or d.channel_id = $3) and ($4::uuid is null or a.organization_id = $4)
        and ($5::bigint is null or d.id < $5)
      order by d.id desc limit $6`,
    [workspaceId, state ?? null, connectionId ?? null, organizationId ?? null, before ?? null, limit],
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

export interface AttemptRow {
  write_id: string;
  n: number;
  attempt_state: 'sending' | 'confirmed' | 'refused' | 'uncertain';
  started_at: Date;
  finished_at: Date | null;
  evidence: string | null;
  adopted: boolean;
  looks: number;
  next_look_at: Date | null;
}

export async function loadAttempts(
  tx: Tx,
  workspaceId: string,
  writeIds: readonly string[],
): Promise<AttemptRow[]> {
  const { rows } = await tx.query<AttemptRow>(
    `select write_id, n, attempt_state, started_at, finished_at, evidence, adopted, looks, next_look_at
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

/** Waits again, as if it had just been accepted; its group is chosen anew. */
export async function putBack(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `update deliveries
        set delivery_state = 'pending', reason = null, problem = null, tries = 0, without = '{}', group_id = null,
            write_id = null, settled_at = null
      where workspace_id = $1 and id = $2`,
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

/** Pause: what waits is held too (decision 5); what is under way or uncertain goes its way. */
export async function holdWaiting(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  reason: string,
): Promise<void> {
  await tx.query(
    `with held as (
       update deliveries set delivery_state = 'held', reason = $3, group_id = null
        where workspace_id = $1 and channel_id = $2 and place in (1, 2)
     )
     update ticket_groups set waiting_lane = null, waiting_since = null
      where workspace_id = $1 and connection_id = $2 and waiting_lane is not null`,
    [workspaceId, channelId, reason],
  );
}

/** What was held for this reason waits again, in its old order. */
export async function releaseHeld(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  reason: string,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update deliveries set delivery_state = 'pending', reason = null, problem = null
      where workspace_id = $1 and channel_id = $2 and place = 3 and delivery_state = 'held' and reason = $3`,
    [workspaceId, channelId, reason],
  );
  return rowCount ?? 0;
}

/** Reactivation without the backlog: what was held is skipped for good, visibly (decision 5). */
export async function skipHeld(
  tx: Tx,
  workspaceId: string,
  channelId: string,
  reason: string,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update deliveries
        set delivery_state = 'skipped', reason = $3, settled_at = now(),
            problem = 'The connection was reactivated and what had waited was left unsent.'
      where workspace_id = $1 and channel_id = $2 and place = 3 and delivery_state = 'held' and reason = $3`,
    [workspaceId, channelId, reason],
  );
  return rowCount ?? 0;
}
