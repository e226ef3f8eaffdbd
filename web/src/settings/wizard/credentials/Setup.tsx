import { List, Stack, Text, Title } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../../api/session.ts';
import type { PsaKind } from '../../../api/types.ts';
import { OutLink } from '../../../parts/OutLink.tsx';

/** What must exist in the PSA before one begins, how to make it there, and what goes wrong often (req 39–47). */
export function Setup({ setup, label }: { setup: PsaKind['setup']; label: string }) {
  return (
    <Stack gap="md">
      <InDemo />
      <div>
        <Title order={3}>Before you begin</Title>
        <List size="sm" spacing={4} mt="xs">
          {setup.prerequisites.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      </div>
      <div>
        <Title order={3}>In {label}</Title>
        <List type="ordered" size="sm" spacing={4} mt="xs">
          {setup.steps.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      </div>
      <div className="mind">
        <Title order={3} mb="xs">
          Mind this
        </Title>
        <Stack gap={6}>
          {setup.warnings.map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
        </Stack>
      </div>
    </Stack>
  );
}

/** The demo's PSA has an API user already. */
function InDemo() {
  const { demo } = useSuspenseQuery(sessionQuery).data.options;
  if (!demo) return null;
  return (
    <div>
      <Title order={3} mb="xs">
        In the demo
      </Title>
      <Text size="sm">
        The simulated PSA has such a user already: what to enter stands on its page{' '}
        <OutLink to={`${demo.psaUrl}/api-user`}>API user</OutLink>.
      </Text>
    </div>
  );
}
