/** SQL that claims waiting deliveries; as the journal, only under a held lease. */

import { type Alert, type Severity, severityOf } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import type { BoundDelivery } from '../plan/index.ts';
import type { UpdatePurpose } from '../plan/types.ts';

/** A pending delivery with the state of the alert that it owes. */
export interface Waiting {
  id: string;
  alertId: string;
  channelId: string;
  groupId: string | undefined;
  alert: Alert;
  organizationId: string | undefined;
  unassignedReference: string | undefined;
  update: UpdatePurpose | undefined;
  /** For an update: what the alert was before. */
  before: { severity: Severity; status: string | undefined } | undefined;
  directed: { accountId: string; contactId?: string } | undefined;
  tries: number;
  without: string[];
  /** 2 critical, 1 high, 0 the rest. */
  lane: number;
}

/** Bodies larger than this together wait for a later round; the first one of each queue always fits. */
const mostBytes = 4 * 1024 * 1024;

/** What a body takes when it is read. Only one that is stored compressed must be unpacked to know. */
const bodyBytes = `
  case when pg_column_compression(s.body) is null then pg_column_size(s.body) else octet_length(s.body::text) end`;

const waitingColumns = `
  d.id, d.alert_id, d.channel_id, d.group_id, d.update_purpose, d.directed, d.tries, d.without, d.severity,
  a.organization_id, a.unassigned_reference, s.body, p.severity as severity_before, p.alert_status as status_before`;

/** The alert as of the delivery's revision, and as of the one before for an update. */
const alertJoins = `
  join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
  cross join lateral (
    select a.body where a.revision = d.revision
    union all
    select r.body from alert_revisions r
     where a.revision <> d.revision and r.workspace_id = d.workspace_id and r.alert_id = d.alert_id
       and r.revision = d.revision) s
  left join alert_revisions p on d.revision > 1 and p.workspace_id = d.workspace_id and p.alert_id = d.alert_id
   and p.revision = d.revision - 1`;

interface WaitingRow {
  id: string;
  alert_id: string;
  channel_id: string;
  group_id: string | null;
  update_purpose: UpdatePurpose | null;
  directed: { accountId: string; contactId?: string } | null;
  tries: number;
  without: string[];
  severity: number;
  organization_id: string | null;
  unassigned_reference: string | null;
  body: Alert;
  severity_before: number | null;
  status_before: string | null;
  /** How many waited where it waits, one more than asked for at the most. */
  waiting: number;
}

/** What was read of a queue, and whether more waits behind it. */
export interface Queue {
  deliveries: Waiting[];
  more: boolean;
}

/** Pending deliveries without a group, in the order of acceptance, at most `perChannel` of each channel. */
export async function loadUnassigned(
  tx: Tx,
  workspaceId: string,
  channelIds: readonly string[],
  perChannel: number,
): Promise<Queue> {
  const { rows } = await tx.query<WaitingRow>(
    `select * from (
       select ${waitingColumns}, count(*) over ()::int as waiting,
              sum(b.bytes) over (order by d.id) - b.bytes as bytes_before
         from unnest($2::uuid[]) c(channel_id)
        cross join lateral (
          select * from deliveries d
           where d.workspace_id = $1 and d.channel_id = c.channel_id and d.place = 1
           order by d.id limit $3) d
        ${alertJoins}
        cross join lateral (select ${bodyBytes} as bytes) b) w
      where bytes_before < ${mostBytes}
      order by id`,
    [workspaceId, channelIds, perChannel],
  );
  const deliveries = rows.map(toWaiting);
  const perChannelCount = Map.groupBy(deliveries, ({ channelId }) => channelId);
  const isFull = [...perChannelCount.values()].some(({ length }) => length >= perChannel);
  return { deliveries, more: isFull || rows.length < (rows[0]?.waiting ?? 0) };
}

/** Deliveries that wait in these groups, by group, in the order of acceptance, at most `perGroup` of each. */
export async function loadWaiting(
  tx: Tx,
  workspaceId: string,
  groupIds: readonly string[],
  perGroup: number,
): Promise<Map<string, Queue>> {
  const { rows } = await tx.query<WaitingRow>(
    `select * from (
       select ${waitingColumns}, d.place_in_group, count(*) over (partition by d.group_id)::int as waiting,
              sum(b.bytes) over (order by d.place_in_group, d.id) - b.bytes as bytes_before
         from unnest($2::bigint[]) g(id)
        cross join lateral (
          select *, row_number() over (order by d.id) as place_in_group from deliveries d
           where d.workspace_id = $1 and d.group_id = g.id and d.place = 2
           order by d.id limit $3) d
        ${alertJoins}
        cross join lateral (select ${bodyBytes} as bytes) b) w
      where place_in_group = 1 or bytes_before < ${mostBytes}
      order by id`,
    [workspaceId, groupIds, perGroup + 1],
  );
  const queues = new Map<string, Queue>();
  for (const [groupId, inGroup] of Map.groupBy(rows, (row) => row.group_id as string)) {
    const deliveries = inGroup.slice(0, perGroup).map(toWaiting);
    queues.set(groupId, { deliveries, more: deliveries.length < (inGroup[0]?.waiting ?? 0) });
  }
  return queues;
}

interface BriefRow extends Omit<WaitingRow, 'body' | 'waiting'> {
  source: string;
  external_id: string;
  title: string;
  alert_status: string | null;
}

/**
 * What waits in a group behind `afterId`, with only what a digest shows of an alert: a storm's thousands of bodies are
 * not read to be counted.
 */
export async function loadBehind(
  tx: Tx,
  workspaceId: string,
  { groupId, afterId, limit }: { groupId: string; afterId: string; limit: number },
): Promise<Queue> {
  const { rows } = await tx.query<BriefRow>(
    `select d.id, d.alert_id, d.channel_id, d.group_id, d.update_purpose, d.directed, d.tries, d.without, d.severity,
            a.organization_id, a.unassigned_reference, a.source, a.external_id,
            coalesce(r.body ->> 'title', a.title) as title,
            case when r.alert_id is null then a.alert_status else r.alert_status end as alert_status,
            p.severity as severity_before, p.alert_status as status_before
       from deliveries d
       join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
       left join alert_revisions r on d.revision <> a.revision and r.workspace_id = d.workspace_id
             and r.alert_id = d.alert_id and r.revision = d.revision
       left join alert_revisions p on d.revision > 1 and p.workspace_id = d.workspace_id and p.alert_id = d.alert_id
             and p.revision = d.revision - 1
      where d.workspace_id = $1 and d.group_id = $2 and d.place = 2 and d.id > $3
      order by d.id limit $4`,
    [workspaceId, groupId, afterId, limit + 1],
  );
  return { deliveries: rows.slice(0, limit).map(toBrief), more: rows.length > limit };
}

function toBrief({ source, external_id, title, alert_status, ...row }: BriefRow): Waiting {
  const severity = severityOf(row.severity);
  const body: Alert = {
    source,
    externalId: external_id,
    title,
    severity,
    originalSeverity: severity,
    ...(alert_status !== null && { status: alert_status }),
    flags: [],
  };
  return toWaiting({ ...row, body, waiting: 0 });
}

function toWaiting(row: WaitingRow): Waiting {
  return {
    id: row.id,
    alertId: row.alert_id,
    channelId: row.channel_id,
    groupId: row.group_id ?? undefined,
    alert: row.body,
    organizationId: row.organization_id ?? undefined,
    unassignedReference: row.unassigned_reference ?? undefined,
    update: row.update_purpose ?? undefined,
    before:
      row.severity_before === null
        ? undefined
        : { severity: severityOf(row.severity_before), status: row.status_before ?? undefined },
    directed: row.directed ?? undefined,
    tries: row.tries,
    without: row.without,
    lane: Math.max(0, row.severity - 2),
  };
}

/** What the switches ask of deliveries that have been written already, in no order. */
export async function loadBound(
  tx: Tx,
  workspaceId: string,
  deliveryIds: readonly string[],
): Promise<(BoundDelivery & Pick<Waiting, 'id' | 'directed'> & { severity: Severity })[]> {
  const { rows } = await tx.query<
    Pick<WaitingRow, 'id' | 'channel_id' | 'update_purpose' | 'directed' | 'severity' | 'organization_id'>
  >(
    `select d.id, d.channel_id, d.update_purpose, d.directed, d.severity, a.organization_id
       from deliveries d join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
      where d.workspace_id = $1 and d.id = any($2::bigint[])`,
    [workspaceId, deliveryIds],
  );
  return rows.map((row) => ({
    id: row.id,
    channelId: row.channel_id,
    organizationId: row.organization_id ?? undefined,
    update: row.update_purpose ?? undefined,
    directed: row.directed ?? undefined,
    severity: severityOf(row.severity),
  }));
}

/** The group that an alert's earlier delivery is in: an update follows it there (decision 23). */
export async function loadEarlierGroups(
  tx: Tx,
  workspaceId: string,
  updates: readonly { alertId: string; channelId: string }[],
): Promise<Map<string, string>> {
  if (updates.length === 0) return new Map();
  const { rows } = await tx.query<{ alert_id: string; group_id: string }>(
    `select distinct on (d.alert_id) d.alert_id, d.group_id
       from unnest($2::bigint[], $3::uuid[]) as u(alert_id, channel_id)
       join deliveries d on d.workspace_id = $1 and d.alert_id = u.alert_id and d.channel_id = u.channel_id
      where d.group_id is not null
      order by d.alert_id, d.id`,
    [workspaceId, updates.map(({ alertId }) => alertId), updates.map(({ channelId }) => channelId)],
  );
  return new Map(rows.map((row) => [row.alert_id, row.group_id]));
}

/**
 * Puts deliveries into their groups. One that left a gap on a ticket and is retried ends the wait for it, here and not
 * when the person retries: in the same round it stands before what had waited for it.
 */
export async function enterGroups(
  tx: Tx,
  workspaceId: string,
  entries: readonly { deliveryId: string; groupId: string }[],
): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `with entered as (
       update deliveries d set group_id = e.group_id
         from unnest($2::bigint[], $3::bigint[]) as e(id, group_id)
        where d.workspace_id = $1 and d.id = e.id and d.delivery_state = 'pending'
       returning d.id, d.former_groups)
     update ticket_groups g set gap_until = null
       from entered cross join lateral unnest(entered.former_groups) as former(id)
      where g.workspace_id = $1 and g.id = former.id and g.gap_until is not null
        and entered.id = any(g.gap_delivery_ids)`,
    [workspaceId, entries.map(({ deliveryId }) => deliveryId), entries.map(({ groupId }) => groupId)],
  );
}
