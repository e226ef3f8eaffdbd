import { ActionIcon, Button, Fieldset, Group, Stack, Text } from '@mantine/core';
import { matchLabelOf } from '../frame/words.ts';
import { fieldId } from '../step.ts';
import { OverrideRow, type RowValues } from './OverrideRow.tsx';
import { errorOf, errorsIn, type FieldProps } from './props.ts';

/** Rows that change some defaults for certain alerts. Empty is fine (req 84–90). */
export function OverridesField({ field, form, connectionId }: FieldProps<'overrides'>) {
  const { key, label, help } = field;
  const rows = (form.values[key] ?? []) as RowValues[];
  const put = (next: RowValues[]) => form.set(key, next);
  const matchLabel = matchLabelOf(field);
  const half = errorsIn(form, key).find(({ field: place }) => place === key)?.message;
  return (
    <Fieldset legend={label} id={fieldId(key)} tabIndex={-1} variant="unstyled" className="wizardFieldset">
      <Stack gap="xs">
        <Text size="xs" className="quiet">
          {help} {rows.length === 0 && 'Empty is fine: the defaults above hold for all tickets.'}
        </Text>
        {rows.map((row, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <Group key={at} gap="xs" align="flex-start" wrap="nowrap" role="group" aria-label={`Row ${at + 1}`}>
            <OverrideRow
              field={field}
              form={form}
              connectionId={connectionId}
              at={at}
              row={row}
              matchLabel={matchLabel}
              onChange={(next) => put(rows.with(at, next))}
              errorAt={(part) => errorOf(form, `${key}[${at}].${part}`) ?? errorOf(form, `${key}[${at}]`)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={2}
              aria-label={`Remove row ${at + 1}`}
              disabled={form.whyNot !== undefined}
              onClick={() => put(rows.toSpliced(at, 1))}
            >
              ×
            </ActionIcon>
          </Group>
        ))}
        {half && (
          <Text size="xs" role="alert" className="wrong">
            {half}
          </Text>
        )}
        {form.whyNot === undefined && (
          <Group>
            <Button size="compact-sm" variant="default" onClick={() => put([...rows, {}])}>
              Add a row
            </Button>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
