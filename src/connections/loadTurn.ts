/** When a load of accounts may make its next call: it gives way to the deliveries (promise P8). */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asker, type Asking, beginAsking, type Where } from './ask.ts';
import { keepWaiting } from './directoryStore.ts';
import type { Sessions } from './session.ts';

/** A load under way, with the credentials that it began with. */
export interface Load extends Where {
  startedAt: Date;
  revision: string;
}

/** While no call may be made, it is looked at this often whether one may: the wait may end before its time. */
const lookAgainMs = 30_000;

/**
 * Waits until the load may make a call, and says meanwhile what it waits for. Undefined when it makes none any more: this
 * process stops, another one has taken it over, or other credentials are in use.
 * @throws Problem 409 when the login was refused meanwhile, 404 when the connection is gone
 */
export async function awaitTurn(
  parts: Asker & { sessions: Sessions },
  load: Load,
  stopping: AbortSignal,
): Promise<Asking | undefined> {
  const { workspaceId, connectionId, startedAt } = load;
  while (!stopping.aborted) {
    const asking = await beginAsking(parts, load);
    if (asking.revision !== load.revision) return undefined;
    const gate = await parts.sessions.gateOf(load, asking.adapter, 1);
    if (gate.kind === 'open') return asking;
    const isOurs = await parts.db.inWorkspace(workspaceId, (tx) =>
      keepWaiting(tx, workspaceId, connectionId, startedAt, gate.words),
    );
    if (!isOurs) return undefined;
    await rest(Math.min(gate.waitMs, lookAgainMs), stopping);
  }
  return undefined;
}

/** Ends early when this process stops. */
export const rest = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
