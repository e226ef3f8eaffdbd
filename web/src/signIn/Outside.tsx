import { Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Skip } from '../parts/Skip.tsx';

interface OutsideProps {
  title: string;
  intro?: ReactNode;
  children: ReactNode;
}

/** The frame of pages for people who are not signed in: one card in the middle. */
export function Outside({ title, intro, children }: OutsideProps) {
  useDocumentTitle(`${title} · Herald`);
  return (
    <Container size={440} px="md" py={{ base: 'xl', sm: 80 }}>
      <Skip />
      <Stack component="main" id="main" gap="lg">
        <Group gap={8} justify="center">
          <img src="/herald.svg" alt="" width={26} height={26} />
          <Text span fw={600} size="lg">
            Herald
          </Text>
        </Group>
        <Paper withBorder p={{ base: 'md', sm: 'xl' }} radius="md">
          <Stack gap="md">
            <Stack gap={4}>
              <Title order={1}>{title}</Title>
              {intro && <Text className="quiet">{intro}</Text>}
            </Stack>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Container>
  );
}
