/**
 * The brake (promise P7, test E3): an organization that opens more tickets than it may gets one ticket that gathers the
 * rest. It holds only while the window is full and releases itself; what is gathered stays where it is.
 */
import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.ts';
import type { Settings } from '../plan/types.ts';
import type { ChosenWrite } from './chosen.ts';
import {
  type GroupIdentity,
  identityText,
  joinGroups,
  markGathering,
  moveWaiting,
  type ReadyGroup,
} from './groups.ts';
import type { RoundWork } from './round.ts';

/** In place of the values of a subject: no group of alerts has this key. */
const gatheringKey = createHash('sha256').update('gathers what the brake holds back').digest();

/** How many tickets each organization may still open; counts down as writes are chosen. */
export interface Brake {
  /** Whether this group may open a ticket of its own now. A gathering group always may. */
  mayOpen(group: ReadyGroup): boolean;
  opened(group: ReadyGroup): void;
}

const organizationOf = ({ connectionId, organizationKey }: ReadyGroup) =>
  `${connectionId} ${organizationKey}`;

/** Reads how many tickets the organizations of these groups opened in the window of their connection. */
export async function readBrake(
  tx: Tx,
  workspaceId: string,
  groups: readonly ReadyGroup[],
  settings: Settings,
): Promise<Brake> {
  const braked = groups.filter(
    (group) => group.ticketState !== 'open' && !group.gathers && brakeOf(group, settings) !== null,
  );
  const opened = await countOpened(tx, workspaceId, braked, settings);
  return {
    mayOpen(group) {
      const brake = brakeOf(group, settings);
      if (group.gathers || brake === null || isCounted(group)) return true;
      return (opened.get(organizationOf(group)) ?? 0) < brake.tickets;
    },
    opened(group) {
      const organization = organizationOf(group);
      if (!group.gathers && !isCounted(group)) opened.set(organization, (opened.get(organization) ?? 0) + 1);
    },
  };
}

/** Its ticket was counted when it was first tried; what was refused and is tried again is no further ticket. */
const isCounted = ({ ticketState, nextSeq }: ReadyGroup): boolean => ticketState === 'none' && nextSeq > 1;

const brakeOf = ({ connectionId }: ReadyGroup, settings: Settings) =>
  settings.connections.get(connectionId)?.tickets.brake ?? null;

async function countOpened(
  tx: Tx,
  workspaceId: string,
  groups: readonly ReadyGroup[],
  settings: Settings,
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const asked = [...new Map(groups.map((group) => [organizationOf(group), group])).values()];
  const { rows } = await tx.query<{ connection_id: string; organization_key: string; tickets: number }>(
    `select o.connection_id, o.organization_key, sum(o.tickets)::int as tickets
       from unnest($2::uuid[], $3::text[], $4::int[]) as asked(connection_id, organization_key, minutes)
       join opened_tickets o on o.workspace_id = $1 and o.connection_id = asked.connection_id
                            and o.organization_key = asked.organization_key
      where o.minute > now() - make_interval(mins => asked.minutes)
      group by 1, 2`,
    [
      workspaceId,
      asked.map(({ connectionId }) => connectionId),
      asked.map(({ organizationKey }) => organizationKey),
      asked.map((group) => brakeOf(group, settings)?.minutes ?? 0),
    ],
  );
  return new Map(rows.map((row) => [`${row.connection_id} ${row.organization_key}`, row.tickets]));
}

/** Counts the tickets that this round opens, in its transaction; old minutes of the same organizations are dropped. */
export async function recordOpened(
  tx: Tx,
  workspaceId: string,
  writes: readonly ChosenWrite[],
  settings: Settings,
): Promise<void> {
  const opening = writes.filter(
    ({ startsTicket, group }) =>
      startsTicket && !group.gathers && !isCounted(group) && brakeOf(group, settings) !== null,
  );
  if (opening.length === 0) return;
  const counts = [...Map.groupBy(opening, ({ group }) => organizationOf(group)).values()];
  await tx.query(
    `with counted as (
       select * from unnest($2::uuid[], $3::text[], $4::int[], $5::int[])
         as c(connection_id, organization_key, tickets, minutes)
     ), forgotten as (
       delete from opened_tickets o using counted c
        where o.workspace_id = $1 and o.connection_id = c.connection_id and o.organization_key = c.organization_key
          and o.minute <= now() - make_interval(mins => c.minutes)
     )
     insert into opened_tickets (workspace_id, connection_id, organization_key, minute, tickets)
     select $1, connection_id, organization_key, date_trunc('minute', now()), tickets from counted
     on conflict (workspace_id, connection_id, organization_key, minute) do update
        set tickets = opened_tickets.tickets + excluded.tickets`,
    [
      workspaceId,
      counts.map(([first]) => first?.group.connectionId),
      counts.map(([first]) => first?.group.organizationKey),
      counts.map(({ length }) => length),
      counts.map(([first]) => (first && brakeOf(first.group, settings)?.minutes) ?? 0),
    ],
  );
}

/** As many groups at once as one statement moves well within its time; the next round goes on. */
const mostGathered = 5_000;

/**
 * Moves what waits for a ticket of its own, in all groups of these organizations, into their gathering groups: all of it
 * at once, so that a gathering ticket tells it in the order of acceptance. A gathering group that is written in this
 * very round learns that more waits behind that write.
 */
export async function gather(
  tx: Tx,
  work: RoundWork,
  organizations: readonly ReadyGroup[],
  writes: readonly ChosenWrite[],
): Promise<void> {
  if (organizations.length === 0) return;
  const { workspaceId } = work;
  const sources = await loadSources(tx, workspaceId, organizations, writes);
  const targets = sources.map(({ lane, since, ...source }) => ({
    ...placeOf(source),
    words: 'Gathered: its organization opened more tickets than the brake allows.',
    lane,
    since,
  }));
  const { ids } = await joinGroups(tx, workspaceId, targets);
  await markGathering(tx, workspaceId, [...ids.values()]);
  for (const [i, { groupIds, lane, since }] of sources.entries()) {
    const target = ids.get(identityText(targets[i] as GroupIdentity)) as string;
    await moveWaiting(tx, workspaceId, groupIds, target);
    const write = writes.find(({ group }) => group.id === target);
    if (write) write.leftover = bothOf(write.leftover, { lane, since });
  }
}

interface Source {
  connectionId: string;
  organizationKey: string;
  accountId: string;
  groupIds: string[];
  lane: number;
  since: string;
}

/** Groups that wait for a ticket, by organization and account; not those whose ticket is chosen, nor test tickets. */
async function loadSources(
  tx: Tx,
  workspaceId: string,
  organizations: readonly ReadyGroup[],
  writes: readonly ChosenWrite[],
): Promise<Source[]> {
  const asked = [...new Map(organizations.map((group) => [organizationOf(group), group])).values()];
  const { rows } = await tx.query(
    `select connection_id, organization_key, account_id, array_agg(id) as ids, max(waiting_lane) as lane,
            min(waiting_since) as since
       from (
         select g.* from unnest($2::uuid[], $3::text[]) as o(connection_id, organization_key)
           join ticket_groups g on g.workspace_id = $1 and g.connection_id = o.connection_id
                               and g.organization_key = o.organization_key
          where g.waiting_lane is not null and g.busy_write_id is null and g.look_first is null
            and g.ticket_state <> 'open' and not g.gathers
            and not (g.ticket_state = 'none' and g.next_seq > 1) and g.id <> all($4::bigint[])
            and not exists (select from deliveries d where d.workspace_id = $1 and d.group_id = g.id and d.place = 2
                                                       and d.directed is not null)
          order by g.waiting_since limit ${mostGathered}) waiting
      group by 1, 2, 3`,
    [
      workspaceId,
      asked.map(({ connectionId }) => connectionId),
      asked.map(({ organizationKey }) => organizationKey),
      writes.map(({ group }) => group.id),
    ],
  );
  return rows.map((row) => ({
    connectionId: row.connection_id,
    organizationKey: row.organization_key,
    accountId: row.account_id,
    groupIds: row.ids,
    lane: row.lane,
    since: row.since,
  }));
}

const placeOf = ({
  connectionId,
  accountId,
  organizationKey,
}: Omit<Source, 'lane' | 'since'>): GroupIdentity => ({
  connectionId,
  accountId,
  organizationKey,
  keyHash: gatheringKey,
});

type Leftover = NonNullable<ChosenWrite['leftover']>;

function bothOf(known: Leftover | null, more: Leftover): Leftover {
  if (!known) return more;
  const since = BigInt(more.since) < BigInt(known.since) ? more.since : known.since;
  return { lane: Math.max(known.lane, more.lane), since };
}
