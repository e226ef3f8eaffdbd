import { Anchor, Button, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { askOutside } from '../api/client.ts';
import { ProblemAlert } from '../parts/ProblemAlert.tsx';
import { Outside } from './Outside.tsx';

interface Places {
  psaUrl: string;
  mailUrl: string;
}

/** The demo needs no account: one click makes an administrator of its own. */
export function EnterDemo({ places, onIn }: { places: Places; onIn(): void }) {
  const enter = useMutation({
    mutationFn: () => askOutside('POST', '/api/session/demo', {}),
    meta: { showsProblem: true },
    onSuccess: onIn,
  });
  return (
    <Outside
      title="The demo of Herald"
      intro="Alerts come in and become tickets in a simulated PSA, and mails. Nothing leaves this machine; try everything."
    >
      {enter.error && <ProblemAlert error={enter.error} />}
      <Button loading={enter.isPending} onClick={() => enter.mutate()}>
        Enter the demo
      </Button>
      <Text size="sm">
        Side by side with it:{' '}
        <Anchor href={places.psaUrl} target="_blank" rel="noreferrer" size="sm">
          the simulated PSA
        </Anchor>{' '}
        with its tickets, and{' '}
        <Anchor href={places.mailUrl} target="_blank" rel="noreferrer" size="sm">
          the mailbox
        </Anchor>{' '}
        with all mails.
      </Text>
    </Outside>
  );
}
