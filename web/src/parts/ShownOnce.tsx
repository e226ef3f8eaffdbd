import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface ShownOnceProps {
  title: string;
  /** What it is for, and where to keep it. */
  children: ReactNode;
  /** The secret; several lines are copied as they stand. */
  value: string;
  /** What is copied: "key", "link". */
  what: string;
}

/** A secret that is shown now and never again. */
export function ShownOnce({ title, children, value, what }: ShownOnceProps) {
  return (
    <Alert color="green" title={title} role="status">
      <Stack gap="sm" align="flex-start">
        <Text>{children}</Text>
        <Code block w="100%" className="shownOnce" aria-label={`The ${what}`}>
          {value}
        </Code>
        <Group gap="sm">
          <CopyButton value={value}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : `Copy the ${what}`}
              </Button>
            )}
          </CopyButton>
          <Text size="sm" className="quiet">
            It is shown this once.
          </Text>
        </Group>
      </Stack>
    </Alert>
  );
}
