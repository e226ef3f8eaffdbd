import { Stack, Text } from '@mantine/core';
import type { Connection } from '../../api/types.ts';
import { useConfirm } from '../../parts/confirm.tsx';
import { tellDone, tellProblem } from '../../parts/tell.tsx';
import { Misreading } from './Misreading.tsx';
import { useConnectionChange } from './useConnectionChange.ts';

/** Asks, and pauses: no write at all goes to that PSA, and nothing is lost (decisions 5, 6). */
export function usePause({ id, name, label }: Connection): () => Promise<void> {
  const ask = useConfirm();
  const { change, look } = useConnectionChange(id);
  return async () => {
    const ifMatch = await look().catch((error: unknown) => {
      tellProblem(error);
      return undefined;
    });
    if (ifMatch === undefined) return;
    const answer = await ask({
      title: `Pause ${name}?`,
      text: (
        <Stack gap="xs">
          <Text>
            No ticket and no note is written to {label} until it is resumed. Alerts are still accepted and
            held: none is lost, and all settings stay.
          </Text>
          <Misreading about="stop" />
        </Stack>
      ),
      action: 'Pause',
      reason: 'optional',
    });
    if (!answer) return;
    change.mutate(
      { method: 'POST', path: '/pause', body: { reason: answer.reason }, ifMatch },
      { onSuccess: () => tellDone(`${name} was paused. New alerts are held.`) },
    );
  };
}
