/** What needs a person, by cause, and what a person decides for all deliveries of one. */
import type { By } from '../audit/index.ts';
import { record } from '../audit/index.ts';
import type { Database, Tx } from '../db/database.ts';
import { notFound, Problem } from '../errors.ts';
import {
  type After,
  type CauseRow,
  discardAll,
  listCauses,
  lockOfCause,
  putAllBack,
  type StandingState,
  standings,
} from './causeStore.ts';
import { whyNoDiscard, whyNoRetry } from './decide.ts';
import { failedWords } from './explain.ts';
import { hasChannel } from './store.ts';

/** What all of them are. */
export const stateOf = ({ standing }: Pick<CauseRow, 'standing'>): StandingState =>
  (Object.keys(standings) as StandingState[]).find((state) => standings[state] === standing) ?? 'failed';

/** The cause as a sentence. */
export function wordsOf(row: CauseRow): string {
  if (row.problem !== null && row.problem !== '') return row.problem;
  const name = row.channel_name ?? 'The connection';
  const state = stateOf(row);
  if (state === 'uncertain')
    return `${name} did not answer clearly; whether they arrived is being looked up.`;
  if (state === 'held' && row.reason === 'credentials') {
    return `${name} needs a person: ${row.attention ?? 'its credentials do not work.'}`;
  }
  if (state === 'held') return `${name} is paused${row.pause_reason ? ` (${row.pause_reason})` : ''}.`;
  const words = failedWords(row.reason);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export interface Decision {
  workspaceId: string;
  causeId: string;
  by: By;
  /** After each piece, with the connection whose turn it is. */
  wake(workspaceId: string, channelIds: readonly string[]): void;
}

/**
 * Puts all failed deliveries of a cause back in line, piece by piece; answers how many. What failed meanwhile for the same
 * cause is not taken a second time.
 * @throws Problem 404, or 409 with the reason why this cause cannot be retried
 */
export function retryCause(db: Database, decision: Decision): Promise<number> {
  return decide(db, decision, 'delivery.retry', async (tx, of, ids) => {
    const { state, channelId } = of;
    if (state !== 'failed') throw new Problem(409, 'notRetryable', whyNoRetry(of, decision.workspaceId));
    if (!(await hasChannel(tx, decision.workspaceId, channelId))) {
      throw new Problem(
        409,
        'notRetryable',
        'Their PSA connection was removed: there is nowhere to send them.',
      );
    }
    await putAllBack(tx, decision.workspaceId, ids);
    return 'pending';
  });
}

/**
 * Ends all failed or held deliveries of a cause; answers how many. `words` are kept with each.
 * @throws Problem 404, or 409 with the reason why this cause cannot be discarded
 */
export function discardCause(db: Database, decision: Decision, words: string): Promise<number> {
  return decide(db, decision, 'delivery.discard', async (tx, of, ids) => {
    if (of.state === 'uncertain')
      throw new Problem(409, 'notDiscardable', whyNoDiscard(of, decision.workspaceId));
    await discardAll(tx, decision.workspaceId, ids, words);
    return 'skipped';
  });
}

interface Of {
  state: StandingState;
  channelId: string;
}

type Work = (tx: Tx, of: Of, ids: readonly string[]) => Promise<'pending' | 'skipped'>;

async function decide(
  db: Database,
  { workspaceId, causeId, by, wake }: Decision,
  action: 'delivery.retry' | 'delivery.discard',
  work: Work,
): Promise<number> {
  const cause = await db.inWorkspace(workspaceId, async (tx) =>
    (await listCauses(tx, workspaceId)).find(({ id }) => id === causeId),
  );
  if (!cause) throw notFound('cause');
  const of = { state: stateOf(cause), channelId: cause.channel_id };
  let count = 0;
  for (let after: After | undefined = ['0', '0']; after; ) {
    const position: After = after;
    after = await db.inWorkspace(workspaceId, async (tx) => {
      const rows = await lockOfCause(tx, workspaceId, of.state, causeId, position);
      const last = rows.at(-1);
      if (!last) return undefined;
      const becomes = await work(
        tx,
        of,
        rows.map(({ id }) => id),
      );
      await record(tx, workspaceId, by, {
        action,
        target: { kind: 'delivery', id: causeId, name: `${rows.length} deliveries of one cause` },
        before: { state: of.state },
        after: { state: becomes },
      });
      count += rows.length;
      return [last.alertId, last.id];
    });
    if (after) wake(workspaceId, [of.channelId]);
  }
  return count;
}
