/**
 * SQL of the mail channel: mailboxes, what waits in them, and mails that are tried again. As the journal's, each function is
 * one statement in the caller's transaction, and only under a held lease. The channel's id is that of the workspace.
 */
import { severityOf } from '../../alerts/index.ts';
import type { Alert, Severity } from '../../alerts/types.ts';
import type { Tx } from '../../db/database.ts';
import type { MailScope } from '../../plan/index.ts';
import type { MailChannel, MailContent, OpenMail } from './types.ts';

/** Keeps the lease from moving until the transaction ends; undefined when it is lost. Answers the database's time. */
export async function holdMailLease(
  tx: Tx,
  { workspaceId, epoch }: Pick<MailChannel, 'workspaceId' | 'epoch'>,
): Promise<number | undefined> {
  const { rows } = await tx.query<{ now: number }>(
    `select extract(epoch from clock_timestamp())::float8 * 1000 as now from leases
      where workspace_id = $1 and channel_id = $1 and epoch = $2 and expires_at > clock_timestamp() for share`,
    [workspaceId, epoch],
  );
  return rows[0]?.now;
}

const unplaced = `
  select id, target, greatest(0, severity - 2) as lane from deliveries
   where workspace_id = $1 and channel_id = $1 and place = 1 order by id limit $2`;

/** Makes the mailboxes that the next {@link enterMailboxes} needs. */
export async function makeMailboxes(tx: Tx, workspaceId: string, limit: number): Promise<void> {
  await tx.query(
    `insert into mailboxes (workspace_id, id, address)
     select $1, nextval('group_ids'), target
       from (select distinct target from (${unplaced}) owed) missing
      where not exists (select from mailboxes m where m.workspace_id = $1 and m.address = missing.target)`,
    [workspaceId, limit],
  );
}

/** Puts what has no mailbox yet into that of its address, in the order of acceptance, at most `limit`; answers how many. */
export async function enterMailboxes(tx: Tx, workspaceId: string, limit: number): Promise<number> {
  const { rows } = await tx.query<{ entered: number }>(
    `with owed as materialized (${unplaced}
     ), entered as (
       -- What was sent for it before stays findable by its mailbox; it waits for a mail of its own.
       update deliveries d set group_id = m.id, write_id = null
         from owed join mailboxes m on m.workspace_id = $1 and m.address = owed.target
        where d.workspace_id = $1 and d.id = owed.id
       returning d.id, d.group_id, owed.lane
     ), marked as (
       update mailboxes m
          set waiting_lane = greatest(m.waiting_lane, w.lane), waiting_since = least(m.waiting_since, w.since)
         from (select group_id, max(lane) as lane, min(id) as since from entered group by group_id) w
        where m.workspace_id = $1 and m.id = w.group_id
     )
     select count(*)::int as entered from entered`,
    [workspaceId, limit],
  );
  return rows[0]?.entered ?? 0;
}

/** An address with deliveries that wait. */
export interface Mailbox {
  id: string;
  address: string;
  nextSeq: number;
  credit: number;
  /** How old that credit is, in milliseconds. */
  creditAgoMs: number;
  refusal: string | undefined;
  isStopped: boolean;
}

/** Mailboxes that may be written to now, best lane first, then the longest waiting. */
export async function loadReadyMailboxes(tx: Tx, workspaceId: string, limit: number): Promise<Mailbox[]> {
  const { rows } = await tx.query(
    `select id, address, next_seq, credit, refusal, stopped_at is not null as is_stopped,
            coalesce(extract(epoch from now() - credit_at)::float8 * 1000, 0) as credit_ago
       from mailboxes
      where workspace_id = $1 and waiting_lane is not null
        and (blocked_until is null or blocked_until <= now() or stopped_at is not null)
      order by waiting_lane desc, waiting_since limit $2`,
    [workspaceId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    address: row.address,
    nextSeq: row.next_seq,
    credit: row.credit,
    creditAgoMs: row.credit_ago,
    refusal: row.refusal ?? undefined,
    isStopped: row.is_stopped,
  }));
}

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
              a.organization_id, a.unassigned_reference, s.body, s.received_at, ${wayOutConnection} as connection_name, p.severity as severity_before,
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
            a.organization_id, a.unassigned_reference, a.received_at, null as connection_name, p.severity as severity_before,
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

/** What is to be known of a mailbox after a round. */
export interface MailboxPatch {
  id: string;
  nextSeq: number;
  credit: number;
  /** Best lane and first id among what still waits; null = nothing. */
  waiting: { lane: number; since: string } | null;
}

/** After mails were frozen for them. */
export async function patchMailboxes(
  tx: Tx,
  workspaceId: string,
  patches: readonly MailboxPatch[],
): Promise<void> {
  if (patches.length === 0) return;
  await tx.query(
    `update mailboxes m
        set next_seq = p.next_seq, credit = p.credit, credit_at = now(), waiting_lane = p.lane, waiting_since = p.since
       from unnest($2::bigint[], $3::int[], $4::real[], $5::smallint[], $6::bigint[])
            as p(id, next_seq, credit, lane, since)
      where m.workspace_id = $1 and m.id = p.id`,
    [
      workspaceId,
      patches.map(({ id }) => id),
      patches.map(({ nextSeq }) => nextSeq),
      patches.map(({ credit }) => credit),
      patches.map(({ waiting: left }) => left?.lane ?? null),
      patches.map(({ waiting: left }) => left?.since ?? null),
    ],
  );
}

/** Nothing goes to them for so long; milliseconds from now. */
export async function blockMailboxes(
  tx: Tx,
  workspaceId: string,
  blocks: readonly { id: string; forMs: number }[],
): Promise<void> {
  if (blocks.length === 0) return;
  await tx.query(
    `update mailboxes m set blocked_until = now() + make_interval(secs => b.ms / 1000)
       from unnest($2::bigint[], $3::float8[]) as b(id, ms) where m.workspace_id = $1 and m.id = b.id`,
    [workspaceId, blocks.map(({ id }) => id), blocks.map(({ forMs }) => forMs)],
  );
}

/** What answers say of addresses: taken, or refused for good; from `most` refusals in a row on they are stopped. */
export async function countRefusals(
  tx: Tx,
  workspaceId: string,
  answers: readonly { id: string; refusal: string | null; refusals: number }[],
  most: number,
): Promise<void> {
  if (answers.length === 0) return;
  await tx.query(
    `update mailboxes m
        set refusals = case when a.refusal is null then 0 else m.refusals + a.refusals end,
            refusal = a.refusal,
            stopped_at = case when a.refusal is null then null when m.refusals + a.refusals >= $4 then coalesce(m.stopped_at, now()) end
       from unnest($2::bigint[], $3::text[], $5::int[]) as a(id, refusal, refusals)
      where m.workspace_id = $1 and m.id = a.id and (a.refusal is not null or m.refusals > 0)`,
    [
      workspaceId,
      answers.map(({ id }) => id),
      answers.map(({ refusal }) => refusal),
      most,
      answers.map(({ refusals }) => refusals),
    ],
  );
}

/** What a mail is frozen with. */
export interface FrozenMail extends Omit<OpenMail, 'writeId' | 'firstAt'> {
  seq: number;
  trace: readonly string[];
}

/**
 * Stores mails with their first attempts and takes their deliveries; answers their ids in the order given, and how many
 * deliveries were taken: fewer than asked for means that a person has discarded one of them meanwhile.
 */
export async function freezeMails(
  tx: Tx,
  { workspaceId, epoch }: Pick<MailChannel, 'workspaceId' | 'epoch'>,
  mails: readonly FrozenMail[],
): Promise<{ ids: string[]; taken: number }> {
  const { rows } = await tx.query<{ write_id: string; ord: number; taken: number }>(
    `with input as materialized (
       select nextval('write_ids') as write_id, i.*
         from unnest($3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
              with ordinality as i(mailbox_id, seq, kind, key, delivery_ids, draft, trace, ord)
     ), stored as (
       insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key, delivery_ids,
                           draft, trace)
       select $1, write_id, $1, mailbox_id, 1, seq, kind, key, delivery_ids::bigint[], draft::json, trace::json from input
     ), started as (
       insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
       select $1, write_id, 1, $1, $2, 'sending' from input
     ), taken as (
       update deliveries d set delivery_state = 'sending', write_id = input.write_id
         from input cross join lateral unnest(input.delivery_ids::bigint[]) as one(id)
        where d.workspace_id = $1 and d.id = one.id and d.delivery_state = 'pending'
       returning d.id
     )
     select write_id, ord::int, (select count(*)::int from taken) as taken from input order by ord`,
    [
      workspaceId,
      epoch,
      mails.map(({ mailboxId }) => mailboxId),
      mails.map(({ seq }) => seq),
      mails.map(({ kind }) => kind),
      mails.map(({ content }) => content.messageId),
      mails.map(({ deliveryIds }) => `{${deliveryIds.join(',')}}`),
      mails.map(({ to, lane, content }) => JSON.stringify({ to, lane, draft: content })),
      mails.map(({ trace }) => JSON.stringify(trace)),
    ],
  );
  return { ids: rows.map(({ write_id }) => write_id), taken: rows[0]?.taken ?? 0 };
}

const openColumns = `
  w.id as write_id, w.group_id, w.write_kind, w.delivery_ids, w.draft, last.n,
  extract(epoch from coalesce(r.first_at, last.started_at))::float8 * 1000 as first_at, coalesce(r.unclear, 0) as unclear,
  coalesce(r.tries, 0) as tries, coalesce(r.is_short, false) as is_short`;

interface OpenRow {
  write_id: string;
  group_id: string;
  write_kind: OpenMail['kind'];
  delivery_ids: string[];
  draft: { to: string; lane: number; draft: MailContent };
  n: number;
  first_at: number;
  unclear: number;
  tries: number;
  is_short: boolean;
}

const toOpenMail = (row: OpenRow): OpenMail => ({
  writeId: row.write_id,
  mailboxId: row.group_id,
  to: row.draft.to,
  kind: row.write_kind,
  content: row.draft.draft,
  deliveryIds: row.delivery_ids,
  lane: row.draft.lane,
  attempt: row.n,
  firstAt: row.first_at,
  unclear: row.unclear,
  tries: row.tries,
  isShort: row.is_short,
});

/** Mails in `sending` that nobody sends: an earlier epoch left them, or the answer to the COMMIT that made them was lost. */
export async function loadAbandonedMails(
  tx: Tx,
  { workspaceId, busy }: Pick<MailChannel, 'workspaceId' | 'busy'>,
  limit: number,
): Promise<OpenMail[]> {
  const { rows } = await tx.query<OpenRow>(
    `select ${openColumns}
       from (select * from attempts
              where workspace_id = $1 and connection_id = $1 and attempt_state = 'sending' and write_id <> all($2::bigint[])
              limit $3) last
       join writes w on w.workspace_id = $1 and w.id = last.write_id
       left join mail_retries r on r.workspace_id = $1 and r.write_id = last.write_id`,
    [workspaceId, [...busy], limit],
  );
  return rows.map(toOpenMail);
}

/** A mail that is due again, with how its deliveries stand now. */
export interface DueMail {
  mail: OpenMail;
  /** Its address is stopped. */
  isStopped: boolean;
  refusal: string | undefined;
  deliveries: readonly {
    id: string;
    waits: boolean;
    target: string;
    organizationId: string | undefined;
    isWayOut: boolean;
    isDirected: boolean;
  }[];
}

/** Mails that are due again, the longest due first. */
export async function loadDueMails(
  tx: Tx,
  { workspaceId, busy }: Pick<MailChannel, 'workspaceId' | 'busy'>,
  limit: number,
): Promise<DueMail[]> {
  const { rows } = await tx.query(
    `select ${openColumns}, owed.deliveries, box.stopped_at is not null as is_stopped, box.refusal
       from (select * from mail_retries
              where workspace_id = $1 and due_at <= clock_timestamp() and write_id <> all($2::bigint[])
              order by due_at limit $3) r
       join writes w on w.workspace_id = $1 and w.id = r.write_id
       join mailboxes box on box.workspace_id = $1 and box.id = w.group_id
      cross join lateral (
        select n, started_at from attempts where workspace_id = $1 and write_id = r.write_id order by n desc limit 1) last
      cross join lateral (
        select json_agg(json_build_object('id', d.id::text, 'waits', d.delivery_state in ('pending', 'uncertain')
                          and d.write_id = w.id, 'target', d.target, 'organizationId', a.organization_id,
                          'isWayOut', d.update_purpose is not distinct from 'wayOut', 'isDirected', d.directed is not null)
                        order by d.id) as deliveries
          from deliveries d join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id
         where d.workspace_id = $1 and d.id = any(w.delivery_ids)) owed
      order by r.due_at`,
    [workspaceId, [...busy], limit],
  );
  return rows.map((row) => ({
    mail: toOpenMail(row),
    isStopped: row.is_stopped,
    refusal: row.refusal ?? undefined,
    deliveries: (row.deliveries ?? []).map((one: DueMail['deliveries'][number]) => ({
      ...one,
      organizationId: one.organizationId ?? undefined,
    })),
  }));
}

/**
 * Commits the next attempt of mails that are sent again; their place among what is due is kept for the next time. Answers
 * how many deliveries they carry that still wait: fewer than they should means that a person has decided meanwhile.
 */
export async function startMailAttempts(
  tx: Tx,
  { workspaceId, epoch }: Pick<MailChannel, 'workspaceId' | 'epoch'>,
  mails: readonly OpenMail[],
): Promise<number> {
  if (mails.length === 0) return 0;
  const { rowCount } = await tx.query(
    `with input as (select * from unnest($3::bigint[], $4::int[]) as i(write_id, n)
     ), started as (
       insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
       select $1, write_id, n, $1, $2, 'sending' from input
     ), kept as (
       update mail_retries r set due_at = 'infinity' from input where r.workspace_id = $1 and r.write_id = input.write_id
     )
     update deliveries d set delivery_state = 'sending'
       from input join writes w on w.workspace_id = $1 and w.id = input.write_id
      where d.workspace_id = $1 and d.id = any(w.delivery_ids) and d.write_id = w.id
        and d.delivery_state in ('pending', 'uncertain')`,
    [workspaceId, epoch, mails.map(({ writeId }) => writeId), mails.map(({ attempt }) => attempt)],
  );
  return rowCount ?? 0;
}

/**
 * A server took these mails after all, as was learnt when their attempts had been given up already: those that wait to be
 * sent again are not.
 */
export async function settleLate(
  tx: Tx,
  workspaceId: string,
  mails: readonly { writeId: string; n: number; reply: string; messageId: string }[],
): Promise<void> {
  if (mails.length === 0) return;
  await tx.query(
    `with input as (
       select * from unnest($2::bigint[], $3::int[], $4::text[], $5::text[]) as i(write_id, n, reply, message_id)
     ), ended as (
       delete from mail_retries r using input
        where r.workspace_id = $1 and r.write_id = input.write_id and r.due_at < 'infinity'
       returning r.write_id
     ), told as (
       update attempts a set attempt_state = 'confirmed', receipt_ref = input.message_id,
              evidence = concat_ws(E'\\n', a.evidence, input.reply)
         from input join ended using (write_id)
        where a.workspace_id = $1 and a.write_id = input.write_id and a.n = input.n
     )
     update deliveries d set delivery_state = 'delivered', reason = null, problem = '', settled_at = now()
       from ended join writes w on w.workspace_id = $1 and w.id = ended.write_id
      where d.workspace_id = $1 and d.id = any(w.delivery_ids) and d.write_id = w.id
        and d.delivery_state in ('pending', 'uncertain')`,
    [
      workspaceId,
      mails.map(({ writeId }) => writeId),
      mails.map(({ n }) => n),
      mails.map(({ reply }) => reply),
      mails.map(({ messageId }) => messageId),
    ],
  );
}

/** A mail that is to be sent again. */
export interface MailRetry {
  writeId: string;
  inMs: number;
  firstAt: number;
  unclear: number;
  /** Those that counted. */
  tries: number;
  isShort: boolean;
}

export async function keepRetries(tx: Tx, workspaceId: string, retries: readonly MailRetry[]): Promise<void> {
  if (retries.length === 0) return;
  await tx.query(
    `insert into mail_retries (workspace_id, write_id, due_at, first_at, unclear, is_short, tries)
     select $1, i.write_id, clock_timestamp() + make_interval(secs => i.ms / 1000), to_timestamp(i.first_at / 1000),
            i.unclear, i.is_short, i.tries
       from unnest($2::bigint[], $3::float8[], $4::float8[], $5::int[], $6::bool[], $7::int[])
            as i(write_id, ms, first_at, unclear, is_short, tries)
     on conflict (workspace_id, write_id) do update
        set due_at = excluded.due_at, first_at = excluded.first_at, unclear = excluded.unclear,
            is_short = excluded.is_short, tries = excluded.tries`,
    [
      workspaceId,
      retries.map(({ writeId }) => writeId),
      retries.map(({ inMs }) => inMs),
      retries.map(({ firstAt }) => firstAt),
      retries.map(({ unclear }) => unclear),
      retries.map(({ isShort }) => isShort),
      retries.map(({ tries }) => tries),
    ],
  );
}

/** They are not sent again. */
export async function endRetries(tx: Tx, workspaceId: string, writeIds: readonly string[]): Promise<void> {
  if (writeIds.length === 0) return;
  await tx.query('delete from mail_retries where workspace_id = $1 and write_id = any($2::bigint[])', [
    workspaceId,
    writeIds,
  ]);
}

/** Deliveries of a mail that is given up wait again, for a mail of their own. */
export async function putBackMails(
  tx: Tx,
  workspaceId: string,
  deliveryIds: readonly string[],
): Promise<void> {
  if (deliveryIds.length === 0) return;
  await tx.query(
    `with back as (
       update deliveries set delivery_state = 'pending', write_id = null
        where workspace_id = $1 and id = any($2::bigint[]) and delivery_state in ('pending', 'uncertain')
       returning id, group_id, greatest(0, severity - 2) as lane
     )
     update mailboxes m
        set waiting_lane = greatest(m.waiting_lane, w.lane), waiting_since = least(m.waiting_since, w.since)
       from (select group_id, max(lane) as lane, min(id) as since from back group by group_id) w
      where m.workspace_id = $1 and m.id = w.group_id`,
    [workspaceId, deliveryIds],
  );
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

/** When the next mail is due, in milliseconds of database time. */
export async function nextMailDue(tx: Tx, workspaceId: string): Promise<number | undefined> {
  const { rows } = await tx.query<{ at: number | null }>(
    `select extract(epoch from min(at))::float8 * 1000 as at from (
       select min(due_at) as at from mail_retries where workspace_id = $1 and due_at < 'infinity'
       union all
       select min(blocked_until) from mailboxes
        where workspace_id = $1 and waiting_lane is not null and blocked_until > now() and stopped_at is null) due`,
    [workspaceId],
  );
  return rows[0]?.at ?? undefined;
}
