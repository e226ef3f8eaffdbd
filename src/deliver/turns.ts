/**
 * What befell the tickets of the groups that are to be written, read from the rows and decided by the policy table
 * (`ticketLife.ts`). Groups that can be written now come back as the rest of the round needs them; the others ask for a
 * read or a reopening, or wait.
 */
import type { Tx } from '../db/database.ts';
import type { Settings } from '../plan/types.ts';
import type { Channel } from './channel.ts';
import { blockGroups, type ReadyGroup } from './groups.ts';
import type { Held, Needs, RoundWork } from './round.ts';
import { type NextWrite, nextWrite } from './ticketLife.ts';
import { ticketStateMs } from './tickets.ts';
import { scaled } from './timing.ts';

/** Nothing turns twice within it (promise P13). */
const turnMs = 60 * 60_000;

/** A closed ticket that still takes notes comes back as open, with the reason in `lifeNotice`. */
export async function decideTickets(
  tx: Tx,
  work: RoundWork,
  held: Held,
  settings: Settings,
  { groups, needs }: { groups: readonly ReadyGroup[]; needs: Needs },
): Promise<ReadyGroup[]> {
  const ready: ReadyGroup[] = [];
  const waiting: { group: ReadyGroup; next: Extract<NextWrite, { kind: 'wait' }> }[] = [];
  for (const group of groups) {
    if (isOld(group)) {
      askForState(group, needs);
      continue;
    }
    const next = decide(group, held, settings);
    if (next.kind === 'wait') waiting.push({ group, next });
    else if (next.kind === 'reopen') askToReopen(group, next.why, settings, needs);
    else ready.push(asDecided(group, next));
  }
  const waits = waiting.map(({ group, next }) => ({ id: group.id, waitMs: next.until - held.now }));
  await blockGroups(tx, work.workspaceId, waits);
  await sayWhy(tx, work.workspaceId, waiting);
  return ready;
}

/** A ticket that people may have opened or closed meanwhile is looked at again; one that is lost stays lost. */
const isOld = ({ ticketState, checkedAgoMs }: ReadyGroup): boolean =>
  (ticketState === 'open' || ticketState === 'closed') && checkedAgoMs >= ticketStateMs;

function askForState(group: ReadyGroup, needs: Needs): void {
  const ticket = { groupId: group.id, ref: group.ticketRef as string };
  const channel = needs.states.find(({ channelId }) => channelId === group.connectionId);
  if (channel) {
    channel.tickets.push(ticket);
    channel.lane = Math.max(channel.lane, group.lane);
  } else needs.states.push({ channelId: group.connectionId, tickets: [ticket], lane: group.lane });
}

function decide(group: ReadyGroup, held: Held, settings: Settings): NextWrite {
  // It never had one: only the key of a ticket that may yet come late is spent.
  if (group.ticketRef === undefined) return { kind: 'firstTicket' };
  const { session, timing } = held.channels.get(group.connectionId) as Channel;
  const { ticketState: condition, closedAt, turnedAt } = group;
  const policy = {
    closedTicket: settings.connections.get(group.connectionId)?.tickets.closedTicket ?? off,
    canReopen: session.reopen !== undefined,
    turnMs: scaled(turnMs, timing),
  };
  return nextWrite({ condition, name: nameOf(group), closedAt, turnedAt }, policy, held.now);
}

const off = { action: 'new', days: 0 } as const;

const nameOf = ({ ticketNumber, ticketRef }: ReadyGroup): string => ticketNumber ?? ticketRef ?? '';

function askToReopen(group: ReadyGroup, words: string, settings: Settings, needs: Needs): void {
  const values = { ...settings.connections.get(group.connectionId)?.tickets.values };
  const { id: groupId, connectionId: channelId, lane } = group;
  needs.reopenings.push({ channelId, lane, groupId, ref: group.ticketRef as string, values, words });
}

function asDecided(group: ReadyGroup, next: NextWrite): ReadyGroup {
  if (!('why' in next) || next.why === undefined) return group;
  const ticketState = next.kind === 'note' ? 'open' : group.ticketState;
  return { ...group, ticketState, lifeNotice: next.why };
}

/** What waits says why, for people. */
async function sayWhy(
  tx: Tx,
  workspaceId: string,
  waiting: readonly { group: ReadyGroup; next: { why: string } }[],
): Promise<void> {
  if (waiting.length === 0) return;
  await tx.query(
    `update deliveries d set problem = w.why
       from unnest($2::bigint[], $3::text[]) as w(group_id, why)
      where d.workspace_id = $1 and d.group_id = w.group_id and d.place = 2 and d.problem is distinct from w.why`,
    [workspaceId, waiting.map(({ group }) => group.id), waiting.map(({ next }) => next.why)],
  );
}
