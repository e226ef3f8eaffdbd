import { Button, Group, Popover, Stack, Textarea, TextInput, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { Target } from './rows.ts';

interface MappingNoteProps {
  organization: string;
  target: NonNullable<Target>;
  whyNot: string | undefined;
  tabIndex: number;
  onChange(part: { note: string; reviewOn: string | null }): void;
}

/** Why an organization goes to its account, and when somebody looks at it again (req 119, 120). */
export function MappingNote({ organization, target, whyNot, tabIndex, onChange }: MappingNoteProps) {
  const [isOpen, setOpen] = useState(false);
  const { note = '', reviewOn = null } = target;
  const isSet = note !== '' || reviewOn !== null;
  const words = [note, reviewOn && `To be looked at again on ${reviewOn}.`].filter(Boolean).join(' ');
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      trapFocus
      returnFocus
      shadow="md"
      width={320}
    >
      <Popover.Target>
        <Tooltip label={words} disabled={!isSet || isOpen} multiline maw={320}>
          <Button
            size="compact-xs"
            variant="subtle"
            color={isSet ? undefined : 'gray'}
            fw={isSet ? 600 : 400}
            className={isSet ? '' : 'quiet'}
            disabled={whyNot !== undefined && !isSet}
            tabIndex={tabIndex}
            aria-haspopup="dialog"
            aria-label={isSet ? `Note on ${organization}: ${words}` : `Add a note on ${organization}`}
            onClick={() => setOpen(true)}
          >
            {isSet ? 'Note ●' : 'Note'}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Note on ${organization}`}>
        {isOpen && (
          <Fields
            note={note}
            reviewOn={reviewOn ?? ''}
            isReadOnly={whyNot !== undefined}
            onDone={(next) => {
              setOpen(false);
              if (next) onChange(next);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

interface FieldsProps {
  note: string;
  /** Empty: never. */
  reviewOn: string;
  isReadOnly: boolean;
  onDone(next: { note: string; reviewOn: string | null } | undefined): void;
}

function Fields({ note: noteWas, reviewOn: reviewOnWas, isReadOnly, onDone }: FieldsProps) {
  const [note, setNote] = useState(noteWas);
  const [reviewOn, setReviewOn] = useState(reviewOnWas);
  return (
    <Stack gap="sm">
      <Textarea
        label="Why it goes there"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={2_000}
        readOnly={isReadOnly}
        data-autofocus
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label="Look at it again on"
        readOnly={isReadOnly}
        value={reviewOn}
        onChange={(event) => setReviewOn(event.currentTarget.value)}
      />
      <Group justify="flex-end" gap="xs">
        <Button size="compact-sm" variant="default" onClick={() => onDone(undefined)}>
          {isReadOnly ? 'Close' : 'Cancel'}
        </Button>
        {!isReadOnly && (
          <Button size="compact-sm" onClick={() => onDone({ note: note.trim(), reviewOn: reviewOn || null })}>
            Keep
          </Button>
        )}
      </Group>
    </Stack>
  );
}
