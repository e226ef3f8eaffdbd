import { Alert, Button, Group, List, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { asProblem } from '../api/problem.ts';

interface ProblemAlertProps {
  error: unknown;
  /** Shown as "Try again". */
  onRetry?: (() => void) | undefined;
  title?: string;
  /** Field errors that are shown beside their fields are not repeated here. */
  isBesideFields?: boolean;
  children?: ReactNode;
}

const besideFields = 'Look at what is marked below. What you typed is still here.';

/** What went wrong, why, and what to do. */
export function ProblemAlert({
  error,
  onRetry,
  title = 'That did not work',
  isBesideFields,
  children,
}: ProblemAlertProps) {
  const { message, errors } = asProblem(error);
  return (
    <Alert color="red" title={title} role="alert">
      <Text>{isBesideFields && errors.length > 0 ? besideFields : message}</Text>
      {!isBesideFields && errors.length > 0 && (
        <List mt="xs">
          {errors.map(({ field, message: wrong }) => (
            <List.Item key={field + wrong}>{wrong}</List.Item>
          ))}
        </List>
      )}
      {children}
      {onRetry && (
        <Group mt="sm">
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}
