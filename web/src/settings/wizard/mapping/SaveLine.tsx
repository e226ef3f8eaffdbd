import { Button, Group, Text } from '@mantine/core';
import type { RowEdits } from './useRowEdits.ts';

interface SaveLineProps {
  edits: RowEdits<unknown>;
  isAutomatic: boolean;
  /** One of what is saved, and several. */
  nouns: readonly [one: string, many: string];
  savingWords: string;
  savedWords: string;
  /** All that is not saved can be taken back at once. */
  canUndoAll: boolean;
}

/** Below a mapping table: how far it is saved, and the way to save it where it does not save itself. */
export function SaveLine(props: SaveLineProps) {
  const { edits, isAutomatic, nouns, canUndoAll } = props;
  const count = edits.changes.size;
  return (
    <Group gap="sm" mih={30}>
      <Text size="sm" className="quiet" role="status">
        {wordsOf(props)}
      </Text>
      {!isAutomatic && count > 0 && (
        <Button size="xs" loading={edits.isSaving} onClick={() => void edits.save()}>
          {`Save ${counted(count, nouns)}`}
        </Button>
      )}
      {canUndoAll && count > 0 && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => edits.undo()}>
          Undo all
        </Button>
      )}
    </Group>
  );
}

const counted = (count: number, [one, many]: SaveLineProps['nouns']): string =>
  count === 1 ? `1 ${one}` : `${count.toLocaleString('en')} ${many}`;

function wordsOf({ edits, isAutomatic, nouns, savingWords, savedWords }: SaveLineProps): string {
  const { changes, refused, isSaving } = edits;
  if (isSaving) return savingWords;
  if (changes.size === 0) return savedWords;
  const many = `${counted(changes.size, nouns)} ${changes.size === 1 ? 'is' : 'are'} not saved`;
  if (refused.size > 0) return `${many}: see the rows that say why. They are kept in this browser.`;
  return isAutomatic ? `${many} yet.` : `${many}; kept in this browser until you save.`;
}

/** Why one cannot go on, when rows cannot be stored as they are, and the first of these organizations. */
export function holdOf(
  { refused, changes }: Pick<RowEdits<unknown>, 'refused' | 'changes'>,
  noun: string,
): { words: string; organizationId: string } | undefined {
  const wrong = [...refused].filter(([id]) => changes.has(id));
  const [first] = wrong;
  if (!first) return undefined;
  const [organizationId, reason] = first;
  const words =
    wrong.length === 1
      ? `One ${noun} is not saved. ${reason}`
      : `${wrong.length} ${noun}s are not saved: see their rows.`;
  return { words, organizationId };
}
