import { Alert, Button, Group, List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { LastChange } from '../api/problem.ts';
import { newestEntryQuery } from '../audit/queries.ts';
import { Time } from './Time.tsx';

interface ConflictProps {
  /** What two people have changed, as the audit calls it. */
  target: { targetKind: string; targetId: string };
  /** Who was there last, if the refusal has said it; else the audit is asked. */
  lastChange: LastChange | undefined;
  /** What somebody else has changed, one sentence each. */
  differences: readonly string[];
  /** Shows the other state; what was typed is given up. */
  onLoad(): void;
  /** Saves what was typed all the same. */
  onOverwrite(): void;
}

/** Two people had the same thing open, and the other one saved first. */
export function Conflict({ target, lastChange, differences, onLoad, onOverwrite }: ConflictProps) {
  return (
    <Alert color="yellow" title="Somebody else has changed this meanwhile" role="alert">
      <Text>Nothing was saved yet, and what you typed is still here. The other change:</Text>
      <List my="xs">
        {differences.map((difference) => (
          <List.Item key={difference}>{difference}</List.Item>
        ))}
      </List>
      {lastChange ? <Last change={lastChange} /> : <Newest target={target} />}
      <Group gap="xs" mt="xs">
        <Button variant="default" onClick={onLoad}>
          Load the other state
        </Button>
        <Button variant="default" onClick={onOverwrite}>
          Save mine instead
        </Button>
      </Group>
    </Alert>
  );
}

function Newest({ target }: Pick<ConflictProps, 'target'>) {
  const { data } = useQuery({ ...newestEntryQuery(target), staleTime: 0 });
  const entry = data?.items[0];
  return entry && <Last change={{ by: entry.actor.name, at: entry.at }} />;
}

function Last({ change: { by, at } }: { change: LastChange }) {
  return (
    <Text size="sm">
      The last change here is by {by}, <Time at={at} />.
    </Text>
  );
}
