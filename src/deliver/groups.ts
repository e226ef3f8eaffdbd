/** SQL of ticket groups: found or made, told that something waits in them, and taken up when they are ready. */
import type { Tx } from '../db/database.ts';
import { deriveMarkers, type GroupIdentity as PlannedIdentity } from '../plan/index.ts';
import { loadNextMarkers } from './nextMarkers.ts';
import type { TicketCondition } from './ticketLife.ts';

export interface GroupIdentity extends PlannedIdentity {
  keyHash: Buffer;
}

export interface NewGroup extends GroupIdentity {
  words: string;
  lane: number;
  since: string;
}

export const identityText = ({ connectionId, accountId, organizationKey, keyHash }: GroupIdentity): string =>
  [connectionId, accountId, keyHash.toString('hex'), organizationKey].join(' ');

/** After a restore, whether the PSA has the group's ticket already is asked first (docs/adr/0007). */
const lookOfNewGroup = `
  case when exists (select from restores r where r.workspace_id = $1
                       and (r.looks_until > now() or g.since <= r.newest_delivery)) then 'ticket' end`;

/** What joins a known group may stand on its ticket already: sent before the restore, or sent again by its sender. */
const lookOfKnownGroup = (group: string, since: string): string => `
  case when ${group}.look_first is null and exists (
         select from restores r where r.workspace_id = $1
            and (${since} <= r.newest_delivery
                 or r.looks_until > now() and exists (
                      select from writes w where w.workspace_id = $1 and w.group_id = ${group}.id
                         and w.found_after_restore)))
       then case when ${group}.ticket_ref is null then 'ticket' else 'texts' end
       else ${group}.look_first end`;

export interface Joined {
  /** By {@link identityText}. */
  ids: Map<string, string>;
  /** The PSA must be asked about some of them before they are written. */
  looks: boolean;
}

/** Finds or makes the groups, each told that deliveries wait in it. */
export async function joinGroups(tx: Tx, workspaceId: string, groups: readonly NewGroup[]): Promise<Joined> {
  if (groups.length === 0) return { ids: new Map(), looks: false };
  const markers = firstMarkers(groups);
  const { rows } = await tx.query(
    `insert into ticket_groups (workspace_id, id, connection_id, account_id, organization_key, key_hash, words, marker,
                                waiting_lane, waiting_since, look_first)
     select $1, nextval('group_ids'), g.connection_id, g.account_id, g.organization_key, g.key_hash, g.words,
            case when exists (select from ticket_groups t where t.workspace_id = $1
                                 and t.connection_id = g.connection_id and t.marker = g.marker)
                 then g.spare_marker else g.marker end,
            g.lane, g.since, ${lookOfNewGroup}
       from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::smallint[],
                   $10::bigint[])
            as g(connection_id, account_id, organization_key, key_hash, words, marker, spare_marker, lane, since)
     on conflict (workspace_id, connection_id, account_id, organization_key, key_hash) do update
        set waiting_lane = greatest(ticket_groups.waiting_lane, excluded.waiting_lane),
            waiting_since = least(ticket_groups.waiting_since, excluded.waiting_since),
            look_first = ${lookOfKnownGroup('ticket_groups', 'excluded.waiting_since')}
     returning id, connection_id, account_id, organization_key, key_hash, look_first`,
    [
      workspaceId,
      groups.map(({ connectionId }) => connectionId),
      groups.map(({ accountId }) => accountId),
      groups.map(({ organizationKey }) => organizationKey),
      groups.map(({ keyHash }) => keyHash),
      groups.map(({ words }) => words),
      markers.map(([marker]) => marker),
      markers.map(([, spare]) => spare),
      groups.map(({ lane }) => lane),
      groups.map(({ since }) => since),
    ],
  );
  const ids = new Map(
    rows.map((row) => [
      identityText({
        connectionId: row.connection_id,
        accountId: row.account_id,
        organizationKey: row.organization_key,
        keyHash: row.key_hash,
      }),
      row.id as string,
    ]),
  );
  return { ids, looks: rows.some((row) => row.look_first !== null) };
}

/** Two groups that are made together may have come to one marker: the later one has its spare in both places. */
function firstMarkers(groups: readonly NewGroup[]): [marker: string, spare: string][] {
  const given = new Set<string>();
  return groups.map((group) => {
    const [marker, spare] = deriveMarkers(group, 1);
    const place = `${group.connectionId} ${marker}`;
    if (given.has(place)) return [spare, spare];
    given.add(place);
    return [marker, spare];
  });
}

/** These groups take what the brake keeps from opening tickets of their own. */
export async function markGathering(tx: Tx, workspaceId: string, groupIds: readonly string[]): Promise<void> {
  await tx.query(
    'update ticket_groups set gathers = true where workspace_id = $1 and id = any($2::bigint[]) and not gathers',
    [workspaceId, groupIds],
  );
}

/** What waits in these groups waits in another one from now on. */
export async function moveWaiting(
  tx: Tx,
  workspaceId: string,
  groupIds: readonly string[],
  target: string,
): Promise<void> {
  await tx.query(
    `update deliveries set group_id = $3, former_groups = former_groups || group_id
      where workspace_id = $1 and group_id = any($2::bigint[]) and place = 2`,
    [workspaceId, groupIds, target],
  );
  await clearWaiting(tx, workspaceId, groupIds);
}

/** Tells known groups that more deliveries wait in them; answers whether the PSA must be asked about some of them first. */
export async function rejoinGroups(
  tx: Tx,
  workspaceId: string,
  groups: readonly { id: string; lane: number; since: string }[],
): Promise<boolean> {
  if (groups.length === 0) return false;
  const { rows } = await tx.query<{ look_first: string | null }>(
    `update ticket_groups t
        set waiting_lane = greatest(t.waiting_lane, g.lane), waiting_since = least(t.waiting_since, g.since),
            look_first = ${lookOfKnownGroup('t', 'g.since')}
       from (select id, max(lane) as lane, min(since) as since
               from unnest($2::bigint[], $3::smallint[], $4::bigint[]) as i(id, lane, since) group by id) g
      where t.workspace_id = $1 and t.id = g.id
     returning t.look_first`,
    [
      workspaceId,
      groups.map(({ id }) => id),
      groups.map(({ lane }) => lane),
      groups.map(({ since }) => since),
    ],
  );
  return rows.some((row) => row.look_first !== null);
}

export interface ReadyGroup {
  id: string;
  connectionId: string;
  /** The best among the deliveries that wait in it. */
  lane: number;
  generation: number;
  marker: string;
  nextSeq: number;
  ticketState: TicketCondition;
  ticketRef: string | undefined;
  ticketNumber: string | undefined;
  previousNumber: string | undefined;
  /** Age of what we know of the ticket, in milliseconds. */
  checkedAgoMs: number;
  /** The ration of notes on its ticket, as it was so many milliseconds ago (promise P7). */
  noteCredit: number;
  noteCreditAgoMs: number;
  accountId: string;
  organizationKey: string;
  keyHash: Uint8Array;
  /** Of the ticket that follows this one, once this one is closed, gone or shut. */
  nextMarker: string | undefined;
  /** Takes what the brake kept from opening tickets of its own. */
  gathers: boolean;
  /** Notes were refused for good, and no note on the ticket says so yet. */
  hasGap: boolean;
  /** Milliseconds of database time. */
  closedAt: number | undefined;
  turnedAt: number | undefined;
  /** What befell its ticket, for the trace of what is written to it. */
  lifeWords: string | undefined;
  /** Why what is written next is what it is; told in its text (promise P13). */
  lifeNotice?: string;
}

/** Groups in which deliveries wait and nothing is under way, best lane first, then the longest wait. */
export async function loadReadyGroups(
  tx: Tx,
  workspaceId: string,
  wanted: readonly { channelId: string; limit: number }[],
): Promise<ReadyGroup[]> {
  if (wanted.length === 0) return [];
  const { rows } = await tx.query(
    `select g.id, g.connection_id, g.waiting_lane, g.generation, g.marker, g.next_seq, g.ticket_state, g.ticket_ref,
            g.ticket_number, g.previous_number, extract(epoch from now() - g.ticket_checked_at)::float8 * 1000 as checked_ago,
            g.note_credit, extract(epoch from now() - g.note_credit_at)::float8 * 1000 as note_credit_ago,
            g.account_id, g.organization_key, g.key_hash, g.gathers, g.gap_delivery_ids <> '{}' as has_gap,
            g.life_words, extract(epoch from g.ticket_closed_at)::float8 * 1000 as closed_at,
            extract(epoch from g.turned_at)::float8 * 1000 as turned_at
       from unnest($2::uuid[], $3::int[]) with ordinality as c(channel_id, most, ord)
      cross join lateral (
        select * from ticket_groups g
         where g.workspace_id = $1 and g.connection_id = c.channel_id and g.waiting_lane is not null
           and g.busy_write_id is null and (g.blocked_until is null or g.blocked_until <= clock_timestamp())
           and g.look_first is null
           and (g.gap_until is null or g.gap_until <= clock_timestamp() or g.waiting_lane = 2)
         order by g.waiting_lane desc, g.waiting_since limit c.most) g
      order by c.ord, g.waiting_lane desc, g.waiting_since`,
    [workspaceId, wanted.map(({ channelId }) => channelId), wanted.map(({ limit }) => limit)],
  );
  const groups: ReadyGroup[] = rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    lane: row.waiting_lane,
    generation: row.generation,
    marker: row.marker,
    nextMarker: undefined,
    nextSeq: row.next_seq,
    ticketState: row.ticket_state,
    ticketRef: row.ticket_ref ?? undefined,
    ticketNumber: row.ticket_number ?? undefined,
    previousNumber: row.previous_number ?? undefined,
    checkedAgoMs: row.checked_ago ?? Number.POSITIVE_INFINITY,
    noteCredit: row.note_credit,
    noteCreditAgoMs: row.note_credit_ago ?? 0,
    accountId: row.account_id,
    organizationKey: row.organization_key,
    keyHash: row.key_hash,
    gathers: row.gathers,
    closedAt: row.closed_at ?? undefined,
    turnedAt: row.turned_at ?? undefined,
    lifeWords: row.life_words ?? undefined,
    hasGap: row.has_gap,
  }));
  const nextMarkers = await loadNextMarkers(tx, workspaceId, groups);
  for (const group of groups) group.nextMarker = nextMarkers.get(group.id);
  return groups;
}

/** Groups that must wait although they are free: `waitMs` from now. */
export async function blockGroups(
  tx: Tx,
  workspaceId: string,
  groups: readonly { id: string; waitMs: number }[],
): Promise<void> {
  if (groups.length === 0) return;
  await tx.query(
    `update ticket_groups g set blocked_until = now() + make_interval(secs => b.wait / 1000)
       from unnest($2::bigint[], $3::float8[]) as b(id, wait) where g.workspace_id = $1 and g.id = b.id`,
    [workspaceId, groups.map(({ id }) => id), groups.map(({ waitMs }) => waitMs)],
  );
}

/** Groups in which, on a closer look, nothing waits any more. */
export async function clearWaiting(tx: Tx, workspaceId: string, groupIds: readonly string[]): Promise<void> {
  if (groupIds.length === 0) return;
  await tx.query(
    `update ticket_groups set waiting_lane = null, waiting_since = null
      where workspace_id = $1 and id = any($2::bigint[])`,
    [workspaceId, groupIds],
  );
}
