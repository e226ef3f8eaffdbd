import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageProps {
  title: string;
  /** In place of the title on the page, where it is more than plain text. */
  heading?: ReactNode;
  /** One or two sentences: what this page is for. */
  intro?: ReactNode;
  /** At the right of the title; one of them is the primary action. */
  actions?: ReactNode;
  /** Above the title: where one has come from. */
  above?: ReactNode;
  children: ReactNode;
}

/** The frame of a page: its title, what it is for, and what one can do. */
export function Page({ title, heading, intro, actions, above, children }: PageProps) {
  useDocumentTitle(`${title} · Herald`);
  return (
    <Stack gap="lg" maw={1400}>
      <Stack gap={4}>
        {above}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Stack gap={4} className={intro ? 'pageHead' : undefined}>
            <Title order={1}>{heading ?? title}</Title>
            {intro && (
              <Text className="quiet pageIntro" maw={720}>
                {intro}
              </Text>
            )}
          </Stack>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Stack>
      {children}
    </Stack>
  );
}
