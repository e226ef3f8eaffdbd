/** Notifications at the upper right: something was done, or was not. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { asProblem } from '../api/problem.ts';

/** Confirms what was done, in one sentence; with `undo`, one click takes it back. */
export function tellDone(message: string, undo?: () => void): void {
  const look = { color: 'green', withBorder: true } as const;
  if (!undo) {
    notifications.show({ ...look, message, autoClose: 6_000 });
    return;
  }
  const id = crypto.randomUUID();
  const takeBack = () => {
    notifications.hide(id);
    undo();
  };
  const text = (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Text span>{message}</Text>
      <Button size="compact-sm" variant="default" onClick={takeBack} flex="none">
        Undo
      </Button>
    </Group>
  );
  // Longer than others: it has to be read and decided upon.
  notifications.show({ ...look, id, message: text, autoClose: 12_000 });
}

/** Says what was not done and why; stays until it is closed. */
export function tellProblem(error: unknown): void {
  const { message, errors } = asProblem(error);
  notifications.show({
    title: 'Not done',
    message: [message, ...errors.map((one) => one.message)].join(' '),
    color: 'red',
    withBorder: true,
    autoClose: false,
  });
}
