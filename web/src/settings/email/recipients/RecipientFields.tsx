import { Checkbox, Group, SimpleGrid, Textarea, TextInput } from '@mantine/core';
import { type Severity, severities, severityLabel } from '../../../parts/Severity.tsx';
import type { RecipientDraft } from './draft.ts';

interface RecipientFieldsProps {
  draft: RecipientDraft;
  errorOf(field: string): string | undefined;
  onChange(part: Partial<RecipientDraft>): void;
}

/** Who gets mail, of which alerts, and why (req 110, 24, 119). */
export function RecipientFields({ draft, errorOf, onChange }: RecipientFieldsProps) {
  return (
    <>
      <TextInput
        label="E-mail address"
        description="One address. A distribution list counts as one."
        inputMode="email"
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
        spellCheck={false}
        value={draft.address}
        error={errorOf('address')}
        onChange={(event) => onChange({ address: event.currentTarget.value })}
      />
      <Checkbox.Group
        label="Gets alerts that are"
        value={[...draft.severities]}
        error={errorOf('severities')}
        onChange={(chosen) => onChange({ severities: chosen as Severity[] })}
      >
        <Group gap="md" mt={6}>
          {severities.map((one) => (
            <Checkbox key={one} value={one} label={severityLabel(one)} size="sm" />
          ))}
        </Group>
      </Checkbox.Group>
      <Textarea
        label="Why it gets mail"
        description="For those who look through this list later."
        autosize
        minRows={1}
        maxRows={5}
        maxLength={2_000}
        value={draft.note}
        error={errorOf('note')}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Owner"
          description="Who answers for it."
          maxLength={200}
          value={draft.owner}
          error={errorOf('owner')}
          onChange={(event) => onChange({ owner: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="Look at it again on"
          description="It is listed under Reviews then."
          value={draft.reviewOn}
          error={errorOf('reviewOn')}
          onChange={(event) => onChange({ reviewOn: event.currentTarget.value })}
        />
      </SimpleGrid>
    </>
  );
}
