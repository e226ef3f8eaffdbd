import { Button, Group, Text } from '@mantine/core';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import type { Counts } from './rows.ts';

interface AcceptExactProps {
  counts: Counts;
  whyNot: string | undefined;
  onAccept(): void;
  /** Takes back the last "accept all". */
  onUndo: (() => void) | undefined;
}

/** Accepts all suggestions that have the name of their organization. */
export function AcceptExact({ counts, whyNot, onAccept, onUndo }: AcceptExactProps) {
  const { exact, suggested, open } = counts;
  return (
    <Group gap="xs">
      {onUndo && (
        <Button size="xs" variant="subtle" color="gray" onClick={onUndo}>
          Undo
        </Button>
      )}
      {exact > 0 ? (
        <ActionButton size="xs" variant="light" whyNot={whyNot} onClick={onAccept}>
          {exact === 1 ? 'Accept 1 exact match' : `Accept ${exact.toLocaleString('en')} exact matches`}
        </ActionButton>
      ) : (
        suggested === 0 &&
        open > 0 && (
          <Text size="xs" className="quiet">
            No further names match.
          </Text>
        )
      )}
    </Group>
  );
}
