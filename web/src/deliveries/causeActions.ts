/** What can be done about everything that waits for one cause. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { counted as decided } from '../../../src/receipts/causeSchemas.ts';
import { send } from '../api/client.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { counted } from '../parts/figures.ts';
import { tellDone } from '../parts/tell.tsx';
import type { Cause } from './queries.ts';

const deliveries = (count: number): string => counted(count, 'delivery', 'deliveries');

interface Decision {
  verb: 'retry' | 'discard';
  reason: string | undefined;
}

export function useCauseActions({ id, count, connectionId, connectionName }: Cause) {
  const client = useQueryClient();
  const confirm = useConfirm();
  const { mutate, isPending } = useMutation({
    mutationFn: ({ verb, reason }: Decision) =>
      send<z.output<typeof decided>>('POST', `/deliveries/${verb}`, {
        body: { causeId: id, ...(reason !== undefined && { reason }) },
      }),
    onSuccess: async (done, { verb }) => {
      tellDone(
        `${deliveries(done.count)} ${done.count === 1 ? 'was' : 'were'} ${verb === 'retry' ? 'put back in line.' : 'discarded; the log says why.'}`,
      );
      await client.invalidateQueries({ queryKey: ['deliveries'] });
    },
  });
  const isMail = connectionId === null;
  const psa = connectionName ?? 'the PSA';
  const retry = async () => {
    const answer = await confirm({
      title: `Deliver ${deliveries(count)}?`,
      text: `They go back in line for ${isMail ? 'their recipients' : psa}, in their old order. Mend the cause first: what is refused again comes back here.`,
      action: 'Deliver',
      reason: 'optional',
    });
    if (answer) mutate({ verb: 'retry', reason: answer.reason });
  };
  const discard = async () => {
    const answer = await confirm({
      title: `Discard ${deliveries(count)}?`,
      text: `${isMail ? 'No mail is sent for them' : `No ticket is made for them in ${psa}`}. The alerts stay, and the log says who discarded them and why.`,
      action: 'Discard',
      isDangerous: true,
      reason: 'required',
    });
    if (answer) mutate({ verb: 'discard', reason: answer.reason });
  };
  return { retry, discard, isPending };
}
