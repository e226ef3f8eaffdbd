import { Group, NumberInput, Select } from '@mantine/core';
import { fieldId } from '../step.ts';
import { errorOf, type FieldOf, type FieldProps } from './props.ts';

type Policy = FieldOf<'closedTicket'>['default'];

const actions: { value: Policy['action']; label: string }[] = [
  { value: 'new', label: 'A new ticket that names the closed one' },
  { value: 'reopen', label: 'The closed ticket is opened again' },
  { value: 'keepAdding', label: 'Notes are added; the ticket stays closed' },
];

/** For so many days one begins, when closed tickets are to be used again. */
const usualDays = 7;
const mostDays = 365;

/** What becomes of an alert whose ticket is closed (decision 14). */
export function ClosedTicketField({ field, form }: FieldProps<'closedTicket'>) {
  const { key, label, help } = field;
  const { action, days } = (form.values[key] ?? field.default) as { action: Policy['action']; days?: number };
  const isDisabled = form.whyNot !== undefined;
  return (
    <Group gap="sm" align="flex-end">
      <Select
        id={fieldId(key)}
        label={label}
        description={help}
        flex="1 1 280px"
        data={actions}
        allowDeselect={false}
        disabled={isDisabled}
        value={action}
        error={errorOf(form, key) ?? errorOf(form, `${key}.action`)}
        onChange={(chosen) =>
          form.set(key, { action: chosen, days: chosen === 'new' ? 0 : days || usualDays })
        }
      />
      {action !== 'new' && (
        <NumberInput
          id={fieldId(`${key}.days`)}
          label="Days after closing"
          w={140}
          min={0}
          max={mostDays}
          allowDecimal={false}
          allowNegative={false}
          disabled={isDisabled}
          value={days ?? ''}
          error={errorOf(form, `${key}.days`)}
          onChange={(given) => form.set(key, given === '' ? { action } : { action, days: Number(given) })}
        />
      )}
    </Group>
  );
}
