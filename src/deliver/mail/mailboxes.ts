/** SQL of mailboxes: one for every address that was ever owed mail. Only under a held lease. */
import type { Tx } from '../../db/database.ts';

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

/** What its answers in a round say of an address. */
export interface MailboxAnswers {
  id: string;
  /** It took a mail: what was refused before that does not count. */
  hasTaken: boolean;
  /** The last answer, if that was a refusal. */
  refusal: string | null;
  /** Final ones, since the mail that it took if it took one. */
  refusals: number;
}

const refusalsInRow = 'a.refusals + case when a.has_taken then 0 else m.refusals end';

/** From `most` refusals in a row on they are stopped. */
export async function countRefusals(
  tx: Tx,
  workspaceId: string,
  answers: readonly MailboxAnswers[],
  most: number,
): Promise<void> {
  if (answers.length === 0) return;
  await tx.query(
    `update mailboxes m
        set refusals = ${refusalsInRow}, refusal = a.refusal,
            stopped_at = case when ${refusalsInRow} >= $4 then coalesce(m.stopped_at, now()) end
       from unnest($2::bigint[], $3::text[], $5::int[], $6::bool[]) as a(id, refusal, refusals, has_taken)
      where m.workspace_id = $1 and m.id = a.id and (a.refusal is not null or m.refusals > 0)`,
    [
      workspaceId,
      answers.map(({ id }) => id),
      answers.map(({ refusal }) => refusal),
      most,
      answers.map(({ refusals }) => refusals),
      answers.map(({ hasTaken }) => hasTaken),
    ],
  );
}
