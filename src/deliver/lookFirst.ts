/**
 * Look-first mode (promise P20, docs/adr/0007): after a restore the PSA may have tickets and notes that were made after
 * the backup. A group that was told to look is not written before the PSA was asked: whether it has the group's next
 * ticket, and what stands on it. What is found is taken over; what waits and stands there already counts as delivered.
 *
 *     ticket --found--> texts --the ticket takes notes--> (written as usual)
 *       ^  '--none----> (written as usual)  |
 *       '---------- closed or gone ---------'
 *
 * Before "none" counts, the ticket after the next one is looked for too: the next one may have been given up in the time
 * that is forgotten. A group whose ticket turns out later to take no more (`lookOfLostTicket`) looks again.
 *
 * What was found counts at once. That nothing more is there counts only when whatever was sent before the restore can no
 * longer appear: W and the search lag after it.
 */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database, Tx } from '../db/database.ts';
import type { Finding, Read, Refusal, TicketState, TicketText } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import { holdLeases } from './journal.ts';
import {
  type LookingGroup,
  loadLooking,
  type Taken,
  takeTexts,
  takeTicket,
  takeWait,
} from './lookFirstStore.ts';
import type { Held } from './round.ts';

export interface LookFirstParts {
  db: Database;
  log: Logger;
  workspaceId: string;
  /** Groups may be written now, or looked at again. */
  wakeAt(at: number): void;
  onRefused(channel: Channel, refusal: Refused): Promise<void>;
}

/** Groups of a connection that are looked at in one turn. */
const mostPerTurn = 20;
/** And how many of them at once. */
const mostAtOnce = 4;

/** Looks for every group that must and may, and wakes the drain when there is more to do. */
export async function lookFirst(
  parts: LookFirstParts,
  held: Held,
  channels: ReadonlyMap<string, Channel>,
): Promise<void> {
  const groups = await parts.db.inWorkspace(parts.workspaceId, (tx) =>
    loadLooking(tx, parts.workspaceId, [...channels.keys()], mostPerTurn),
  );
  const byChannel = Map.groupBy(groups, ({ connectionId }) => connectionId);
  const turns = await Promise.all(
    [...byChannel].map(([channelId, its]) => lookAtAll(parts, held, channels.get(channelId) as Channel, its)),
  );
  if (turns.includes('whole')) parts.wakeAt(held.now);
}

/** `refused`: the PSA could not be asked, and is asked again later. */
async function lookAtAll(
  parts: LookFirstParts,
  held: Held,
  channel: Channel,
  groups: readonly LookingGroup[],
): Promise<'whole' | 'refused'> {
  const states = await readStates(channel, groups);
  let refusal: Refused | undefined = states.kind === 'refused' ? states : undefined;
  for (let from = 0; from < groups.length && !refusal; from += mostAtOnce) {
    if (!channel.flow.mayRead(held.now)) return 'refused';
    const some = groups.slice(from, from + mostAtOnce);
    const known = states.kind === 'ok' ? states.value : new Map();
    const answers = await Promise.all(some.map((group) => lookAt(parts, channel, group, known)));
    refusal = answers.find((one) => one !== undefined);
  }
  if (!refusal) return 'whole';
  await parts.onRefused(channel, refusal);
  return 'refused';
}

/** In one call for all of them; the ticket that a group has may have been closed, deleted or merged since the backup. */
async function readStates(
  channel: Channel,
  groups: readonly LookingGroup[],
): Promise<Read<Map<string, TicketState>>> {
  const refs = groups.flatMap(({ step, ticketRef }) => (step === 'texts' && ticketRef ? [ticketRef] : []));
  if (refs.length === 0) return { kind: 'ok', value: new Map() };
  crashPoint('before-restored-states');
  const states = await channel.session.ticketStates(refs);
  crashPoint('after-restored-states');
  return states;
}

type Refused = Pick<Refusal, 'reason' | 'text' | 'retryAfterMs'>;

type Look = {
  kind: 'taken';
  work: (tx: Tx) => Promise<Taken>;
};

/** Answers why the PSA could not be asked, if so. */
async function lookAt(
  parts: LookFirstParts,
  channel: Channel,
  group: LookingGroup,
  states: ReadonlyMap<string, TicketState>,
): Promise<Refused | undefined> {
  const { timing } = channel;
  const provesAt = group.restoredAt + timing.settleMs + timing.searchLagMs;
  const isProof = group.readAt >= provesAt;
  crashPoint('before-restored-look');
  const look =
    group.step === 'ticket'
      ? await afterTickets(group, { channel, isProof, provesAt })
      : await afterTexts(group, states.get(group.ticketRef ?? ''), { channel, isProof, provesAt });
  crashPoint('after-restored-look');
  if (look.kind !== 'taken') return look;
  const { db, log, workspaceId } = parts;
  const taken = await db.inWorkspace(workspaceId, async (tx) => {
    const { channels } = await holdLeases(tx, { workspaceId, channels: [channel] });
    const done = channels.size === 0 ? undefined : await look.work(tx);
    crashPoint('before-restored-commit');
    return done;
  });
  crashPoint('after-restored-commit');
  if (taken && taken.writes > 0) {
    log.info(
      { workspaceId, channelId: channel.connectionId, groupId: group.id, ...taken },
      'delivery.foundAfterRestore',
    );
  }
  return undefined;
}

interface Looking {
  channel: Channel;
  isProof: boolean;
  provesAt: number;
}

async function afterTickets(
  group: LookingGroup,
  { channel, isProof, provesAt }: Looking,
): Promise<Look | Extract<Finding, { kind: 'failed' }>> {
  let sought = group.next;
  let finding = await channel.session.findTicket(sought.marker);
  if (finding.kind === 'none' && isProof) {
    sought = group.following;
    finding = await channel.session.findTicket(sought.marker);
  }
  switch (finding.kind) {
    case 'failed':
      return finding;
    case 'found': {
      const found = finding;
      return { kind: 'taken', work: (tx) => takeTicket(tx, channel, group, sought, found) };
    }
    case 'none':
      return { kind: 'taken', work: (tx) => takeWait(tx, channel, group, isProof ? null : provesAt) };
  }
}

async function afterTexts(
  group: LookingGroup,
  state: TicketState | undefined,
  looking: Looking,
): Promise<Look | Refusal> {
  const { channel, isProof, provesAt } = looking;
  const texts = await readTexts(channel, group, state);
  if (texts.kind === 'refused') return texts;
  return {
    kind: 'taken',
    work: (tx) =>
      takeTexts(tx, channel, group, { texts: texts.value, state, waitUntil: isProof ? null : provesAt }),
  };
}

async function readTexts(
  { session }: Channel,
  { ticketRef, backupAt }: LookingGroup,
  state: TicketState | undefined,
): Promise<Read<TicketText[]>> {
  if (ticketRef === undefined || state?.kind === 'gone') return { kind: 'ok', value: [] };
  const ref = state?.kind === 'merged' ? state.into.ref : ticketRef;
  return session.ticketTexts(ref, new Date(backupAt));
}
