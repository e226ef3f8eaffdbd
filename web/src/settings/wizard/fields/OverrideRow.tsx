import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { choicesQuery } from '../offers/queries.ts';
import { fieldId } from '../step.ts';
import { recentAlertsQuery } from '../tickets/queries.ts';
import { ChoiceSelect } from './ChoiceSelect.tsx';
import type { FieldOf, FieldProps } from './props.ts';

export type RowValues = Record<string, string | undefined>;

interface OverrideRowProps extends FieldProps<'overrides'> {
  at: number;
  row: RowValues;
  matchLabel: string;
  onChange(row: RowValues): void;
  /** What is wrong with a part of the row. */
  errorAt(part: string): string | undefined;
}

/** What it matches, and the values that alerts with it get. */
export function OverrideRow(props: OverrideRowProps) {
  const { field, form, at, row, matchLabel, onChange, errorAt } = props;
  const { matchKey, columns } = field;
  const seen = useQuery({ ...recentAlertsQuery, enabled: field.role === 'overridesByEventType' });
  const types = new Set((seen.data ?? []).flatMap(({ eventType }) => eventType ?? []));
  return (
    <div className="overrideRow">
      <Autocomplete
        id={fieldId(`${field.key}[${at}].${matchKey}`)}
        size="xs"
        aria-label={`${matchLabel}, row ${at + 1}`}
        placeholder={matchLabel}
        maxLength={500}
        data={[...types]}
        disabled={form.whyNot !== undefined}
        value={row[matchKey] ?? ''}
        error={errorAt(matchKey)}
        onChange={(text) => onChange(withPart(row, matchKey, text === '' ? undefined : text))}
      />
      {columns.map(({ key }) => (
        <Cell key={key} {...props} column={form.fields.find((one) => one.key === key)} name={key} />
      ))}
    </div>
  );
}

interface CellProps extends OverrideRowProps {
  name: string;
  /** The select field that the column overrides. */
  column: FieldProps['field'] | undefined;
}

function Cell({ form, connectionId, field, at, row, name, column, onChange, errorAt }: CellProps) {
  const { data: choices } = useQuery(choicesQuery(connectionId, name));
  const dependsOn = column?.kind === 'select' ? column.dependsOn : undefined;
  const parent = dependsOn === undefined ? undefined : row[dependsOn];
  const lacksParent = dependsOn !== undefined && parent === undefined;
  const label = column?.label ?? name;
  return (
    <ChoiceSelect
      id={fieldId(`${field.key}[${at}].${name}`)}
      aria-label={`${label}, row ${at + 1}`}
      placeholder={lacksParent ? `${label}: first the type` : label}
      clearable
      disabled={form.whyNot !== undefined || lacksParent}
      choices={choices ?? []}
      parent={parent}
      value={row[name]}
      error={errorAt(name)}
      onChange={(id) => onChange(withoutDependents(withPart(row, name, id), name, form.fields))}
    />
  );
}

function withPart(row: RowValues, key: string, value: string | undefined): RowValues {
  const { [key]: _old, ...others } = row;
  return value === undefined ? others : { ...others, [key]: value };
}

/** What hangs on the old value does not fit the new one. */
function withoutDependents(row: RowValues, key: string, fields: readonly FieldProps['field'][]): RowValues {
  const hangs = fields.filter(
    (one): one is FieldOf<'select'> => one.kind === 'select' && one.dependsOn === key,
  );
  return hangs.reduce((rest, one) => withPart(rest, one.key, undefined), row);
}
