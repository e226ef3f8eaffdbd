import { Group, NumberInput, Stack, Switch, Text } from '@mantine/core';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps } from './props.ts';

type Brake = { tickets?: number; minutes?: number } | null;

/** How many new tickets in how many minutes; off is a choice of its own. */
export function BrakeField({ field, form }: FieldProps<'brake'>) {
  const { key, label, help, default: usual } = field;
  const value = (form.values[key] === undefined ? usual : form.values[key]) as Brake;
  const isDisabled = form.whyNot !== undefined;
  const number = (part: 'tickets' | 'minutes', most: number, words: string) => (
    <NumberInput
      id={fieldId(`${key}.${part}`)}
      size="xs"
      w={130}
      label={words}
      min={1}
      max={most}
      allowDecimal={false}
      allowNegative={false}
      disabled={isDisabled}
      value={value?.[part] ?? ''}
      error={errorOf(form, `${key}.${part}`)}
      onChange={(given) => {
        const { [part]: _old, ...others } = value ?? {};
        form.set(key, given === '' ? others : { ...others, [part]: Number(given) });
      }}
    />
  );
  return (
    <Stack gap={6}>
      <Switch
        id={fieldId(key)}
        label={label}
        description={help}
        error={errorOf(form, key)}
        checked={value !== null}
        disabled={isDisabled}
        onChange={(event) => form.set(key, event.currentTarget.checked ? usual : null)}
      />
      {value ? (
        <Group gap="sm" align="flex-start">
          {number('tickets', 10_000, 'New tickets')}
          {number('minutes', 1_440, 'In minutes')}
        </Group>
      ) : (
        <Text size="sm" className="quiet">
          Off: a flood of alerts opens as many tickets.
        </Text>
      )}
    </Stack>
  );
}
