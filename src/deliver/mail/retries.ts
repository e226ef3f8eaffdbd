/** SQL of mails that are sent again: deferred ones, and those of which nobody knows. Only under a held lease. */
import type { Tx } from '../../db/database.ts';
import { openColumns, toOpenMail } from './journal.ts';
import type { MailChannel, OpenMail } from './types.ts';
import { wayOutIsOver } from './wayOuts.ts';

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
    isOver: boolean;
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
                          'isWayOut', d.update_purpose is not distinct from 'wayOut', 'isOver', ${wayOutIsOver}, 'isDirected', d.directed is not null)
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
