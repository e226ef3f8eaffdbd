/** GET /alerts and GET /alerts/{id}: what came in, and what became of it. */

import { z } from 'zod';
import type { Database, Tx } from '../db/database.ts';
import { notFound } from '../errors.ts';
import { idText, type Plugin, pagedList, pageOf, pageQuery, searchQuery, typed } from '../http/index.ts';
import { parseLossless, stringify } from '../http/lossless.ts';
import {
  type DeliveryRow,
  deliveryStates,
  loadDeliveriesOf,
  loadSent,
  rowId,
  toDelivery,
} from '../receipts/index.ts';
import { type AlertRow, findAlert, listAlerts, listRevisions } from './list.ts';
import { listedAlert, wholeAlert } from './schemas.ts';
import { loadTicketLives, ticketsNow } from './ticketsNow.ts';
import { type Alert, severities, severityOf, severityRank } from './types.ts';

/** A time that the database knows too: years 1 to 9999, in UTC. */
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999, 'is beyond all calendars.')
  .transform((date) => date.toISOString());

/** Values separated by commas. */
const listQuery = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .max(200)
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(z.enum(values)).max(values.length));

const filters = z.strictObject({
  ...pageQuery,
  q: searchQuery.q.meta({
    description: 'Free text: title, external id, user and device; each word is found by its beginning.',
  }),
  organizationId: idText.optional(),
  severity: listQuery(severities).optional(),
  source: z.string().max(200).optional(),
  state: listQuery(deliveryStates)
    .optional()
    .meta({ description: 'A delivery is in one of these states; several are separated by commas.' }),
  from: time.optional().meta({ description: 'Received or changed at this time or later.' }),
  to: time.optional().meta({ description: 'Received or changed before this time.' }),
  group: rowId.optional().meta({ description: 'Alerts of one ticket group.' }),
});

const byNewest = pagedList('alerts', z.tuple([rowId]), (row: AlertRow) => [row.id]);
const tags = ['alerts'];

export function alertRoutes({ db }: { db: Database }): Plugin {
  return (app) => {
    const routes = typed(app);

    routes.get(
      '/alerts',
      {
        config: { scope: 'read' },
        schema: {
          tags,
          summary: 'Alerts, newest first by when they first came in',
          querystring: filters,
          response: { 200: pageOf(listedAlert) },
        },
      },
      ({ actor: { workspaceId }, query }) =>
        db.inWorkspace(workspaceId, (tx) => page(tx, workspaceId, query)),
    );

    routes.get(
      '/alerts/:id',
      {
        config: { scope: 'read' },
        schema: {
          tags,
          summary: 'One alert with its deliveries, attempts, and why',
          params: z.strictObject({ id: rowId }),
          response: { 200: wholeAlert },
        },
      },
      async ({ actor: { workspaceId }, params: { id } }, reply) => {
        const answer = await db.inWorkspace(workspaceId, (tx) => one(tx, workspaceId, id));
        // Written here, because the alert's own numbers must stay as they came (promises I-20).
        return reply
          .header('content-type', 'application/json; charset=utf-8')
          .send(stringify(answer) as never);
      },
    );
  };
}

async function page(tx: Tx, workspaceId: string, query: z.output<typeof filters>) {
  const { organizationId, severity, source, state, from, to, q, group } = query;
  const { after, limit } = byNewest.wanted(query);
  const rows = await listAlerts(tx, workspaceId, {
    organizationId,
    severities: severity?.map(severityRank),
    sources: source === undefined ? undefined : [source],
    states: state,
    from,
    to,
    q,
    groupId: group,
    before: after?.[0],
    limit,
  });
  const shown = rows.slice(0, query.limit).map(({ id }) => id);
  const deliveries = await loadDeliveriesOf(tx, workspaceId, shown);
  const byAlert = Map.groupBy(deliveries, ({ alert_id }) => alert_id);
  return byNewest.page(rows, query, (row) => toListed(row, JSON.parse(row.body), byAlert.get(row.id) ?? []));
}

async function one(tx: Tx, workspaceId: string, id: string) {
  const row = await findAlert(tx, workspaceId, id);
  if (!row) throw notFound('alert');
  const deliveries = await loadDeliveriesOf(tx, workspaceId, [id]);
  const sent = await loadSent(tx, workspaceId, deliveries);
  const revisions = await listRevisions(tx, workspaceId, id);
  const alert = parseLossless(row.body) as Alert;
  if (row.raw !== null) alert.raw = parseLossless(row.raw);
  return {
    ...toListed(row, alert, []),
    deliveries: deliveries.map((delivery) => toDelivery(delivery, sent)),
    revision: row.revision,
    alert,
    trace: row.trace,
    tickets: ticketsNow(deliveries, await loadTicketLives(tx, workspaceId, id)),
    revisions: revisions.map((revision) => ({
      revision: revision.revision,
      severity: severityOf(revision.severity),
      status: revision.alert_status,
      receivedAt: revision.received_at.toISOString(),
    })),
  };
}

function toListed(
  row: AlertRow,
  alert: Alert,
  deliveries: readonly DeliveryRow[],
): z.input<typeof listedAlert> {
  return {
    id: row.id,
    source: row.source,
    externalId: row.external_id,
    title: row.title,
    severity: severityOf(row.severity),
    originalSeverity: alert.originalSeverity,
    status: row.alert_status,
    eventType: alert.eventType ?? null,
    user: alert.user?.email ?? alert.user?.name ?? null,
    device: alert.device?.name ?? alert.device?.ip ?? null,
    organization:
      row.organization_id === null ? null : { id: row.organization_id, name: row.organization_name ?? '' },
    unassignedReference: row.unassigned_reference,
    receivedAt: row.received_at.toISOString(),
    firstReceivedAt: row.first_received_at.toISOString(),
    occurredAt: alert.occurredAt ?? null,
    flags: alert.flags,
    deliveries: deliveries.map((delivery) => toDelivery(delivery)),
  };
}
