import { Fieldset, NumberInput, SimpleGrid, Stack, Text } from '@mantine/core';
import { type Severity, severities } from '../../../parts/Severity.tsx';
import { fieldId } from '../step.ts';
import { errorOf, type FieldProps } from './props.ts';

const mostHours = 8_760;

/** Whole hours for each severity; an empty one gets what is usual. */
export function SeverityHoursField({ field, form }: FieldProps<'severityHours'>) {
  const { key, label, help, default: usual } = field;
  const value = (form.values[key] ?? usual) as Partial<Record<Severity, number>>;
  return (
    <Fieldset legend={label} id={fieldId(key)} tabIndex={-1} variant="unstyled" className="wizardFieldset">
      <Stack gap={6}>
        {help && (
          <Text size="xs" className="quiet">
            {help}
          </Text>
        )}
        <SimpleGrid cols={{ base: 2, xs: 5 }} spacing="xs">
          {severities.map((severity) => (
            <NumberInput
              key={severity}
              id={fieldId(`${key}.${severity}`)}
              size="xs"
              label={severity === 'informational' ? 'Info' : severity}
              aria-label={`Hours for ${severity}`}
              className="capital"
              min={1}
              max={mostHours}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              placeholder={String(usual[severity])}
              disabled={form.whyNot !== undefined}
              value={value[severity] ?? ''}
              error={errorOf(form, `${key}.${severity}`)}
              onChange={(hours) => form.set(key, withHours(value, severity, hours))}
            />
          ))}
        </SimpleGrid>
        {errorOf(form, key) && (
          <Text size="xs" role="alert" className="wrong">
            {errorOf(form, key)}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}

function withHours(value: Partial<Record<Severity, number>>, severity: Severity, hours: number | string) {
  const { [severity]: _old, ...others } = value;
  return hours === '' ? others : { ...others, [severity]: Number(hours) };
}
