/**
 * Third part of a round: which groups are written now, and what. As many as the connection has slots for, best lane
 * first; a group whose ticket or contacts must be read first asks for that and waits for the next round.
 */
import type { Tx } from '../db/database.ts';
import type { Gap } from '../plan/gap.ts';
import type { Settings } from '../plan/types.ts';
import { sift } from './assign.ts';
import { type Brake, gather, readBrake } from './brake.ts';
import type { Channel } from './channel.ts';
import type { Chosen, ChosenWrite } from './chosen.ts';
import { loadBehind, loadWaiting, type Queue, type Waiting } from './claim.ts';
import { composeWrite, type NeedsReading } from './compose.ts';
import { loadGaps } from './gaps.ts';
import { blockGroups, clearWaiting, loadReadyGroups, type ReadyGroup } from './groups.ts';
import { type DeliveryPatch, patchDeliveries } from './journal.ts';
import { findPoison, unwritable } from './poison.ts';
import { type Held, type RoundWork, takeSlot } from './round.ts';
import { mostNotesAtOnce, noteCredit, waitForNote } from './throttle.ts';
import { decideTickets } from './turns.ts';

/** A digest counts at most so many alerts. */
const mostPerDigest = 20_000;
/** So many alerts of a group are read with their bodies; a digest needs little of the others. */
const mostInFull = Math.min(500, mostPerDigest);
/** Groups looked at beyond the free slots, when those at the front turn out not to be ready. */
const moreGroups = 20;

export async function chooseWrites(tx: Tx, work: RoundWork, held: Held, settings: Settings): Promise<Chosen> {
  const chosen: Chosen = {
    writes: [],
    needs: { states: [], contacts: [], contracts: [], reopenings: [] },
    moved: false,
  };
  const left = openSlots(held, settings);
  const seen = new Set<string>();
  // A second look is taken only where groups at the front were not ready after all.
  for (const spare of [0, moreGroups]) {
    const wanted = [...left]
      .filter(([, slots]) => slots > 0)
      .map(([channelId, slots]) => ({ channelId, limit: slots + spare }));
    const groups = await loadReadyGroups(tx, work.workspaceId, wanted);
    const fresh = groups.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    const unready = await chooseAmong(tx, work, held, settings, { groups: fresh, left, chosen });
    if (unready === 0) break;
  }
  return chosen;
}

/** How many writes each connection may begin; none for one that waits for a person. */
function openSlots(held: Held, settings: Settings): Map<string, number> {
  return new Map(
    [...held.channels.values()]
      .filter(({ connectionId }) => settings.connections.get(connectionId)?.attention === undefined)
      .map((channel) => [channel.connectionId, channel.flow.mayBegin(held.now)] as const)
      .filter(([, slots]) => slots > 0),
  );
}

interface Choosing {
  groups: readonly ReadyGroup[];
  /** Slots by connection; counted down. */
  left: Map<string, number>;
  chosen: Chosen;
}

/** Adds what can be written now to `chosen`; answers how many groups were not ready. */
async function chooseAmong(
  tx: Tx,
  work: RoundWork,
  held: Held,
  settings: Settings,
  { groups, left, chosen }: Choosing,
): Promise<number> {
  if (groups.length === 0) return 0;
  const alive = await decideTickets(tx, work, held, settings, { groups, needs: chosen.needs });
  const fresh = await withCredit(tx, work, held, alive);
  const queues = await loadQueues(tx, work.workspaceId, fresh);
  const brake = await readBrake(tx, work.workspaceId, fresh, settings);
  const gaps = await loadGaps(tx, work.workspaceId, fresh);
  const stopped: DeliveryPatch[] = [];
  const empty: string[] = [];
  const braked: ReadyGroup[] = [];
  let written = 0;
  for (const group of fresh) {
    const { deliveries, more } = queues.get(group.id) ?? { deliveries: [], more: false };
    const sifted = sift(deliveries, settings);
    stopped.push(...sifted.stopped);
    if (sifted.going.length === 0) {
      // What waits behind those that were stopped comes next.
      if (more) chosen.moved = true;
      else empty.push(group.id);
      continue;
    }
    if (!mayGo(group, sifted.going, brake)) {
      braked.push(group);
      continue;
    }
    const channel = held.channels.get(group.connectionId) as Channel;
    if ((left.get(group.connectionId) ?? 0) <= 0 || channel.flow.mayBegin(held.now, group.lane) <= 0)
      continue;
    const choice = chooseWrite(
      { group, channel, going: sifted.going, more, gap: gaps.get(group.id), now: held.now },
      work,
      held,
      settings,
    );
    if (choice.kind === 'write') {
      chosen.writes.push(choice.write);
      if (choice.write.startsTicket) brake.opened(group);
      left.set(group.connectionId, (left.get(group.connectionId) ?? 0) - 1);
      written += 1;
    } else if (choice.kind === 'needsContacts') {
      const { accountId, email } = choice;
      chosen.needs.contacts.push({ channelId: group.connectionId, accountId, email, lane: group.lane });
    } else if (choice.kind === 'needsContracts') {
      const { contractIds } = choice;
      chosen.needs.contracts.push({ channelId: group.connectionId, contractIds, lane: group.lane });
    } else if (choice.kind === 'poison') {
      stopped.push(choice.patch);
      // What waits behind it in its group can go now.
      chosen.moved = true;
    }
  }
  await patchDeliveries(tx, work.workspaceId, stopped);
  await clearWaiting(tx, work.workspaceId, empty);
  await gather(tx, work, braked, chosen.writes);
  chosen.moved ||= braked.length > 0;
  return groups.length - written;
}

/** A test that a person asked for goes out whatever the brake says. */
const mayGo = (group: ReadyGroup, going: readonly Waiting[], brake: Brake): boolean =>
  group.ticketState === 'open' || going[0]?.directed !== undefined || brake.mayOpen(group);

/** The groups whose ticket takes a note now; the others wait until it does (promise P7). */
async function withCredit(
  tx: Tx,
  work: RoundWork,
  held: Held,
  groups: readonly ReadyGroup[],
): Promise<ReadyGroup[]> {
  const waits = new Map(
    groups.map((group) => [group.id, waitForNote(creditOf(group, held), timingIn(group, held))]),
  );
  const blocked = groups
    .flatMap(({ id }) => ({ id, waitMs: waits.get(id) ?? 0 }))
    .filter(({ waitMs }) => waitMs > 0);
  await blockGroups(tx, work.workspaceId, blocked);
  return groups.filter(({ id }) => waits.get(id) === 0);
}

const timingIn = ({ connectionId }: ReadyGroup, { channels }: Held) =>
  (channels.get(connectionId) as Channel).timing;

const creditOf = (group: ReadyGroup, held: Held): number =>
  group.ticketState === 'open'
    ? noteCredit(group.noteCredit, group.noteCreditAgoMs, timingIn(group, held))
    : mostNotesAtOnce;

/** What waits in these groups; of one that takes all at once, everything. */
async function loadQueues(
  tx: Tx,
  workspaceId: string,
  groups: readonly ReadyGroup[],
): Promise<Map<string, Queue>> {
  const ids = groups.map(({ id }) => id);
  const queues = await loadWaiting(tx, workspaceId, ids, mostInFull);
  for (const group of groups) {
    const queue = queues.get(group.id);
    const last = queue?.deliveries.at(-1);
    if (!queue?.more || !last || !takesAll(group)) continue;
    const limit = mostPerDigest - queue.deliveries.length;
    const behind = await loadBehind(tx, workspaceId, { groupId: group.id, afterId: last.id, limit });
    queues.set(group.id, { ...behind, deliveries: [...queue.deliveries, ...behind.deliveries] });
  }
  return queues;
}

/** A ticket tells of one alert, and what waits behind it follows as a note; one that gathers tells of many. */
const takesAll = ({ ticketState, gathers }: ReadyGroup): boolean => ticketState === 'open' || gathers;

type Choice =
  | { kind: 'write'; write: ChosenWrite }
  | NeedsReading
  | { kind: 'poison'; patch: DeliveryPatch }
  | { kind: 'noSlot' };

interface Candidate {
  group: ReadyGroup;
  channel: Channel;
  going: readonly Waiting[];
  /** More deliveries wait in the group than those in `going`. */
  more: boolean;
  /** What is missing on the ticket and not said there yet. */
  gap: Gap | undefined;
  now: number;
}

function chooseWrite(candidate: Candidate, work: RoundWork, held: Held, settings: Settings): Choice {
  const { group, channel, going } = candidate;
  const place = nextPlace(group);
  const deliveries = takesAll(group) ? going : going.slice(0, 1);
  const compose = (some: readonly Waiting[]) =>
    composeWrite({ ...candidate, ...place, deliveries: some }, work.baseUrl, settings);
  let composed: ReturnType<typeof composeWrite>;
  try {
    composed = compose(deliveries);
  } catch (error) {
    return { kind: 'poison', patch: unwritable(findPoison(deliveries, compose), error) };
  }
  if (composed.kind !== 'content') return composed;
  if (!takeSlot(work, channel, group.id)) return { kind: 'noSlot' };
  const write: ChosenWrite = {
    group,
    channel,
    ...place,
    composed,
    deliveries,
    leftover: leftoverOf(candidate, deliveries.length),
    noteCredit: place.startsTicket ? mostNotesAtOnce : creditOf(group, held) - 1,
  };
  return { kind: 'write', write };
}

/** Its ticket takes nothing any more: the next one opens a new generation. */
const isOver = ({ ticketState }: ReadyGroup): boolean => ticketState !== 'none' && ticketState !== 'open';

interface Place {
  generation: number;
  marker: string;
  seq: number;
  startsTicket: boolean;
  continues: string | undefined;
}

/** A ticket that is closed or gone is followed by a new generation, which names it (decision 14, promise P13). */
function nextPlace(group: ReadyGroup): Place {
  if (isOver(group)) {
    return {
      generation: group.generation + 1,
      marker: group.nextMarker as string,
      seq: 1,
      startsTicket: true,
      continues: group.ticketNumber ?? group.ticketRef,
    };
  }
  return {
    generation: group.generation,
    marker: group.marker,
    seq: group.nextSeq,
    startsTicket: group.ticketState === 'none',
    continues: group.previousNumber,
  };
}

function leftoverOf({ going, more }: Candidate, taken: number): ChosenWrite['leftover'] {
  const rest = going.slice(taken);
  const next = rest[0];
  if (next) return { lane: Math.max(...rest.map(({ lane }) => lane)), since: next.id };
  const last = going.at(-1);
  return more && last ? { lane: last.lane, since: last.id } : null;
}
