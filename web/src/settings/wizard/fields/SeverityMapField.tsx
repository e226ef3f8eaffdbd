import { Anchor, Fieldset, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { asProblem } from '../../../api/problem.ts';
import { type Severity, SeverityBadge, severities } from '../../../parts/Severity.tsx';
import { choicesQuery } from '../offers/queries.ts';
import { fieldId } from '../step.ts';
import { ChoiceSelect } from './ChoiceSelect.tsx';
import { errorOf, type FieldProps } from './props.ts';

type Priorities = Partial<Record<Severity, string | null>>;

const noTicket = 'no ticket';
/** Decision 11: suggested, never preselected. */
const quietOnes: readonly Severity[] = ['informational', 'low'];

/** The PSA's priority for each severity, or no ticket at all; each is chosen by a person. */
export function SeverityMapField({ field, form, connectionId }: FieldProps<'severityMap'>) {
  const { key, label, help } = field;
  const { data: choices, error } = useQuery(choicesQuery(connectionId, field.choices));
  const value = (form.values[key] ?? {}) as Priorities;
  const put = (more: Priorities) => form.set(key, { ...value, ...more });
  const suggested = quietOnes.filter((severity) => value[severity] === undefined);
  const whole = errorOf(form, key);
  return (
    <Fieldset
      legend={
        <>
          {label}
          {field.required && <span className="requiredMark"> *</span>}
        </>
      }
      id={fieldId(key)}
      tabIndex={-1}
      variant="unstyled"
      className="wizardFieldset"
    >
      <Stack gap={6}>
        {help && (
          <Text size="xs" className="quiet">
            {help}
          </Text>
        )}
        {severities.map((severity) => (
          <div key={severity} className="severityRow">
            <SeverityBadge severity={severity} />
            <ChoiceSelect
              id={fieldId(`${key}.${severity}`)}
              aria-label={`Priority for ${severity}`}
              placeholder="Choose"
              disabled={form.whyNot !== undefined}
              choices={choices ?? []}
              first={{ value: noTicket, label: 'No ticket' }}
              allowDeselect={false}
              value={value[severity] === null ? noTicket : value[severity]}
              error={errorOf(form, `${key}.${severity}`)}
              onChange={(id) => put({ [severity]: id === noTicket ? null : id })}
            />
          </div>
        ))}
        {suggested.length > 0 && form.whyNot === undefined && (
          <Group gap={6}>
            <Text size="sm" className="quiet" fs="italic">
              Suggested: no ticket for {suggested.join(' and ')}.
            </Text>
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => put(Object.fromEntries(suggested.map((severity) => [severity, null])))}
            >
              Accept
            </Anchor>
          </Group>
        )}
        {(whole ?? error) && (
          <Text size="xs" role="alert" className="wrong">
            {whole ?? asProblem(error).message}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}
