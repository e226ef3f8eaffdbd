/** SQL of what waits in mailboxes, and of what is held while no mail may leave. Only under a held lease. */
import { type Alert, type Severity, severityOf } from '../../alerts/types.ts';
import type { Tx } from '../../db/database.ts';
import type { MailScope } from '../../plan/index.ts';
import { wayOutIsOver } from './wayOuts.ts';

/** A delivery that waits in a mailbox, with the state of the alert that it owes. */
export interface WaitingMail {
  id: string;
  alertId: string;
  mailboxId: string;
  target: string;
  alert: Alert;
  receivedAt: Date;
  organizationId: string | undefined;
  unassignedReference: string | undefined;
  isWayOut: boolean;
  /** A way out that is not needed any more. */
  isOver: boolean;
  /** A test, whatever the switches say. */
  isDirected: boolean;
  /** In whose format the test is. */
  directedAs: MailScope | undefined;
  /** Of a way out: the connection that has not taken the alert. */
  connectionName: string | undefined;
  /** The ticket that the alert has by now, if its number is known. */
  ticket: { number: string; link?: string; connectionName: string } | undefined;
  /** For a later state of an alert: what it was before. */
  before: { severity: Severity; status: string | undefined } | undefined;
  /** What was said at acceptance. */
  trace: string[];
  lane: number;
}

/** Bodies larger than this together wait for a later round; the first one of each mailbox always fits. */
const mostBytes = 4 * 1024 * 1024;

const waiting = `
  d.workspace_id = $1 and d.group_id = g.id and d.place = 2 and not exists (
    select from mail_retries r where r.workspace_id = $1 and r.write_id = d.write_id)`;

/** Of a way out: the connection that has not taken the alert. */
const wayOutConnection = `
  case when d.update_purpose = 'wayOut' then (
    select c.name from way_outs o join connections c on c.workspace_id = o.workspace_id and c.id = o.connection_id
     where o.workspace_id = d.workspace_id and o.alert_id = d.alert_id order by o.decided_at limit 1) end`;

/** The first `perBox` deliveries of each mailbox with their alerts whole, and how many wait there, one more at the most. */
export async function loadWaitingMails(
  tx: Tx,
  workspaceId: string,
  mailboxIds: readonly string[],
  perBox: number,
): Promise<Map<string, { mails: WaitingMail[]; more: boolean }>> {
  const { rows } = await tx.query(
    `select * from (
       select d.id, d.alert_id, d.group_id, d.target, d.update_purpose, d.directed, d.severity, d.trace, d.place_in_box,
              a.organization_id, a.unassigned_reference, s.body, s.received_at, ${wayOutConnection} as connection_name,
              ${wayOutIsOver} as is_over, p.severity as severity_before,
              p.alert_status as status_before, ticket.number as ticket_number, ticket.link as ticket_link, ticket.connection as ticket_connection,
              count(*) over (partition by d.group_id)::int as waiting,
              sum(octet_length(s.body::text)) over (order by d.place_in_box, d.id) - octet_length(s.body::text) as bytes_before
         from unnest($2::bigint[]) g(id)
        cross join lateral (
          select *, row_number() over (order by d.id) as place_in_box from deliveries d
           where ${waiting} order by d.id limit $3) d
         join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
        cross join lateral (
          select a.body, a.received_at where d.revision in (0, a.revision)
          union all
          select r.body, r.received_at from alert_revisions r
           where d.revision not in (0, a.revision) and r.workspace_id = d.workspace_id and r.alert_id = d.alert_id
             and r.revision = d.revision) s
         left join alert_revisions p on d.revision > 1 and p.workspace_id = d.workspace_id and p.alert_id = d.alert_id
               and p.revision = d.revision - 1
         left join lateral (
           select g.ticket_number as number, g.ticket_link as link, c.name as connection
             from deliveries t
             join ticket_groups g on g.workspace_id = t.workspace_id and g.id = t.group_id
             join connections c on c.workspace_id = t.workspace_id and c.id = t.channel_id
            where t.workspace_id = d.workspace_id and t.alert_id = d.alert_id and t.delivery_state = 'delivered'
              and g.ticket_number is not null
            order by t.id desc limit 1) ticket on true) w
      where place_in_box = 1 or bytes_before < ${mostBytes}
      order by id`,
    [workspaceId, mailboxIds, perBox + 1],
  );
  const boxes = new Map<string, { mails: WaitingMail[]; more: boolean }>();
  for (const [mailboxId, inBox] of Map.groupBy(rows, (row) => row.group_id as string)) {
    const mails = inBox.slice(0, perBox).map(toWaitingMail);
    boxes.set(mailboxId, { mails, more: mails.length < inBox[0].waiting });
  }
  return boxes;
}

/** What waits behind `afterId`, with only what a digest shows of an alert: a storm's bodies are not read to be listed. */
export async function loadMailsBehind(
  tx: Tx,
  workspaceId: string,
  { mailboxId, afterId, limit }: { mailboxId: string; afterId: string; limit: number },
): Promise<{ mails: WaitingMail[]; more: boolean }> {
  const { rows } = await tx.query(
    `select d.id, d.alert_id, d.group_id, d.target, d.update_purpose, d.directed, d.severity, d.trace,
            a.organization_id, a.unassigned_reference, a.received_at, null as connection_name, ${wayOutIsOver} as is_over, p.severity as severity_before,
            p.alert_status as status_before,
            json_build_object('source', a.source, 'externalId', a.external_id, 'title', coalesce(r.body ->> 'title', a.title),
                              'status', case when r.alert_id is null then a.alert_status else r.alert_status end) as body
       from (values ($2::bigint)) g(id)
       join deliveries d on ${waiting} and d.id > $3
       join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
       left join alert_revisions r on d.revision not in (0, a.revision) and r.workspace_id = d.workspace_id
             and r.alert_id = d.alert_id and r.revision = d.revision
       left join alert_revisions p on d.revision > 1 and p.workspace_id = d.workspace_id and p.alert_id = d.alert_id
             and p.revision = d.revision - 1
      order by d.id limit $4`,
    [workspaceId, mailboxId, afterId, limit + 1],
  );
  return { mails: rows.slice(0, limit).map(toBrief), more: rows.length > limit };
}

// biome-ignore lint/suspicious/noExplicitAny: rows of the two statements above
function toBrief(row: any): WaitingMail {
  const severity = severityOf(row.severity);
  const { status, ...body } = row.body;
  const alert = {
    ...body,
    ...(status !== null && { status }),
    severity,
    originalSeverity: severity,
    flags: [],
  };
  return toWaitingMail({ ...row, body: alert });
}

// biome-ignore lint/suspicious/noExplicitAny: rows of the two statements above
function toWaitingMail(row: any): WaitingMail {
  return {
    id: row.id,
    alertId: row.alert_id,
    mailboxId: row.group_id,
    target: row.target,
    alert: row.body,
    receivedAt: row.received_at,
    organizationId: row.organization_id ?? undefined,
    unassignedReference: row.unassigned_reference ?? undefined,
    isWayOut: row.update_purpose === 'wayOut',
    isOver: row.is_over,
    isDirected: row.directed !== null,
    directedAs: row.directed?.scope,
    connectionName: row.connection_name ?? undefined,
    ticket: row.ticket_number
      ? {
          number: row.ticket_number,
          ...(row.ticket_link && { link: row.ticket_link }),
          connectionName: row.ticket_connection,
        }
      : undefined,
    before:
      row.severity_before === null
        ? undefined
        : { severity: severityOf(row.severity_before), status: row.status_before ?? undefined },
    trace: row.trace,
    lane: Math.max(0, row.severity - 2),
  };
}

/**
 * Holds what waits while no mail may leave, or lets what was held for that wait again; at most `limit`, and answers how
 * many. Mails that are tried again keep waiting: nobody sends them meanwhile.
 */
export async function moveHeldMails(
  tx: Tx,
  workspaceId: string,
  to: 'held' | 'pending',
  { problem, limit }: { problem: string | null; limit: number },
): Promise<number> {
  const places =
    to === 'held'
      ? 'd.place in (1, 2)'
      : `d.place = 3 and d.delivery_state = 'held' and d.reason = 'credentials'`;
  const { rowCount } = await tx.query(
    `update deliveries d
        set delivery_state = $2, reason = case when $2 = 'held' then 'credentials' end, problem = $3, group_id = null,
            former_groups = case when d.group_id is null then d.former_groups else d.former_groups || d.group_id end
       from (select id from deliveries d
              where d.workspace_id = $1 and d.channel_id = $1 and ${places} and not exists (
                select from mail_retries r where r.workspace_id = $1 and r.write_id = d.write_id)
              order by id limit $4 for update skip locked) moved
      where d.workspace_id = $1 and d.id = moved.id`,
    [workspaceId, to, problem, limit],
  );
  return rowCount ?? 0;
}
