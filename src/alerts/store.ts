/** SQL of the alerts slice; each function is one statement in the caller's transaction. */
import { noteChanged } from '../blocks/index.ts';
import type { Tx } from '../db/database.ts';
import type { MailScope } from '../plan/index.ts';
import type { DeliveryState, NothingOwed, PlannedDelivery } from '../plan/types.ts';
import { type Alert, type Severity, severityOf, severityRank } from './types.ts';

/** An alert ready to be stored, with what it owes. */
export interface NewAlert {
  dedupKey: Buffer;
  bodyHash: Buffer;
  alert: Alert;
  /** The unknown members as JSON text. */
  raw: string | null;
  organizationId: string | undefined;
  unassignedReference: string | undefined;
  nothingOwed: NothingOwed | undefined;
  trace: string[];
  deliveries: readonly NewDelivery[];
}

export interface NewDelivery extends PlannedDelivery {
  /** Of a test: the account or the address, whatever the mapping and the recipients say. */
  directed?: { accountId: string; contactId?: string } | { address: string; scope: MailScope };
}

/** The alert as it is stored: `raw` has a column of its own. */
export function bodyOf(alert: Alert): string {
  const { raw: _, ...body } = alert;
  return JSON.stringify(body);
}

/**
 * Stores alerts that are not there yet, with their deliveries, and answers the ids of those by dedup key (hex). Ids
 * rise in the order given; rows are inserted in the order of their keys, so that two batches never wait for each
 * other in a circle.
 */
export async function insertAlerts(
  tx: Tx,
  workspaceId: string,
  settingsVersion: number,
  alerts: readonly NewAlert[],
): Promise<Map<string, string>> {
  const owed = alerts.flatMap((alert, i) =>
    alert.deliveries.map((delivery) => ({ ...delivery, ord: i + 1 })),
  );
  const { rows } = await tx.query<{ id: string; key: string }>(insertAlertsSql, [
    workspaceId,
    alerts.map(({ dedupKey }) => dedupKey),
    alerts.map(({ bodyHash }) => bodyHash),
    alerts.map(({ alert }) => alert.source),
    alerts.map(({ alert }) => alert.externalId),
    alerts.map(({ organizationId }) => organizationId ?? null),
    alerts.map(({ unassignedReference }) => unassignedReference ?? null),
    alerts.map(({ alert }) => severityRank(alert.severity)),
    alerts.map(({ alert }) => alert.status ?? null),
    alerts.map(({ alert }) => alert.title),
    alerts.map(({ alert }) => bodyOf(alert)),
    alerts.map(({ raw }) => raw),
    alerts.map(({ trace }) => JSON.stringify(trace)),
    settingsVersion,
    owed.map(({ ord }) => ord),
    owed.map(({ channelId }) => channelId),
    owed.map(({ state }) => state),
    owed.map(({ reason }) => reason ?? null),
    owed.map(({ trace }) => JSON.stringify(trace)),
    owed.map(({ directed }) => (directed ? JSON.stringify(directed) : null)),
    owed.map(({ target }) => target ?? ''),
    alerts.map(({ nothingOwed }) => nothingOwed ?? null),
  ]);
  return new Map(rows.map(({ id, key }) => [key, id]));
}

const insertAlertsSql = `
  with input as materialized (
    select nextval('alert_ids') as id, i.*
      from unnest($2::bytea[], $3::bytea[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::smallint[], $9::text[],
                  $10::text[], $11::text[], $12::text[], $13::text[], $22::text[])
           with ordinality as i(dedup_key, body_hash, source, external_id, organization_id, unassigned_reference,
                                severity, alert_status, title, body, raw, trace, nothing_owed, ord)
  ), stored as (
    insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, organization_id,
                        unassigned_reference, severity, alert_status, title, body, raw, trace, nothing_owed)
    select $1, id, dedup_key, body_hash, source, external_id, organization_id, unassigned_reference, severity,
           alert_status, title, body::json, raw::json, trace::json, nothing_owed
      from input order by dedup_key
    on conflict (workspace_id, dedup_key) do nothing
    returning id, dedup_key
  ), owed as (
    insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, reason, severity,
                            settings_version, trace, directed, settled_at)
    select $1, nextval('delivery_ids'), o.id, 1, o.channel_id, o.target, o.delivery_state, o.reason, o.severity, $14,
           o.trace::json, o.directed::json, case when o.delivery_state = 'skipped' then now() end
      from (select stored.id, d.*, input.severity
              from unnest($15::int[], $16::uuid[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])
                   as d(ord, channel_id, delivery_state, reason, trace, directed, target)
              join input on input.ord = d.ord
              join stored on stored.id = input.id
             order by d.ord) o
  )
  select id, encode(dedup_key, 'hex') as key from stored`;

/** An alert that was there before. */
export interface StoredAlert {
  id: string;
  key: string;
  revision: number;
  bodyHash: Buffer;
  severity: Severity;
  status: string | undefined;
  organizationId: string | undefined;
  unassignedReference: string | undefined;
}

/** Holds alerts still, in the order of their keys, so that a change to each is decided by one transaction at a time. */
export async function lockAlerts(
  tx: Tx,
  workspaceId: string,
  dedupKeys: readonly Buffer[],
): Promise<Map<string, StoredAlert>> {
  const { rows } = await tx.query(
    `select id, encode(dedup_key, 'hex') as key, revision, body_hash, severity, alert_status, organization_id,
            unassigned_reference
       from alerts where workspace_id = $1 and dedup_key = any($2::bytea[])
      order by dedup_key for update`,
    [workspaceId, dedupKeys],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        id: row.id,
        key: row.key,
        revision: row.revision,
        bodyHash: row.body_hash,
        severity: severityOf(row.severity),
        status: row.alert_status ?? undefined,
        organizationId: row.organization_id ?? undefined,
        unassignedReference: row.unassigned_reference ?? undefined,
      },
    ]),
  );
}

/** Puts a new state of an alert in place of the old one, which moves to alert_revisions. */
export async function replaceAlert(
  tx: Tx,
  workspaceId: string,
  alertId: string,
  { alert, bodyHash, raw }: Pick<NewAlert, 'alert' | 'bodyHash' | 'raw'>,
): Promise<void> {
  await tx.query(
    `with before as (
       insert into alert_revisions (workspace_id, alert_id, revision, severity, alert_status, received_at, body, raw)
       select workspace_id, id, revision, severity, alert_status, received_at, body, raw
         from alerts where workspace_id = $1 and id = $2
     )
     update alerts
        set revision = revision + 1, body_hash = $3, severity = $4, alert_status = $5, title = $6, body = $7, raw = $8,
            received_at = now()
      where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      alertId,
      bodyHash,
      severityRank(alert.severity),
      alert.status ?? null,
      alert.title,
      bodyOf(alert),
      raw,
    ],
  );
  await noteChanged(tx, workspaceId, alertId);
}

/** What an alert's earlier states came to in PSAs, newest last: decides what an update owes (decision 23). */
export async function loadOwed(
  tx: Tx,
  workspaceId: string,
  alertId: string,
): Promise<{ channelId: string; state: DeliveryState }[]> {
  const { rows } = await tx.query(
    `select channel_id, delivery_state from deliveries
      where workspace_id = $1 and alert_id = $2 and channel_id <> workspace_id order by id`,
    [workspaceId, alertId],
  );
  return rows.map((row) => ({ channelId: row.channel_id, state: row.delivery_state }));
}

/** What a new state of an alert owes. */
export async function insertDeliveries(
  tx: Tx,
  workspaceId: string,
  settingsVersion: number,
  of: { alertId: string; revision: number; severity: Severity },
  deliveries: readonly PlannedDelivery[],
): Promise<void> {
  await tx.query(
    `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, target, delivery_state, reason, severity,
                             settings_version, trace, update_purpose, settled_at)
     select $1, nextval('delivery_ids'), $2, $3, d.channel_id, d.target, d.delivery_state, d.reason, $4, $5, d.trace::json,
            d.update_purpose, case when d.delivery_state = 'skipped' then now() end
       from unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
            as d(channel_id, delivery_state, reason, trace, update_purpose, target)`,
    [
      workspaceId,
      of.alertId,
      of.revision,
      severityRank(of.severity),
      settingsVersion,
      deliveries.map(({ channelId }) => channelId),
      deliveries.map(({ state }) => state),
      deliveries.map(({ reason }) => reason ?? null),
      deliveries.map(({ trace }) => JSON.stringify(trace)),
      deliveries.map(({ update }) => update ?? null),
      deliveries.map(({ target }) => target ?? ''),
    ],
  );
}

/** The newest state of an alert, without its unknown members. */
export async function loadAlert(tx: Tx, workspaceId: string, alertId: string): Promise<Alert | undefined> {
  const { rows } = await tx.query<{ body: Alert }>(
    'select body from alerts where workspace_id = $1 and id = $2',
    [workspaceId, alertId],
  );
  return rows[0]?.body;
}
