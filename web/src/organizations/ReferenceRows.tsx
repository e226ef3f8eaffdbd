import './references.css';
import { CloseButton, Fieldset, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { ActionButton } from '../parts/ActionButton.tsx';
import { newRow, type ReferenceRow } from './draft.ts';
import { referenceKinds } from './references.ts';

interface ReferenceRowsProps {
  rows: readonly ReferenceRow[];
  /** Why they cannot be changed by this person. */
  whyNot: string | undefined;
  /** What is wrong with the row at this position. */
  errorOf(at: number): string | undefined;
  onChange(rows: ReferenceRow[]): void;
}

/** The references of an organization, one per row. */
export function ReferenceRows({ rows, whyNot, errorOf, onChange }: ReferenceRowsProps) {
  const change = (key: string, part: Partial<ReferenceRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <Fieldset legend="References" variant="unstyled" className="referenceRows">
      <Stack gap="xs">
        <Text size="sm" className="quiet">
          How senders name this organization. An alert that carries one of these belongs to it. With a source,
          it counts for alerts of that source only: another sender may use the same id for somebody else.
        </Text>
        {rows.map((row, at) => (
          <Row
            key={row.key}
            row={row}
            position={at + 1}
            isLocked={whyNot !== undefined}
            error={errorOf(at)}
            onChange={(part) => change(row.key, part)}
            onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
          />
        ))}
        {rows.length === 0 && (
          <Text size="sm">
            No reference yet: no alert finds this organization. Its alerts count as unassigned.
          </Text>
        )}
        <Group>
          <ActionButton
            variant="default"
            size="xs"
            whyNot={whyNot}
            onClick={() => onChange([...rows, newRow()])}
          >
            + Add reference
          </ActionButton>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface RowProps {
  row: ReferenceRow;
  /** From 1, for those who cannot see the rows. */
  position: number;
  isLocked: boolean;
  error: string | undefined;
  onChange(part: Partial<ReferenceRow>): void;
  onRemove(): void;
}

function Row({ row, position, isLocked, error, onChange, onRemove }: RowProps) {
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap" className="referenceRow">
      <NativeSelect
        aria-label={`Kind of reference ${position}`}
        data={referenceKinds}
        value={row.kind}
        disabled={isLocked}
        onChange={(event) => onChange({ kind: event.currentTarget.value })}
      />
      <TextInput
        aria-label={`Reference ${position}`}
        placeholder={examples[row.kind] ?? ''}
        flex={1}
        maxLength={500}
        readOnly={isLocked}
        value={row.value}
        error={error}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
      />
      <TextInput
        aria-label={`Source of reference ${position}`}
        placeholder="every source"
        maxLength={200}
        readOnly={isLocked}
        value={row.source}
        onChange={(event) => onChange({ source: event.currentTarget.value })}
      />
      {!isLocked && <CloseButton size="lg" aria-label={`Remove reference ${position}`} onClick={onRemove} />}
    </Group>
  );
}

const examples: Record<string, string> = {
  id: 'org-17',
  domain: 'northwind.example',
  tenantId: '11111111-2222-3333-4444-555555555555',
  name: 'Northwind Dental',
};
