import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** In place of an empty list: what will be here, and the one button that starts it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <Paper withBorder p="xl">
      <Stack align="flex-start" gap="xs" maw={560}>
        <Title order={2}>{title}</Title>
        <Text className="quiet">{children}</Text>
        {action}
      </Stack>
    </Paper>
  );
}
