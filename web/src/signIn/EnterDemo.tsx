import { Anchor, Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { askOutside } from '../api/client.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { Outside } from './Outside.tsx';

/** The demo needs no account: one click makes an administrator of its own. */
export function EnterDemo({ psaUrl, onIn }: { psaUrl: string; onIn(): void }) {
  const enter = useMutation({
    mutationFn: () => askOutside('POST', '/api/session/demo', {}),
    meta: { showsProblem: true },
    onSuccess: onIn,
  });
  return (
    <Outside
      title="The demo of Herald"
      intro="Alerts come in and become tickets in a simulated PSA. Nothing leaves this machine; try everything."
    >
      {enter.error && <ProblemAlert error={enter.error} />}
      <Button loading={enter.isPending} onClick={() => enter.mutate()}>
        Enter the demo
      </Button>
      <Text size="sm">
        Side by side with it:{' '}
        <Anchor href={psaUrl} target="_blank" rel="noreferrer" size="sm">
          the simulated PSA
        </Anchor>{' '}
        and its tickets.
      </Text>
    </Outside>
  );
}
