import { List, Stack, Text, Title } from '@mantine/core';
import type { PsaKind } from '../../../api/types.ts';

/** What must exist in the PSA before one begins, how to make it there, and what goes wrong often (req 39–47). */
export function Setup({ setup, label }: { setup: PsaKind['setup']; label: string }) {
  return (
    <Stack gap="md">
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
