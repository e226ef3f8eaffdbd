/** What a mail about a real alert looks like with settings that need not be saved; sends and stores nothing (req 112–117). */
import type { z } from 'zod';
import type { Alert } from '../alerts/types.ts';
import type { Tx } from '../db/database.ts';
import { invalid, notFound } from '../errors.ts';
import { alertModel, type EventDetail, htmlOf, listsEvents, subjectOf, textOf } from '../mail/index.ts';
import { resolveMail, whyInWords } from '../plan/index.ts';
import type { MailSettings } from '../plan/types.ts';
import type { Slice } from './parts.ts';
import type { previewAnswer, previewOrder } from './schemas.ts';
import { findMailSettings, type MailSettingsRow } from './settingsStore.ts';
import { checkSubject } from './validate.ts';

type Order = z.output<typeof previewOrder>;

/** @throws Problem 422 that names the character of a subject which cannot be used, 404 when there is no such alert */
export function previewMail(
  { db, settings, baseUrl }: Slice,
  workspaceId: string,
  order: Order,
): Promise<z.input<typeof previewAnswer>> {
  const { scope } = order;
  const errors = [
    ...checkSubject('globalSubject', 'Subject for global recipients', order.globalSubject),
    ...checkSubject(
      'organizationSubject',
      'Subject for recipients of organizations',
      order.organizationSubject,
    ),
  ];
  if (errors.length > 0) throw invalid(errors);
  return db.inWorkspace(workspaceId, async (tx) => {
    const stored = await settings.inStep(tx, workspaceId);
    const mail = merge(await findMailSettings(tx, workspaceId), order);
    const alertId = await findDifferent(tx, workspaceId, order, mail.eventDetail);
    const shown = await chooseAlert(tx, workspaceId, { ...order, ...(alertId !== undefined && { alertId }) });
    const organizationId = order.organizationId ?? shown.organizationId;
    if (organizationId !== undefined && !stored.organizations.has(organizationId))
      throw notFound('organization');
    const of = { organizationId, unassignedReference: shown.unassignedReference };
    const { subject, seen } = resolveMail(shown.alert, of, scope, { ...stored, mail });
    const model = alertModel({
      alert: shown.alert,
      alertId: shown.id ?? 'example',
      organizationName: seen.organization.name,
      timeZone: stored.workspace.timeZone,
      ...(shown.receivedAt && { receivedAt: shown.receivedAt }),
      detail: mail.eventDetail,
      why: whyInWords(scope, seen.organization.name),
      baseUrl,
    });
    return {
      subject: subjectOf(subject, seen),
      text: textOf(model),
      html: htmlOf(model),
      alertId: shown.id ?? null,
    };
  });
}

const merge = (row: MailSettingsRow, order: Order): MailSettings => ({
  globalSubject: order.globalSubject ?? row.global_subject,
  organizationSubject: order.organizationSubject ?? row.organization_subject,
  eventDetail: {
    respond: order.respondEventDetail ?? row.respond_event_detail,
    ioc: order.iocEventDetail ?? row.ioc_event_detail,
  },
  recipients: [],
});

/** So many alerts, the newest ones, are looked through for one whose mail a switch changes. */
const mostLookedThrough = 300;

/** The alert that was asked about if the switch changes its mail, else the newest one of which that is true. */
async function findDifferent(
  tx: Tx,
  workspaceId: string,
  { differenceOf, alertId, organizationId }: Order,
  detail: EventDetail,
): Promise<string | undefined> {
  if (differenceOf === undefined) return undefined;
  const name = differenceOf === 'respondEventDetail' ? 'respond' : 'ioc';
  const { rows } = await tx.query<{ id: string; kind: string | null }>(
    `select id::text as id, body #>> '{rule,kind}' as kind
       from ((select id, body from alerts where workspace_id = $1 and id = $3)
             union all
             (select id, body from alerts
               where workspace_id = $1 and id is distinct from $3 and ($2::uuid is null or organization_id = $2)
               order by id desc limit ${mostLookedThrough})) looked_at
      where json_array_length(body -> 'events') > 0
      order by id is not distinct from $3 desc, looked_at.id desc`,
    [workspaceId, organizationId ?? null, alertId ?? null],
  );
  return rows.find(({ kind }) => {
    const lists = (isOn: boolean) => listsEvents(kind ?? undefined, { ...detail, [name]: isOn });
    return lists(true) !== lists(false);
  })?.id;
}

interface Shown {
  id?: string;
  alert: Alert;
  receivedAt?: Date;
  organizationId: string | undefined;
  unassignedReference: string | undefined;
}

/** The alert that was asked about, else the newest one, of the organization if one is named; else an example. */
async function chooseAlert(tx: Tx, workspaceId: string, { alertId, organizationId }: Order): Promise<Shown> {
  const { rows } = await tx.query<{
    id: string;
    body: Alert;
    received_at: Date;
    organization_id: string | null;
    unassigned_reference: string | null;
  }>(
    `select id, body, received_at, organization_id, unassigned_reference from alerts
      where workspace_id = $1 and ($2::bigint is null or id = $2) and ($3::uuid is null or organization_id = $3)
      order by id desc limit 1`,
    [workspaceId, alertId ?? null, alertId === undefined ? (organizationId ?? null) : null],
  );
  const [row] = rows;
  if (!row && alertId !== undefined) throw notFound('alert');
  if (!row) return { alert: example, organizationId: undefined, unassignedReference: undefined };
  return {
    id: String(row.id),
    alert: row.body,
    receivedAt: row.received_at,
    organizationId: row.organization_id ?? undefined,
    unassignedReference: row.unassigned_reference ?? undefined,
  };
}

/** Shown while there is no alert yet. */
const example: Alert = {
  source: 'edr',
  externalId: 'example-1',
  title: 'Sign-in from an unusual country',
  severity: 'high',
  originalSeverity: 'high',
  organization: { name: 'Northwind Dental' },
  occurredAt: '2026-11-20T02:14:05Z',
  user: { name: 'Ana Lima', email: 'ana@northwind.example' },
  device: { name: 'ANA-LAPTOP', ip: '203.0.113.7' },
  rule: { id: 'R-17', name: 'Impossible travel', kind: 'respond' },
  description: 'Two sign-ins within an hour from places that are 3,000 km apart.',
  recommendedAction: 'Ask Ana Lima whether it was her. If not, end all sessions and reset the password.',
  events: [
    { type: 'signIn', at: '2026-11-20T01:32:11Z', summary: 'Sign-in from Lisbon' },
    {
      type: 'signIn',
      at: '2026-11-20T02:14:05Z',
      summary: 'Sign-in from an address that was never seen before',
    },
  ],
  flags: [],
};
