/**
 * What a drain looks for beside its rounds: uncertain writes whose look-up is due, writes that nobody sends any more,
 * and late second tickets. None of it belongs to the normal path.
 */

import type { Logger } from 'pino';
import { crashPoint } from '../crashPoints.ts';
import type { Database } from '../db/database.ts';
import type { Refusal } from '../psa/contract.ts';
import type { Channel } from './channel.ts';
import { wakeForgotten } from './forgotten.ts';
import { loadOpenWrites, nextDue } from './journal.ts';
import { lookFirst } from './lookFirst.ts';
import { reconcile } from './reconcile.ts';
import type { Held, OpenWrite } from './round.ts';
import { look } from './send.ts';
import type { WriteEvent } from './step.ts';

export interface LooksParts {
  db: Database;
  log: Logger;
  workspaceId: string;
  /** Database time in milliseconds. */
  now(): number;
  /** Something happened to a write. */
  take(channel: Channel, write: OpenWrite, event: WriteEvent): void;
  begin(work: () => Promise<void>): void;
  wakeAt(at: number): void;
  onSurplus(count: number): void;
  onRefused(channel: Channel, refusal: Pick<Refusal, 'reason' | 'text' | 'retryAfterMs'>): Promise<void>;
}

export interface Looks {
  /** Begins what is due on these channels; each of them may be read now. */
  around(held: Held, channels: readonly Channel[]): Promise<void>;
}

/** As many look-ups of a connection at once; after a refused login the others are not made. */
const mostAtOnce = 4;
/** A look-up that was due and could not be made is asked for again after this long, not at once. */
const soonestMs = 1_000;

export function createLooks(parts: LooksParts): Looks {
  const { db, log, workspaceId, take, begin } = parts;
  let isRechecking = false;
  let isLookingFirst = false;
  let walkedTo = '0';

  async function lookOne(channel: Channel, write: OpenWrite): Promise<void> {
    const begunAt = parts.now();
    const finding = await look(channel, write);
    log.info({ workspaceId, writeId: write.writeId, found: finding.kind }, 'delivery.looked');
    if (finding.kind === 'failed') await parts.onRefused(channel, finding);
    take(channel, write, { kind: 'looked', finding, begunAt });
  }

  function recheck(held: Held, channels: readonly Channel[]): void {
    if (isRechecking) return;
    isRechecking = true;
    const healthy = new Map(channels.map((channel) => [channel.connectionId, channel]));
    begin(async () => {
      try {
        await reconcile(db, workspaceId, { channels: healthy, now: held.now }, parts);
      } finally {
        isRechecking = false;
      }
    });
  }

  function lookAfterRestore(held: Held, channels: readonly Channel[]): void {
    if (isLookingFirst) return;
    isLookingFirst = true;
    const healthy = new Map(channels.map((channel) => [channel.connectionId, channel]));
    begin(async () => {
      try {
        await lookFirst(parts, held, healthy);
      } finally {
        isLookingFirst = false;
      }
    });
  }

  return {
    async around(held, channels) {
      crashPoint('before-look-around');
      const { open, at, walked } = await db.inWorkspace(workspaceId, async (tx) => ({
        walked: await wakeForgotten(tx, workspaceId, walkedTo),
        open: await loadOpenWrites(tx, workspaceId, channels, mostAtOnce),
        at: await nextDue(tx, workspaceId, channels),
      }));
      crashPoint('after-look-around');
      walkedTo = walked.after;
      if (walked.woken > 0) {
        log.warn({ workspaceId, groups: walked.woken }, 'delivery.forgotten');
        parts.wakeAt(held.now);
      }
      for (const write of open) {
        const channel = held.channels.get(write.channelId);
        if (!channel || channel.busy.has(write.writeId)) continue;
        channel.busy.add(write.writeId);
        if (write.state.phase === 'sending') take(channel, write, { kind: 'takenOver' });
        else begin(() => lookOne(channel, write));
      }
      if (at !== undefined) parts.wakeAt(Math.max(at, held.now + soonestMs));
      recheck(held, channels);
      lookAfterRestore(held, channels);
    },
  };
}
