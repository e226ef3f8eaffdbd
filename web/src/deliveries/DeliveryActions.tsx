import { Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { send } from '../api/client.ts';
import { useSession, whyNot } from '../api/session.ts';
import type { Delivery } from '../api/types.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { isMail } from '../parts/channel.ts';
import { type Question, useConfirm } from '../parts/confirm.tsx';
import { tellDone } from '../parts/tell.tsx';

const mayRetry = ({ state }: Delivery): boolean => state === 'failed' || state === 'skipped';

/** An uncertain one only when Herald cannot find out by itself. */
const mayDiscard = ({ state, attempts }: Delivery): boolean =>
  state === 'pending' ||
  state === 'held' ||
  state === 'failed' ||
  (state === 'uncertain' && Boolean(attempts?.at(-1)?.lookProblem));

/** What a person may do with a delivery as it stands; nothing where Herald goes on by itself. */
export function DeliveryActions({ delivery }: { delivery: Delivery }) {
  const { role } = useSession();
  const confirm = useConfirm();
  const decide = useDecision(delivery.id);
  const why = whyNot(role, 'operator');
  const ask = async (verb: 'retry' | 'discard', question: Question) => {
    const answer = await confirm(question);
    if (answer) decide.mutate({ verb, reason: answer.reason });
  };
  if (!mayRetry(delivery) && !mayDiscard(delivery)) return null;
  return (
    <Group gap="xs">
      {mayRetry(delivery) && (
        <ActionButton
          size="compact-md"
          whyNot={why}
          loading={decide.isPending}
          onClick={() => ask('retry', retryQuestion(delivery))}
        >
          {delivery.state === 'skipped' ? 'Send it after all' : 'Try again'}
        </ActionButton>
      )}
      {mayDiscard(delivery) && (
        <ActionButton
          size="compact-md"
          variant="default"
          whyNot={why}
          loading={decide.isPending}
          onClick={() => ask('discard', discardQuestion(delivery))}
        >
          Discard
        </ActionButton>
      )}
    </Group>
  );
}

interface Decision {
  verb: 'retry' | 'discard';
  reason: string | undefined;
}

function useDecision(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, reason }: Decision) =>
      send<Delivery>('POST', `/deliveries/${encodeURIComponent(id)}/${verb}`, {
        body: reason === undefined ? {} : { reason },
      }),
    onSuccess: async (_delivery, { verb }) => {
      tellDone(verb === 'retry' ? 'It was put back in line.' : 'It was discarded; the log says why.');
      await Promise.all([
        client.invalidateQueries({ queryKey: ['alerts', 'one'] }),
        client.invalidateQueries({ queryKey: ['deliveries'] }),
      ]);
    },
  });
}

const nameOf = ({ connectionName }: Delivery): string => connectionName ?? 'the PSA';

const toWhom = ({ address }: Delivery): string => address || 'its recipients';

const retryQuestion = (delivery: Delivery): Question => ({
  title: delivery.state === 'skipped' ? 'Send it after all?' : 'Try it again?',
  text: isMail(delivery)
    ? `The mail to ${toWhom(delivery)} goes back in line.${mayArriveTwice(delivery)}`
    : `This delivery goes back in line for ${nameOf(delivery)}. It becomes a ticket there, or a note on the ticket of its group.`,
  action: delivery.state === 'skipped' ? 'Send it' : 'Try again',
  reason: 'optional',
});

/** It is another mail, which mail programs do not know as a copy. */
const mayArriveTwice = ({ state, reason }: Delivery): string =>
  state === 'failed' && reason === 'unclear'
    ? ' It may have arrived already: then its recipient gets a second mail.'
    : '';

function lossOf(delivery: Delivery): string {
  if (isMail(delivery)) {
    return `No further mail about it goes to ${toWhom(delivery)}. The alert stays, and the log says who discarded it and why.`;
  }
  return delivery.state === 'uncertain'
    ? 'Herald cannot find out whether it arrived. Look in the PSA first, and write down what you saw. Everything that was sent with it ends too.'
    : `No ticket is made for it in ${nameOf(delivery)}. The alert stays, and the log says who discarded it and why.`;
}

const discardQuestion = (delivery: Delivery): Question => ({
  title: 'Discard this delivery?',
  text: lossOf(delivery),
  action: 'Discard',
  isDangerous: true,
  reason: 'required',
});
