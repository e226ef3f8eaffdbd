import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** One part of a page of settings, at readable width. */
export function Section({
  title,
  intro,
  children,
}: {
  title: string;
  intro?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Stack component="section" aria-label={title} gap="sm" maw={640}>
      <Stack gap={2}>
        <Title order={2}>{title}</Title>
        {intro && <Text className="quiet">{intro}</Text>}
      </Stack>
      {children}
    </Stack>
  );
}
