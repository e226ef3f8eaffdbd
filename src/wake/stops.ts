/**
 * Refused logins on their way from a session to the stop of its connection. Each stop says which credentials were
 * refused, so that a late answer to the old ones does not stop the new ones (promise P8).
 */
import type { Session } from '../psa/contract.ts';
import type { Served, WorkerParts } from './parts.ts';

/** Waits between tries to store a stop; the last one is repeated. What waits is held already, so it must come. */
const pausesMs = [200, 1_000, 5_000];

export function createStops(
  { clock, log, stopConnection }: Pick<WorkerParts, 'clock' | 'log' | 'stopConnection'>,
  channelOf: (channelId: string) => Served | undefined,
  wake: (workspaceId: string) => void,
) {
  /** Which credentials of a channel were refused last. */
  const refused = new Map<string, string>();
  let isEnded = false;

  function note(channelId: string, revision: string): void {
    // A refusal of the credentials in use is not covered up by a late one of older ones.
    const known = refused.get(channelId);
    if (known === undefined || known !== channelOf(channelId)?.revision) refused.set(channelId, revision);
  }

  return {
    /** The same session, watched for refused logins. */
    watch(session: Session, channelId: string, revision: string): Session {
      return watchLogin(session, () => note(channelId, revision));
    },

    async stop(workspaceId: string, channelId: string, problem: string): Promise<void> {
      const revision = refused.get(channelId) ?? channelOf(channelId)?.revision;
      for (let run = 0; ; run++) {
        try {
          await stopConnection(workspaceId, channelId, problem, revision);
          break;
        } catch (error) {
          if (isEnded) throw error;
          log.warn({ workspaceId, channelId, err: error }, 'wake.stop.failed');
          await clock.sleep(pausesMs[Math.min(run, pausesMs.length - 1)] as number);
        }
      }
      // What is refused from here on is another refusal.
      if (refused.get(channelId) === revision) refused.delete(channelId);
      const channel = channelOf(channelId);
      if (!channel) return;
      if (channel.revision === revision) channel.needsPerson = true;
      else {
        // The gate is shared with the credentials in use: they have not been refused.
        channel.flow.renewed();
        wake(workspaceId);
      }
    },

    end(): void {
      isEnded = true;
    },
  };
}

/** Every answer of a session is a value; those that say so are of a refused login. */
function watchLogin(session: Session, onRefused: () => void): Session {
  return new Proxy(session, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const answer: unknown = await member.apply(target, args);
        if (isRefusedLogin(answer)) onRefused();
        return answer;
      };
    },
  });
}

function isRefusedLogin(answer: unknown): boolean {
  const { kind, reason } = (answer ?? {}) as { kind?: unknown; reason?: unknown };
  // A look-up that is refused answers `failed`.
  return (kind === 'refused' || kind === 'failed') && reason === 'auth';
}
