/**
 * What the product does, in order. `accept`: alerts are stored with their plan, and acknowledged after COMMIT.
 * `deliver`: one round of a workspace, in which outcomes are settled and the next writes are frozen, then sent.
 *
 *     intake → accept: settings, plan, store → COMMIT → 202
 *            → deliver: settle, assign, choose, freeze → COMMIT → send → outcome → the next round settles it
 */

import { type Accepted, acceptBatch, type Incoming } from './alerts/index.ts';
import { crashPoint } from './crashPoints.ts';
import type { Database } from './db/database.ts';
import { assignWaiting } from './deliver/assign.ts';
import { chooseWrites } from './deliver/choose.ts';
import { freezeWrites } from './deliver/freeze.ts';
import { holdLeases } from './deliver/journal.ts';
import { type Held, type Round, type RoundWork, returnSlots } from './deliver/round.ts';
import { settleOutcomes } from './deliver/settle.ts';
import type { Settings } from './plan/types.ts';
import type { Permit } from './psa/contract.ts';
import type { SettingsCache } from './settings/index.ts';

/** One transaction for alerts that arrived together; answers in their order. */
export async function accept(
  db: Database,
  settings: SettingsCache,
  workspaceId: string,
  entries: readonly Incoming[],
): Promise<Accepted[]> {
  const accepted = await db.inWorkspace(workspaceId, async (tx) => {
    const current = await settings.inStep(tx, workspaceId);
    const stored = await acceptBatch(tx, workspaceId, current, entries);
    crashPoint('before-accept-commit');
    return stored;
  });
  crashPoint('after-accept-commit');
  return accepted;
}

/**
 * One round over the channels of a workspace that this worker leases; answers what is to be sent and looked up now
 * that the journal has committed. Channels whose lease is lost drop out, with everything that was theirs.
 */
export async function deliver(db: Database, settings: SettingsCache, work: RoundWork): Promise<Round> {
  const round = await db.inWorkspace(work.workspaceId, async (tx) => {
    returnSlots(work);
    const held = await holdLeases(tx, work);
    const current = await settings.inStep(tx, work.workspaceId);
    setShares(held, current);
    const settled = await settleOutcomes(tx, work, held, current);
    if (work.isClosing) return { ...nothingBegun, held, settled };
    const inOrder = withoutSorting(held, current);
    const assigned = await assignWaiting(tx, work, inOrder, current);
    const chosen = await chooseWrites(tx, work, inOrder, current);
    const frozen = await freezeWrites(tx, work, held, chosen, current);
    const attention = new Set([...current.connections.values()].filter((c) => c.attention).map((c) => c.id));
    const permits = startPermits(work, held);
    const more = assigned.more || chosen.moved;
    crashPoint('before-round-commit');
    const looks = settled.looks || assigned.looks;
    return { held, settled, more, looks, frozen, needs: chosen.needs, attention, permits };
  });
  crashPoint('after-round-commit');
  return round;
}

/** A change of the share takes effect in the round that follows it. */
function setShares({ channels }: Held, { connections }: Settings): void {
  for (const { connectionId, flow, adapter } of channels.values()) {
    flow.setShare(connections.get(connectionId)?.budgetShare ?? adapter.limits.share);
  }
}

/** While deliveries are put back in line (connections/backlog.ts), what comes now would overtake them. */
function withoutSorting(held: Held, { connections }: Settings): Held {
  const inOrder = [...held.channels].filter(([id]) => !connections.get(id)?.isSorting);
  return { ...held, channels: new Map(inOrder) };
}

const nothingBegun: Omit<Round, 'held' | 'settled'> = {
  more: false,
  looks: false,
  frozen: [],
  needs: { states: [], contacts: [], contracts: [], reopenings: [] },
  attention: new Set(),
  permits: new Map(),
};

/** The last thing before COMMIT: from here on, what was frozen may leave only for a short while (promises §2.2). */
function startPermits(work: RoundWork, { channels }: Held): ReadonlyMap<string, Permit> {
  return new Map([...channels].map(([id, channel]) => [id, work.startPermit(channel)]));
}
