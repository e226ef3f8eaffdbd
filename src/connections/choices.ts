/** Whether the values of a step can be used in the PSA as it is now: each exists, is active, and fits its parent. Pure. */
import type { FieldError } from '../errors.ts';
import type { Choice, Field, Step } from '../psa/contract.ts';
import type { ListName } from './nameStore.ts';
import { fieldsOf, isShown, type StepValues } from './validate.ts';

/** Choices by the name of their list. */
export type Choices = ReadonlyMap<string, readonly Choice[]>;

/** A value of a step that must be a choice of a list. */
interface Use {
  /** Where it stands in the body. */
  place: string;
  label: string;
  list: string;
  id: string;
  /** The value that must be its parent, if its list depends on another. */
  parentId?: string | undefined;
}

/** The lists that must be loaded to judge these values. */
export function neededLists(fields: readonly Field[], step: Step, values: StepValues): string[] {
  return [...new Set(usesOf(fields, step, values).map(({ list }) => list))];
}

/** One error per value that cannot be used, of the lists that were loaded. */
export function checkChoices(
  fields: readonly Field[],
  step: Step,
  values: StepValues,
  choices: Choices,
): FieldError[] {
  return usesOf(fields, step, values).flatMap((use) => {
    const list = choices.get(use.list);
    return list ? judge(use, list) : [];
  });
}

/** What the PSA calls these values, of the lists that were loaded. */
export function namesOfChoices(
  fields: readonly Field[],
  step: Step,
  values: StepValues,
  choices: Choices,
): ListName[] {
  return usesOf(fields, step, values).flatMap(({ list, id }) => {
    const found = choices.get(list)?.find((choice) => choice.id === id);
    return found ? [{ list, id, name: found.label }] : [];
  });
}

function judge({ place, label, id, parentId }: Use, choices: readonly Choice[]): FieldError[] {
  const found = choices.filter((choice) => choice.id === id);
  const choice = found.find((one) => one.isActive) ?? found[0];
  if (!choice) return [{ field: place, code: 'notFound', message: `${label}: the PSA has no such value.` }];
  if (!choice.isActive) {
    return [
      {
        field: place,
        code: 'inactive',
        message: `${label}: "${choice.label}" cannot be used in the PSA any more.`,
      },
    ];
  }
  if (choice.parentId !== undefined && parentId !== undefined && choice.parentId !== parentId) {
    const message = `${label}: "${choice.label}" belongs to another parent.`;
    return [{ field: place, code: 'parentMismatch', message }];
  }
  return [];
}

function usesOf(fields: readonly Field[], step: Step, values: StepValues): Use[] {
  const own = fieldsOf(fields, step).filter((field) => isShown(field, values));
  return own.flatMap((field): Use[] => {
    const value = values[field.key];
    if (value === undefined || value === null) return [];
    if (field.kind === 'select') return [selectUse(field, value as string, values)];
    if (field.kind === 'severityMap') return priorityUses(field, value as Record<string, string | null>);
    if (field.kind === 'overrides') return rowUses(field, own, value as Record<string, string>[], values);
    return [];
  });
}

function selectUse(field: Extract<Field, { kind: 'select' }>, id: string, values: StepValues): Use {
  const parentId = field.dependsOn === undefined ? undefined : textOf(values[field.dependsOn]);
  return { place: field.key, label: field.label, list: field.key, id, parentId };
}

function priorityUses(
  field: Extract<Field, { kind: 'severityMap' }>,
  map: Record<string, string | null>,
): Use[] {
  return Object.entries(map).flatMap(([severity, id]) =>
    id === null
      ? []
      : [
          {
            place: `${field.key}.${severity}`,
            label: `The priority for ${severity}`,
            list: field.choices,
            id,
          },
        ],
  );
}

/** A row overrides select fields of the step; the parent of a cell is in its row, else the default of the step. */
function rowUses(
  field: Extract<Field, { kind: 'overrides' }>,
  own: readonly Field[],
  rows: readonly Record<string, string>[],
  values: StepValues,
): Use[] {
  return rows.flatMap((row, at) =>
    field.columns.flatMap(({ key }): Use[] => {
      const id = row[key];
      if (id === undefined) return [];
      const column = own.find((one) => one.key === key);
      const parentKey = column?.kind === 'select' ? column.dependsOn : undefined;
      const parentId = parentKey === undefined ? undefined : (row[parentKey] ?? textOf(values[parentKey]));
      const label = `Row ${at + 1}, ${column?.label ?? key}`;
      return [{ place: `${field.key}[${at}].${key}`, label, list: key, id, parentId }];
    }),
  );
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
