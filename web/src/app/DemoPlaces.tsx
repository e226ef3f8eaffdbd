import { Anchor, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/session.ts';

/** Within the demo: what stands beside Herald, and shows what came of its alerts. */
export function DemoPlaces() {
  const { data } = useSuspenseQuery(sessionQuery);
  const { demo } = data.options;
  if (!demo) return null;
  return (
    <Stack gap={2} px="sm" mt="md" component="section" aria-label="Demo">
      <Text size="xs" className="quiet">
        The demo, side by side:
      </Text>
      <Anchor href={demo.psaUrl} target="_blank" rel="noreferrer" size="sm">
        The simulated PSA
      </Anchor>
      <Anchor href={demo.mailUrl} target="_blank" rel="noreferrer" size="sm">
        The mailbox
      </Anchor>
    </Stack>
  );
}
