/** SQL of look-first mode (docs/adr/0007); as the journal, only under a held lease. */
import type { Tx } from '../db/database.ts';
import { noteKey, readTelling, sequenceIn, type Telling, takeFrom } from '../plan/index.ts';
import type { Finding, Receipt, TicketState, TicketText } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import { loadWaiting, type Waiting } from './claim.ts';
import { recordSurplus } from './journal.ts';
import { loadMarkersAfter, loadNextMarkers } from './nextMarkers.ts';
import type { TicketCondition } from './ticketLife.ts';
import { applySeenStates } from './tickets.ts';

/** A group that asks the PSA before it is written. Times are milliseconds of database time. */
export interface LookingGroup {
  id: string;
  connectionId: string;
  step: 'ticket' | 'texts';
  generation: number;
  nextSeq: number;
  ticketState: TicketCondition;
  ticketRef: string | undefined;
  marker: string;
  /** The ticket that is looked for: the group's first, or the one after its last. */
  next: SoughtTicket;
  /** The one after that: it is the next one if `next` was refused after an unclear answer, and so given up. */
  following: SoughtTicket;
  restoredAt: number;
  backupAt: number;
  readAt: number;
}

/** A ticket of a group that the PSA may have. */
export interface SoughtTicket {
  generation: number;
  marker: string;
}

/** What was taken over from the PSA: tickets and notes, and deliveries that they tell of. */
export interface Taken {
  writes: number;
  deliveries: number;
}

/** Groups in which deliveries wait and that must look; of each connection those that are written first. */
export async function loadLooking(
  tx: Tx,
  workspaceId: string,
  channelIds: readonly string[],
  perChannel: number,
): Promise<LookingGroup[]> {
  const { rows } = await tx.query(
    `select g.id, g.connection_id, g.account_id, g.organization_key, g.key_hash, g.look_first, g.generation,
            g.next_seq, g.ticket_state, g.ticket_ref, g.marker,
            extract(epoch from r.restored_at)::float8 * 1000 as restored_at,
            extract(epoch from r.backup_at)::float8 * 1000 as backup_at,
            extract(epoch from clock_timestamp())::float8 * 1000 as read_at
       from (select max(restored_at) as restored_at, min(backup_at) as backup_at
               from restores where workspace_id = $1) r
      cross join unnest($2::uuid[]) as c(channel_id)
      cross join lateral (
        select * from ticket_groups g
         where g.workspace_id = $1 and g.connection_id = c.channel_id and g.waiting_lane is not null
           and g.look_first is not null and g.busy_write_id is null
           and (g.blocked_until is null or g.blocked_until <= clock_timestamp())
         order by g.waiting_lane desc, g.waiting_since limit $3) g
      where r.restored_at is not null`,
    [workspaceId, channelIds, perChannel],
  );
  const identities = rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    accountId: row.account_id,
    organizationKey: row.organization_key,
    keyHash: row.key_hash,
    generation: row.generation,
    ticketState: row.ticket_state,
  }));
  const nextMarkers = await loadNextMarkers(tx, workspaceId, identities);
  const nextOf = ({ id, generation }: { id: string; generation: number }) =>
    nextMarkers.has(id) ? generation + 1 : generation;
  const following = await loadMarkersAfter(
    tx,
    workspaceId,
    identities.map((identity) => ({ ...identity, generation: nextOf(identity) })),
  );
  return rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    step: stepOf(row),
    generation: row.generation,
    nextSeq: row.next_seq,
    ticketState: row.ticket_state,
    ticketRef: row.ticket_ref ?? undefined,
    marker: row.marker,
    next: { generation: nextOf(row), marker: nextMarkers.get(row.id) ?? row.marker },
    following: { generation: nextOf(row) + 1, marker: following.get(row.id) as string },
    restoredAt: row.restored_at,
    backupAt: row.backup_at,
    readAt: row.read_at,
  }));
}

/** A ticket that was under way at the backup has been settled since: now it is there, and what stands on it is read. */
const stepOf = (row: {
  look_first: LookingGroup['step'];
  ticket_state: TicketCondition;
}): LookingGroup['step'] => (row.ticket_state === 'open' ? 'texts' : row.look_first);

/** The PSA has no such ticket: the group is written as usual, or waits until that proves something. */
export async function takeWait(
  tx: Tx,
  channel: Channel,
  { id, step }: Pick<LookingGroup, 'id' | 'step'>,
  waitUntil: number | null,
): Promise<Taken> {
  await tx.query(
    `update ticket_groups
        set look_first = case when $4::float8 is not null then look_first end, blocked_until = to_timestamp($4 / 1000)
      where workspace_id = $1 and id = $2 and look_first = $3`,
    [channel.workspaceId, id, step, waitUntil],
  );
  return { writes: 0, deliveries: 0 };
}

/** The PSA has it: it is the group's ticket, and what stands on it is read next. */
export async function takeTicket(
  tx: Tx,
  channel: Channel,
  group: LookingGroup,
  { generation, marker }: SoughtTicket,
  { receipt, surplus }: Extract<Finding, { kind: 'found' }>,
): Promise<Taken> {
  const { workspaceId } = channel;
  const seq = generation > group.generation ? 1 : group.nextSeq;
  const { rowCount } = await tx.query(
    `update ticket_groups
        set generation = $3, marker = $4, next_seq = $5, ticket_state = 'open', ticket_ref = $6, ticket_number = $7,
            ticket_link = $8, ticket_checked_at = null, ticket_closed_at = null, look_first = 'texts',
            blocked_until = null,
            previous_number = case when $3 > generation then coalesce(ticket_number, ticket_ref) else previous_number end
      where workspace_id = $1 and id = $2 and look_first = 'ticket' and generation = $9`,
    [
      workspaceId,
      group.id,
      generation,
      marker,
      seq + 1,
      receipt.ref,
      receipt.number ?? null,
      receipt.link ?? null,
      group.generation,
    ],
  );
  if (rowCount === 0) return { writes: 0, deliveries: 0 };
  const write = { generation, seq, kind: 'ticket' as const, key: marker, receipt };
  const writeId = await insertFound(tx, channel, group, write);
  const { connectionId: channelId } = group;
  await recordSurplus(
    tx,
    workspaceId,
    surplus.map(({ ref, link }) => ({ channelId, writeId, ref, link })),
  );
  return { writes: 1, deliveries: 0 };
}

export interface SeenTexts {
  texts: readonly TicketText[];
  /** Undefined when the PSA did not tell. */
  state: TicketState | undefined;
  /** Not before this does it count that nothing more stands there; null: it counts. */
  waitUntil: number | null;
}

/** As many waiting deliveries of a group are compared with what stands on its ticket. */
const mostCompared = 5_000;

/** Takes over what stands on the group's ticket and was not known; what waits and is told there is delivered. */
export async function takeTexts(
  tx: Tx,
  channel: Channel,
  group: LookingGroup,
  { texts, state, waitUntil }: SeenTexts,
): Promise<Taken> {
  const { workspaceId, connectionId: channelId } = channel;
  const known = await loadKnown(tx, workspaceId, group);
  const queue = (await loadWaiting(tx, workspaceId, [group.id], mostCompared)).get(group.id);
  const found = texts.flatMap((text) => findAmong(text, group, known));
  const told = tell(found, queue?.deliveries ?? []);
  for (const one of found) {
    const writeId = one.writeId ?? (await insertFound(tx, channel, group, one));
    await deliverAs(tx, workspaceId, writeId, told.get(one) ?? []);
  }
  if (state && group.ticketRef !== undefined) {
    const tickets = [{ groupId: group.id, ref: group.ticketRef }];
    const states = new Map([[group.ticketRef, state]]);
    const held = { channels: new Map([[channelId, channel]]), now: group.readAt };
    await applySeenStates(tx, { workspaceId, seen: [{ channelId, tickets, states }] }, held);
  }
  const deliveries = [...told.values()].flat().length;
  const isPart = queue?.more === true && deliveries > 0;
  await endTexts(tx, workspaceId, group, { lastSeq: lastSeqOf(found), isPart, waitUntil });
  return { writes: found.filter(({ writeId }) => writeId === undefined).length, deliveries };
}

/** A ticket or note of ours that this database did not write. */
interface FoundWrite {
  /** It was found by an earlier look. */
  writeId?: string | undefined;
  generation: number;
  seq: number;
  kind: 'ticket' | 'note' | 'digest';
  key: string;
  receipt: Receipt;
  telling?: Telling;
}

interface KnownWrite {
  id: string;
  seq: number;
  write_kind: FoundWrite['kind'];
  found_after_restore: boolean;
}

async function loadKnown(
  tx: Tx,
  workspaceId: string,
  { id, generation }: LookingGroup,
): Promise<KnownWrite[]> {
  const { rows } = await tx.query<KnownWrite>(
    `select id, seq, write_kind, found_after_restore from writes w
      where workspace_id = $1 and group_id = $2 and generation = $3
        and (write_kind <> 'ticket' or exists (
              select from attempts a where a.workspace_id = $1 and a.write_id = w.id and a.attempt_state = 'confirmed'))`,
    [workspaceId, id, generation],
  );
  return rows;
}

function findAmong(text: TicketText, group: LookingGroup, known: readonly KnownWrite[]): FoundWrite[] {
  const { generation, marker } = group;
  const sequence = sequenceIn(text.text, marker);
  if (sequence === undefined) return [];
  const isTicket = sequence === 'ticket';
  const write = known.find(({ seq, write_kind }) => (isTicket ? write_kind === 'ticket' : seq === sequence));
  if (write && !write.found_after_restore) return [];
  // A ticket without a row was known to the group before: its text says nothing new.
  if (isTicket && !write) return [];
  const telling = readTelling(text.of, text.text);
  const kind = isTicket ? 'ticket' : telling.listed.length > 0 ? 'digest' : 'note';
  const seq = write?.seq ?? (sequence as number);
  const key = isTicket ? marker : noteKey(marker, seq);
  return [{ writeId: write?.id, generation, seq, kind, key, receipt: { ref: text.ref }, telling }];
}

/** Which deliveries each text tells of; each delivery is told once, in the order of acceptance. */
function tell(found: readonly FoundWrite[], waiting: readonly Waiting[]): Map<FoundWrite, Waiting[]> {
  const told = new Map<FoundWrite, Waiting[]>();
  for (const delivery of waiting) {
    const one = found.find(({ telling }) => telling && takeFrom(telling, delivery));
    if (one) told.set(one, [...(told.get(one) ?? []), delivery]);
  }
  return told;
}

const lastSeqOf = (found: readonly FoundWrite[]): number => Math.max(0, ...found.map(({ seq }) => seq));

/** Its write and its confirmed attempt, as if it had been adopted after an unclear answer. */
async function insertFound(
  tx: Tx,
  { workspaceId, connectionId, epoch }: Channel,
  { id: groupId, ticketRef, backupAt }: LookingGroup,
  { generation, seq, kind, key, receipt }: FoundWrite,
): Promise<string> {
  const words = `Found in the PSA: made after the backup of ${new Date(backupAt).toISOString()}, which this database was restored from.`;
  const { rows } = await tx.query<{ id: string }>(
    `with written as (
       insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                           delivery_ids, draft, trace, found_after_restore)
       values ($1, nextval('write_ids'), $2, $3, $4, $5, $6, $7, '{}', $8, $9, true)
       returning id
     )
     insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state, finished_at, evidence,
                           receipt_ref, receipt_number, receipt_link, adopted)
     select $1, id, 1, $2, $10, 'confirmed', now(), $11, $12, $13, $14, true from written
     returning write_id as id`,
    [
      workspaceId,
      connectionId,
      groupId,
      generation,
      seq,
      kind,
      key,
      JSON.stringify(kind === 'ticket' ? {} : { ticketRef }),
      JSON.stringify([words]),
      epoch,
      words,
      receipt.ref,
      receipt.number ?? null,
      receipt.link ?? null,
    ],
  );
  return (rows[0] as { id: string }).id;
}

async function deliverAs(
  tx: Tx,
  workspaceId: string,
  writeId: string,
  deliveries: readonly Waiting[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.query(
    `with told as (
       update deliveries set delivery_state = 'delivered', write_id = $2, settled_at = now(), reason = null
        where workspace_id = $1 and id = any($3::bigint[]) and delivery_state = 'pending'
       returning id
     )
     update writes set delivery_ids = delivery_ids || (select coalesce(array_agg(id order by id), '{}') from told)
      where workspace_id = $1 and id = $2`,
    [workspaceId, writeId, deliveries.map(({ id }) => id)],
  );
}

/** An open ticket is written on; after any other the next one is looked for. */
async function endTexts(
  tx: Tx,
  workspaceId: string,
  { id }: LookingGroup,
  { lastSeq, isPart, waitUntil }: { lastSeq: number; isPart: boolean; waitUntil: number | null },
): Promise<void> {
  await tx.query(
    `update ticket_groups g
        set next_seq = greatest(next_seq, $3::int + 1),
            look_first = case when $4 or $5::float8 is not null then 'texts'
                              when ticket_state <> 'open' then 'ticket' end,
            blocked_until = case when not $4 then to_timestamp($5 / 1000) end,
            waiting_lane = case when waits then waiting_lane end,
            waiting_since = case when waits then waiting_since end
       from (select exists (select from deliveries d
                             where d.workspace_id = $1 and d.group_id = $2 and d.place = 2) as waits) w
      where g.workspace_id = $1 and g.id = $2 and g.look_first is not null`,
    [workspaceId, id, lastSeq, isPart, waitUntil],
  );
}
