/**
 * Second part of a round: waiting deliveries enter their ticket groups, in the order of acceptance and all of them
 * before any lane is looked at, so that lanes order groups and never the alerts within one.
 */
import type { Tx } from '../db/database.ts';
import { recheck, recheckConnection, resolve } from '../plan/index.ts';
import type { Grouping, Settings } from '../plan/types.ts';
import { enterGroups, loadEarlierGroups, loadUnassigned, type Waiting } from './claim.ts';
import { type GroupIdentity, identityText, joinGroups, type NewGroup, rejoinGroups } from './groups.ts';
import { type DeliveryPatch, patchDeliveries } from './journal.ts';
import { unwritable } from './poison.ts';
import type { Assigned, Held, RoundWork } from './round.ts';

const mostPerChannel = 300;

export async function assignWaiting(
  tx: Tx,
  work: RoundWork,
  held: Held,
  settings: Settings,
): Promise<Assigned> {
  const queue = await loadUnassigned(tx, work.workspaceId, [...held.channels.keys()], mostPerChannel);
  if (queue.deliveries.length === 0) return { more: false, looks: false };
  const sifted = sift(queue.deliveries, settings);
  const updates = sifted.going.filter(({ update }) => update === 'note');
  const earlier = await loadEarlierGroups(tx, work.workspaceId, updates);
  const { going, placed, poison } = placeAll(sifted.going, earlier, settings);
  await patchDeliveries(tx, work.workspaceId, [...sifted.stopped, ...poison]);
  const { ids, looks } = await joinGroups(tx, work.workspaceId, newGroups(going, placed));
  const entries = going.map((delivery, i) => {
    const place = placed[i] as Place;
    const groupId = place.kind === 'known' ? place.groupId : ids.get(identityText(place.identity));
    return { deliveryId: delivery.id, groupId: groupId as string, lane: delivery.lane };
  });
  const looksAgain = await rejoinGroups(
    tx,
    work.workspaceId,
    entries
      .filter((_, i) => placed[i]?.kind === 'known')
      .map(({ groupId, lane, deliveryId }) => ({ id: groupId, lane, since: deliveryId })),
  );
  await enterGroups(tx, work.workspaceId, entries);
  return { more: queue.more, looks: looks || looksAgain };
}

/** Switch, pause and "no ticket" are read again; whatever stops a delivery is written down with its words. */
export function sift(
  waiting: readonly Waiting[],
  settings: Settings,
): { going: Waiting[]; stopped: DeliveryPatch[] } {
  const going: Waiting[] = [];
  const stopped: DeliveryPatch[] = [];
  for (const delivery of waiting) {
    const verdict = delivery.directed
      ? recheckConnection(delivery.channelId, settings)
      : recheck(delivery, delivery.alert, settings);
    if (verdict.kind === 'go') going.push(delivery);
    else {
      const { reason, words } = verdict;
      stopped.push({ id: delivery.id, state: verdict.kind, reason, problem: words, leavesGroup: true });
    }
  }
  return { going, stopped };
}

type Place =
  | { kind: 'known'; groupId: string }
  | { kind: 'byKey'; identity: GroupIdentity; grouping: Grouping };

/** Where each goes; one of which no group can be made fails by itself. */
function placeAll(
  deliveries: readonly Waiting[],
  earlier: ReadonlyMap<string, string>,
  settings: Settings,
): { going: Waiting[]; placed: Place[]; poison: DeliveryPatch[] } {
  const going: Waiting[] = [];
  const placed: Place[] = [];
  const poison: DeliveryPatch[] = [];
  for (const delivery of deliveries) {
    try {
      placed.push(placeOf(delivery, earlier, deliveries, settings));
      going.push(delivery);
    } catch (error) {
      poison.push(unwritable(delivery, error));
    }
  }
  return { going, placed, poison };
}

function placeOf(
  delivery: Waiting,
  earlier: ReadonlyMap<string, string>,
  batch: readonly Waiting[],
  settings: Settings,
): Place {
  if (delivery.update === 'note') {
    const groupId = earlier.get(delivery.alertId);
    if (groupId !== undefined) return { kind: 'known', groupId };
    // Its alert's first delivery is in this very batch: the update goes where that one goes.
    const first = batch.find(({ alertId, update }) => alertId === delivery.alertId && update !== 'note');
    if (first) return placeByKey(first, settings);
  }
  return placeByKey(delivery, settings);
}

function placeByKey(delivery: Waiting, settings: Settings): Place {
  const { alert, organizationId, unassignedReference, channelId, directed } = delivery;
  const connection = settings.connections.get(channelId);
  if (!connection) throw new Error(`connection ${channelId} is leased but not in the settings`);
  const { accountId, grouping } = resolve(alert, organizationId, unassignedReference, connection, settings);
  const identity: GroupIdentity = {
    connectionId: channelId,
    accountId: directed?.accountId ?? accountId,
    organizationKey: grouping.organizationKey,
    keyHash: Buffer.from(grouping.key),
  };
  return { kind: 'byKey', identity, grouping };
}

function newGroups(going: readonly Waiting[], placed: readonly Place[]): NewGroup[] {
  const groups = new Map<string, NewGroup>();
  for (const [i, place] of placed.entries()) {
    if (place.kind === 'known') continue;
    const { id, lane } = going[i] as Waiting;
    const key = identityText(place.identity);
    const known = groups.get(key);
    if (known) known.lane = Math.max(known.lane, lane);
    else groups.set(key, { ...place.identity, words: place.grouping.words, lane, since: id });
  }
  return [...groups.values()];
}
