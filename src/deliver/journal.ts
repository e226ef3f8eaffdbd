/**
 * SQL of the attempt journal (promises §2.2): one statement per function, in the caller's transaction. Whoever calls
 * any of these has checked its leases with {@link holdLeases} first; that lock fences every write below.
 */
import type { Tx } from '../db/database.ts';
import type { Channel } from './channel.ts';
import type { Content, Held, OpenWrite } from './round.ts';
import type { WriteState } from './step.ts';

/**
 * Keeps the leases that are still ours from moving until the transaction ends, and reads the database's clock.
 * A channel whose epoch is over is not in the answer: its worker must forget it.
 */
export async function holdLeases(
  tx: Tx,
  { workspaceId, channels }: { workspaceId: string; channels: readonly Channel[] },
): Promise<Held> {
  const { rows } = await tx.query<{ channel_id: string; now: number }>(
    `select l.channel_id, extract(epoch from clock_timestamp())::float8 * 1000 as now
       from unnest($2::uuid[], $3::bigint[]) as mine(channel_id, epoch)
       join leases l on l.workspace_id = $1 and l.channel_id = mine.channel_id and l.epoch = mine.epoch
      where l.expires_at > clock_timestamp()
        for share of l`,
    [workspaceId, channels.map(({ connectionId }) => connectionId), channels.map(({ epoch }) => epoch)],
  );
  const ours = new Set(rows.map((row) => row.channel_id));
  return {
    channels: new Map(
      channels
        .filter(({ connectionId }) => ours.has(connectionId))
        .map((channel) => [channel.connectionId, channel]),
    ),
    now: rows[0]?.now ?? 0,
  };
}

/** How an attempt stands after a step. */
export interface AttemptPatch {
  writeId: string;
  n: number;
  /** `givenUp`: it has ended, and nobody will know whether it arrived. */
  state: 'confirmed' | 'refused' | 'uncertain' | 'givenUp';
  /** Added to what is known already. */
  evidence: string | null;
  /** Why the last look-up failed; null when it did not. */
  lookProblem: string | null;
  receipt: { ref: string; number?: string; link?: string } | null;
  adopted: boolean;
  looks: number;
  failedLooks: number;
  misses: number;
  /** Milliseconds of database time. */
  lastMissAt: number | null;
  nextLookAt: number | null;
  /** Milliseconds from now until the ticket is looked up again for a late second one. */
  recheckInMs: number | null;
}

/** An attempt in the answer of {@link patchAttempts}. */
export const attemptKey = ({ writeId, n }: Pick<AttemptPatch, 'writeId' | 'n'>): string => `${writeId} ${n}`;

/**
 * Answers the attempts that were still open, by {@link attemptKey}. One that is not was settled before: a COMMIT whose
 * answer was lost had taken effect, and what followed from it must not be done twice.
 */
export async function patchAttempts(
  tx: Tx,
  workspaceId: string,
  patches: readonly AttemptPatch[],
): Promise<ReadonlySet<string>> {
  if (patches.length === 0) return new Set();
  const { rows } = await tx.query<{ write_id: string; n: number }>(
    `update attempts a
        set attempt_state = p.attempt_state, look_problem = p.look_problem,
            evidence = nullif(concat_ws(E'\\n', a.evidence, p.evidence), ''),
            finished_at = case when p.attempt_state = 'uncertain' then a.finished_at else now() end,
            receipt_ref = p.receipt_ref, receipt_number = p.receipt_number, receipt_link = p.receipt_link,
            adopted = p.adopted, looks = p.looks, failed_looks = p.failed_looks, misses = p.misses,
            last_miss_at = to_timestamp(p.last_miss_at / 1000), next_look_at = to_timestamp(p.next_look_at / 1000),
            recheck_at = now() + make_interval(secs => p.recheck_in / 1000)
       from unnest($2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bool[],
                   $10::int[], $11::int[], $12::int[], $13::float8[], $14::float8[], $15::float8[], $16::text[])
            as p(write_id, n, attempt_state, evidence, receipt_ref, receipt_number, receipt_link, adopted, looks,
                 failed_looks, misses, last_miss_at, next_look_at, recheck_in, look_problem)
      where a.workspace_id = $1 and a.write_id = p.write_id and a.n = p.n
        and a.attempt_state in ('sending', 'uncertain')
     returning a.write_id, a.n`,
    [
      workspaceId,
      patches.map(({ writeId }) => writeId),
      patches.map(({ n }) => n),
      patches.map(({ state }) => state),
      patches.map(({ evidence }) => evidence),
      patches.map(({ receipt }) => receipt?.ref ?? null),
      patches.map(({ receipt }) => receipt?.number ?? null),
      patches.map(({ receipt }) => receipt?.link ?? null),
      patches.map(({ adopted }) => adopted),
      patches.map(({ looks }) => looks),
      patches.map(({ failedLooks }) => failedLooks),
      patches.map(({ misses }) => misses),
      patches.map(({ lastMissAt }) => lastMissAt),
      patches.map(({ nextLookAt }) => nextLookAt),
      patches.map(({ recheckInMs }) => recheckInMs),
      patches.map(({ lookProblem }) => lookProblem),
    ],
  );
  return new Set(rows.map(({ write_id, n }) => attemptKey({ writeId: write_id, n })));
}

/** What a settled write tells its group: it is free again, perhaps with a ticket, perhaps with deliveries that wait. */
export interface GroupPatch {
  groupId: string;
  ticket: { state: 'open' | 'gone' | 'shut'; ref?: string; number?: string; link?: string } | null;
  /** Milliseconds of database time. */
  blockedUntil: number | null;
  waiting: { lane: number; since: string } | null;
  /** A note was refused for good: what it carried is missing on the ticket. `named`: the note that says so is there. */
  gap: { until: number; deliveryIds: readonly string[] } | 'named' | null;
  /** Notes to add to what its ticket takes at once. */
  noteCreditBack: number;
}

/**
 * `look_first` of a group `g` whose ticket takes no more from now on: after a restore, the ticket that follows it may have
 * been made in the time that is forgotten. Texts that were to be read are read first.
 */
export const lookOfLostTicket = (state: string, since: string): string => `
  case when g.look_first is null and ${state} <> 'open' and ${state} <> g.ticket_state and exists (
         select from restores r where r.workspace_id = $1
            and (r.looks_until > now() or ${since} <= r.newest_delivery))
       then 'ticket' else g.look_first end`;

/** Answers whether the PSA must be asked about some of them before they are written (docs/adr/0007). */
export async function releaseGroups(
  tx: Tx,
  workspaceId: string,
  patches: readonly GroupPatch[],
): Promise<boolean> {
  if (patches.length === 0) return false;
  const { rows } = await tx.query<{ look_first: string | null }>(
    `update ticket_groups g
        set busy_write_id = null,
            ticket_state = coalesce(p.ticket_state, g.ticket_state),
            ticket_ref = coalesce(p.ticket_ref, g.ticket_ref),
            ticket_number = case when p.ticket_ref is null then g.ticket_number else p.ticket_number end,
            ticket_link = coalesce(p.ticket_link, g.ticket_link),
            ticket_checked_at = case when p.ticket_state is null then g.ticket_checked_at else now() end,
            blocked_until = to_timestamp(p.blocked_until / 1000),
            waiting_lane = greatest(g.waiting_lane, p.lane), waiting_since = least(g.waiting_since, p.since),
            note_credit = g.note_credit + p.credit_back,
            look_first = ${lookOfLostTicket('p.ticket_state', 'least(g.waiting_since, p.since)')},
            gap_until = case when not p.is_named then coalesce(to_timestamp(p.gap_until / 1000), g.gap_until) end,
            gap_delivery_ids = case when p.is_named then '{}' else g.gap_delivery_ids || p.gap_ids::bigint[] end
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::smallint[], $9::bigint[],
                   $10::bool[], $11::float8[], $12::text[], $13::real[])
            as p(id, ticket_state, ticket_ref, ticket_number, ticket_link, blocked_until, lane, since, is_named,
                 gap_until, gap_ids, credit_back)
      where g.workspace_id = $1 and g.id = p.id
     returning g.look_first`,
    [
      workspaceId,
      patches.map(({ groupId }) => groupId),
      patches.map(({ ticket }) => ticket?.state ?? null),
      patches.map(({ ticket }) => ticket?.ref ?? null),
      patches.map(({ ticket }) => ticket?.number ?? null),
      patches.map(({ ticket }) => ticket?.link ?? null),
      patches.map(({ blockedUntil }) => blockedUntil),
      patches.map(({ waiting }) => waiting?.lane ?? null),
      patches.map(({ waiting }) => waiting?.since ?? null),
      patches.map(({ gap }) => gap === 'named'),
      patches.map(({ gap }) => (gap && gap !== 'named' ? gap.until : null)),
      patches.map(({ gap }) => (gap && gap !== 'named' ? `{${gap.deliveryIds.join(',')}}` : '{}')),
      patches.map(({ noteCreditBack }) => noteCreditBack),
    ],
  );
  return rows.some((row) => row.look_first !== null);
}

export interface DeliveryPatch {
  id: string;
  state: 'pending' | 'uncertain' | 'delivered' | 'held' | 'skipped' | 'failed';
  reason?: string;
  problem?: string;
  countsAsTry?: boolean;
  /** An optional input to leave out from now on. */
  without?: string;
  /** Forget the group: it is chosen anew at the next claim. */
  leavesGroup?: boolean;
}

/** Changes deliveries that are under way or waiting; what a person has discarded meanwhile stays discarded. */
export async function patchDeliveries(
  tx: Tx,
  workspaceId: string,
  patches: readonly DeliveryPatch[],
): Promise<void> {
  if (patches.length === 0) return;
  await tx.query(
    `update deliveries d
        set delivery_state = p.delivery_state, reason = p.reason, problem = coalesce(p.problem, d.problem),
            tries = d.tries + p.tries,
            without = case when p.without is null then d.without else d.without || p.without end,
            group_id = case when p.leaves_group then null else d.group_id end,
            former_groups = case when p.leaves_group then d.former_groups || d.group_id else d.former_groups end,
            settled_at = case when p.delivery_state in ('delivered', 'skipped', 'failed') then now() end
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::bool[])
            as p(id, delivery_state, reason, problem, tries, without, leaves_group)
      where d.workspace_id = $1 and d.id = p.id and d.delivery_state in ('pending', 'sending', 'uncertain')`,
    [
      workspaceId,
      patches.map(({ id }) => id),
      patches.map(({ state }) => state),
      patches.map(({ reason }) => reason ?? null),
      patches.map(({ problem }) => problem ?? null),
      patches.map(({ countsAsTry }) => (countsAsTry ? 1 : 0)),
      patches.map(({ without }) => without ?? null),
      patches.map(({ leavesGroup }) => leavesGroup ?? false),
    ],
  );
}

/** Commits the next attempt of writes whose look-ups have shown that nothing happened. */
export async function startAttempts(
  tx: Tx,
  workspaceId: string,
  attempts: readonly { writeId: string; n: number; channelId: string; epoch: string }[],
): Promise<void> {
  if (attempts.length === 0) return;
  await tx.query(
    `with started as (
       insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
       select $1, write_id, n, connection_id, epoch, 'sending'
         from unnest($2::bigint[], $3::int[], $4::uuid[], $5::bigint[]) as i(write_id, n, connection_id, epoch)
       returning write_id
     )
     update deliveries d set delivery_state = 'sending'
       from started join writes w on w.workspace_id = $1 and w.id = started.write_id
      where d.workspace_id = $1 and d.id = any(w.delivery_ids) and d.delivery_state = 'uncertain'`,
    [
      workspaceId,
      attempts.map(({ writeId }) => writeId),
      attempts.map(({ n }) => n),
      attempts.map(({ channelId }) => channelId),
      attempts.map(({ epoch }) => epoch),
    ],
  );
}

/** Answers how many of them were not known yet. */
export async function recordSurplus(
  tx: Tx,
  workspaceId: string,
  records: readonly { channelId: string; writeId: string; ref: string; link: string | undefined }[],
): Promise<number> {
  let added = 0;
  for (const { channelId, writeId, ref, link } of records) {
    const { rowCount } = await tx.query(
      `insert into surplus_records (workspace_id, connection_id, write_id, receipt_ref, receipt_link)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [workspaceId, channelId, writeId, ref, link ?? null],
    );
    added += rowCount ?? 0;
  }
  return added;
}

interface OpenRow {
  write_id: string;
  n: number;
  connection_id: string;
  group_id: string;
  generation: number;
  seq: number;
  write_kind: Content['kind'];
  draft: {
    ticketRef?: string;
    draft: Record<string, unknown>;
    lane: number;
    since: string;
    tries: number;
    without: string[];
    /** Absent in writes that were frozen by an earlier release. */
    fallbacks?: string[];
  };
  delivery_ids: string[];
  attempt_state: 'sending' | 'uncertain';
  started_at: number;
  looks: number;
  failed_looks: number;
  misses: number;
  last_miss_at: number | null;
  next_look_at: number | null;
  evidence: string | null;
}

/**
 * Writes of these channels that wait for a look-up that is due, and those in `sending` that nobody sends: an earlier
 * epoch left them, or the answer to the COMMIT that made them was lost. Each channel has its own share of the answer.
 */
export async function loadOpenWrites(
  tx: Tx,
  workspaceId: string,
  channels: readonly Channel[],
  perChannel: number,
): Promise<OpenWrite[]> {
  const { rows } = await tx.query<OpenRow>(
    `select a.write_id, a.n, a.connection_id, w.group_id, w.generation, w.seq, w.write_kind, w.draft, w.delivery_ids,
            a.attempt_state, a.evidence, extract(epoch from a.started_at)::float8 * 1000 as started_at, a.looks, a.failed_looks,
            a.misses, extract(epoch from a.last_miss_at)::float8 * 1000 as last_miss_at,
            extract(epoch from a.next_look_at)::float8 * 1000 as next_look_at
       from unnest($2::uuid[]) as mine(connection_id)
      cross join lateral (
        select * from attempts a
         where a.workspace_id = $1 and a.connection_id = mine.connection_id
           and a.attempt_state in ('sending', 'uncertain') and a.write_id <> all($3::bigint[])
           and (a.next_look_at <= clock_timestamp() or a.next_look_at is null)
         order by a.next_look_at nulls first limit $4) a
       join writes w on w.workspace_id = $1 and w.id = a.write_id`,
    [workspaceId, channels.map(({ connectionId }) => connectionId), busyOf(channels), perChannel],
  );
  return rows.map(toOpenWrite);
}

const busyOf = (channels: readonly Channel[]): string[] => channels.flatMap(({ busy }) => [...busy]);

function toOpenWrite(row: OpenRow): OpenWrite {
  const { draft } = row;
  return {
    channelId: row.connection_id,
    writeId: row.write_id,
    groupId: row.group_id,
    generation: row.generation,
    seq: row.seq,
    content: contentOf(row),
    deliveryIds: row.delivery_ids,
    lane: draft.lane,
    since: draft.since,
    tries: draft.tries,
    without: draft.without,
    fallbacks: draft.fallbacks ?? [],
    state: stateOf(row),
  };
}

/** Dates travel as text in the frozen draft. */
function contentOf({ write_kind, draft: { ticketRef, draft } }: OpenRow): Content {
  if (write_kind === 'ticket') {
    return { kind: 'ticket', draft: { ...draft, dueAt: new Date(draft.dueAt as string) } } as Content;
  }
  return {
    kind: write_kind,
    ticketRef,
    draft: { ...draft, notBefore: new Date(draft.notBefore as string) },
  } as Content;
}

function stateOf(row: OpenRow): WriteState {
  if (row.attempt_state === 'sending') return { phase: 'sending', attempt: row.n, startedAt: row.started_at };
  return {
    phase: 'uncertain',
    attempt: row.n,
    startedAt: row.started_at,
    looks: row.looks,
    failedLooks: row.failed_looks,
    misses: row.misses,
    lastMissAt: row.last_miss_at ?? undefined,
    nextLookAt: row.next_look_at ?? row.started_at,
    evidence: row.evidence ?? undefined,
  };
}

/** When the next look-up or blocked group of these channels is due, in milliseconds of database time. */
export async function nextDue(
  tx: Tx,
  workspaceId: string,
  channels: readonly Channel[],
): Promise<number | undefined> {
  const { rows } = await tx.query<{ at: number | null }>(
    `select extract(epoch from min(at))::float8 * 1000 as at from (
       select min(next_look_at) as at from attempts
        where workspace_id = $1 and connection_id = any($2) and attempt_state in ('sending', 'uncertain')
          and write_id <> all($3::bigint[])
       union all
       select min(greatest(blocked_until, gap_until)) from ticket_groups
        where workspace_id = $1 and connection_id = any($2) and waiting_lane is not null and busy_write_id is null
          and greatest(blocked_until, gap_until) > now()) due`,
    [workspaceId, channels.map(({ connectionId }) => connectionId), busyOf(channels)],
  );
  return rows[0]?.at ?? undefined;
}
