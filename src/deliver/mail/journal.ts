/**
 * SQL of the attempt journal for mails: one statement per function, in the caller's transaction, and only under a held lease.
 * The channel's id is that of the workspace.
 */
import type { Tx } from '../../db/database.ts';
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

/** A mail `w` as it stands: of its newest attempt `last`, and of `r` if it is sent again. */
export const openColumns = `
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

export const toOpenMail = (row: OpenRow): OpenMail => ({
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
