import { Group, Stack, TextInput } from '@mantine/core';
import { ActionButton } from '../../parts/ActionButton.tsx';

interface SaveSettingsProps {
  isDirty: boolean;
  isSaving: boolean;
  whyNot: string | undefined;
  reason: string;
  onReason(text: string): void;
}

/** The end of a form of mail settings: why it is changed, and Save. */
export function SaveSettings({ isDirty, isSaving, whyNot, reason, onReason }: SaveSettingsProps) {
  return (
    <Stack gap="sm" maw={560}>
      {isDirty && (
        <TextInput
          label="Why this change (optional)"
          description="It stands in the audit, for those who ask later."
          maxLength={500}
          value={reason}
          onChange={(event) => onReason(event.currentTarget.value)}
        />
      )}
      <Group>
        <ActionButton type="submit" loading={isSaving} whyNot={whyNot}>
          Save
        </ActionButton>
      </Group>
    </Stack>
  );
}
