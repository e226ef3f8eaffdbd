import { Button, Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { ActionButton } from '../../../parts/ActionButton.tsx';
import type { Counts, Show } from './rows.ts';

interface MappingBarProps {
  q: string;
  show: Show | undefined;
  counts: Counts;
  whyNot: string | undefined;
  onSearch(q: string): void;
  onShow(show: Show | undefined): void;
  onAcceptExact(): void;
  /** Takes back the last "accept all". */
  onUndoAll: (() => void) | undefined;
}

/** Above the mapping table: which rows are seen, and what can be done to many of them. */
export function MappingBar({
  q,
  show,
  counts,
  whyNot,
  onSearch,
  onShow,
  onAcceptExact,
  onUndoAll,
}: MappingBarProps) {
  const number = (count: number) => count.toLocaleString('en');
  return (
    <Group gap="sm" justify="space-between">
      <Group gap="sm" flex="1 1 auto">
        <TextInput
          type="search"
          size="xs"
          aria-label="Search organizations and accounts"
          placeholder="Search organizations ( / )"
          value={q}
          onChange={(event) => onSearch(event.currentTarget.value)}
          flex="1 1 180px"
        />
        <SegmentedControl
          size="xs"
          aria-label="Which organizations are shown"
          value={show ?? 'all'}
          onChange={(value) => onShow(value === 'all' ? undefined : (value as Show))}
          data={[
            { value: 'all', label: `All ${number(counts.all)}` },
            { value: 'open', label: `Open ${number(counts.open)}` },
            { value: 'mapped', label: `Mapped ${number(counts.mapped)}` },
            { value: 'suggested', label: `Suggested ${number(counts.suggested)}` },
          ]}
        />
      </Group>
      <Group gap="xs">
        {onUndoAll && (
          <Button size="xs" variant="subtle" color="gray" onClick={onUndoAll}>
            Undo
          </Button>
        )}
        {counts.exact > 0 ? (
          <ActionButton size="xs" variant="light" whyNot={whyNot} onClick={onAcceptExact}>
            {counts.exact === 1 ? 'Accept 1 exact match' : `Accept ${number(counts.exact)} exact matches`}
          </ActionButton>
        ) : (
          counts.suggested === 0 &&
          counts.open > 0 && (
            <Text size="xs" className="quiet">
              No further names match.
            </Text>
          )
        )}
      </Group>
    </Group>
  );
}
