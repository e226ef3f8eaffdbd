/** The rows of the journal in memory, and what a patch does to one of them: the SQL of src/deliver/journal.ts in words. */
import type { AttemptPatch, DeliveryPatch, GroupPatch } from '../../src/deliver/journal.ts';
import type { Content, OpenWrite } from '../../src/deliver/round.ts';
import type { WriteState } from '../../src/deliver/step.ts';

export const channelId = 'channel';
/** Inputs that a write can do without. */
export const fallbacks = ['contact'];

export interface DeliveryRow {
  /** Its number in the order of acceptance. */
  id: string;
  /** The group that its alert belongs to. */
  home: GroupRow;
  group: GroupRow | undefined;
  state: DeliveryPatch['state'] | 'sending';
  lane: number;
  tries: number;
  without: readonly string[];
}

export interface GroupRow {
  id: string;
  generation: number;
  nextSeq: number;
  ticketState: 'none' | 'open' | 'gone' | 'shut';
  ticketRef: string | undefined;
  /** Those that its writes have come to. */
  tickets: Set<string>;
  busyWriteId: string | undefined;
  blockedUntil: number | undefined;
  /** A note was refused for good: the next one waits for a person so long. */
  gapUntil: number | undefined;
  waiting: { lane: number; since: number } | undefined;
}

export interface AttemptRow {
  write: WriteRow;
  n: number;
  state: 'sending' | AttemptPatch['state'];
  startedAt: number;
  looks: number;
  failedLooks: number;
  misses: number;
  lastMissAt: number | undefined;
  nextLookAt: number | undefined;
  recheckAt: number | undefined;
  rechecks: number;
}

/** Frozen. */
export type WriteRow = Omit<OpenWrite, 'state'>;

export const emptyGroup = (id: string): GroupRow => ({
  id,
  generation: 1,
  nextSeq: 1,
  ticketState: 'none',
  ticketRef: undefined,
  tickets: new Set(),
  busyWriteId: undefined,
  blockedUntil: undefined,
  gapUntil: undefined,
  waiting: undefined,
});

/** When its next write may begin. */
export const readyAt = ({ blockedUntil, gapUntil }: GroupRow): number =>
  Math.max(blockedUntil ?? 0, gapUntil ?? 0);

/** Its place in the queue: the best lane first, then the longest wait. */
export const rank = ({ waiting }: GroupRow): number => waiting?.lane ?? 0;
export const since = ({ waiting }: GroupRow): number => waiting?.since ?? 0;

/** The next ticket has a key of its own. */
export function nextGeneration(group: GroupRow): void {
  group.generation += 1;
  group.nextSeq = 1;
  group.ticketState = 'none';
  group.ticketRef = undefined;
}

/** Only what the journal and a look-up need of a draft. */
export function contentOf(group: GroupRow, alerts: number): Content {
  const marker = `${group.id}.${group.generation}`;
  if (group.ticketState !== 'open') return { kind: 'ticket', draft: { key: marker } } as Content;
  const draft = { key: `${marker}/${group.nextSeq}` };
  return { kind: alerts > 1 ? 'digest' : 'note', ticketRef: group.ticketRef, draft } as Content;
}

export function waitingOf(rest: readonly DeliveryRow[]): GroupRow['waiting'] {
  const [next] = rest;
  return next && { lane: Math.max(...rest.map(({ lane }) => lane)), since: Number(next.id) };
}

export function addWaiting(group: GroupRow, { lane, since }: { lane: number; since: number }): void {
  const before = group.waiting ?? { lane, since };
  group.waiting = { lane: Math.max(before.lane, lane), since: Math.min(before.since, since) };
}

export function applyToAttempt(attempt: AttemptRow, patch: AttemptPatch, now: number): void {
  attempt.state = patch.state;
  attempt.looks = patch.looks;
  attempt.failedLooks = patch.failedLooks;
  attempt.misses = patch.misses;
  attempt.lastMissAt = patch.lastMissAt ?? undefined;
  attempt.nextLookAt = patch.nextLookAt ?? undefined;
  attempt.recheckAt = patch.recheckInMs === null ? undefined : now + patch.recheckInMs;
}

export function applyToGroup(group: GroupRow, { ticket, blockedUntil, waiting, gap }: GroupPatch): void {
  group.busyWriteId = undefined;
  if (ticket) group.ticketState = ticket.state;
  if (ticket?.ref !== undefined) {
    group.ticketRef = ticket.ref;
    group.tickets.add(ticket.ref);
  }
  group.blockedUntil = blockedUntil ?? undefined;
  if (gap) group.gapUntil = gap === 'named' ? undefined : gap.until;
  if (waiting) addWaiting(group, { lane: waiting.lane, since: Number(waiting.since) });
}

export function applyToDelivery(delivery: DeliveryRow, patch: DeliveryPatch): void {
  if (delivery.state !== 'pending' && delivery.state !== 'sending' && delivery.state !== 'uncertain') return;
  delivery.state = patch.state;
  if (patch.countsAsTry) delivery.tries += 1;
  if (patch.without !== undefined) delivery.without = [...delivery.without, patch.without];
  if (patch.leavesGroup) delivery.group = undefined;
}

/** As a worker reads it back. */
export function toOpenWrite(attempt: AttemptRow): OpenWrite {
  return { ...attempt.write, state: stateOf(attempt) };
}

function stateOf(attempt: AttemptRow): WriteState {
  const { n, startedAt, looks, failedLooks, misses, lastMissAt, nextLookAt } = attempt;
  if (attempt.state === 'sending') return { phase: 'sending', attempt: n, startedAt };
  return {
    phase: 'uncertain',
    attempt: n,
    startedAt,
    looks,
    failedLooks,
    misses,
    lastMissAt,
    nextLookAt: nextLookAt ?? startedAt,
  };
}
