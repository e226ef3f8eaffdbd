import { Alert, Button, Group, List, Text } from '@mantine/core';

interface ConflictProps {
  /** What somebody else has changed, one sentence each. */
  differences: readonly string[];
  /** Shows the other state; what was typed is given up. */
  onLoad(): void;
  /** Saves what was typed all the same. */
  onOverwrite(): void;
}

/** Two people had the same thing open, and the other one saved first. */
export function Conflict({ differences, onLoad, onOverwrite }: ConflictProps) {
  return (
    <Alert color="yellow" title="Somebody else has changed this meanwhile" role="alert">
      <Text>Nothing was saved yet, and what you typed is still here. The other change:</Text>
      <List my="xs">
        {differences.map((difference) => (
          <List.Item key={difference}>{difference}</List.Item>
        ))}
      </List>
      <Group gap="xs">
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
