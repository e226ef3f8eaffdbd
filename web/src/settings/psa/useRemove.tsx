import { isStale } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import type { Connection } from '../../api/types.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tellDone, tellProblem } from '../../parts/tell.tsx';
import { useConnectionChange } from './useConnectionChange.ts';

/** Asks, and removes; when deliveries wait for it, says how many are given up and asks about them. */
export function useRemove({ id, name, label, status }: Connection): () => Promise<void> {
  const ask = useConfirm();
  const { change, look } = useConnectionChange(id, { showsProblem: true });
  return async () => {
    const ifMatch = await look();
    const text =
      status === 'draft'
        ? 'What was entered for it is forgotten.'
        : `Its credentials, its mapping and its ticket settings are forgotten. Tickets that exist in ${label} stay, and so does the record of what was sent. Organizations that go there fall back to the default connection.`;
    const answer = await ask({
      title: `Remove ${name}?`,
      text,
      action: 'Remove',
      isDangerous: true,
      reason: 'optional',
    });
    if (!answer) return;
    const { reason } = answer;
    const remove = (path: string) => change.mutateAsync({ method: 'DELETE', path, ifMatch, reason });
    try {
      await remove('').catch(async (error: unknown) => {
        const { code, errors } = asProblem(error);
        if (code !== 'deliveriesOpen') throw error;
        const question = {
          title: 'Alerts still wait for it',
          action: 'Give them up and remove',
          isDangerous: true,
        };
        const text = waitingWords(errors[0]?.count ?? 1);
        if (!(await ask({ ...question, text }))) throw declined;
        return remove('?force=true');
      });
      tellDone(`${name} was removed.`);
    } catch (error) {
      if (error === declined) return;
      tellProblem(
        isStale(error)
          ? new Error('Somebody else has changed it meanwhile. Look at it, and try again.')
          : error,
      );
    }
  };
}

const waitingWords = (count: number): string =>
  count === 1
    ? '1 delivery still waits for this connection. It would never become a ticket.'
    : `${count} deliveries still wait for this connection. They would never become tickets.`;

/** The person does not want it after all. */
const declined = Symbol('declined');
