import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { asProblem, type FieldError } from '../../../api/problem.ts';
import type { Field } from '../../../api/types.ts';
import { type Severity, severities } from '../../../parts/Severity.tsx';
import type { RowValues } from '../fields/OverrideRow.tsx';
import type { FieldOf } from '../fields/props.ts';
import { isSame } from '../form/stepValues.ts';
import type { StepForm, StepValues } from '../step.ts';
import { previewQuery } from './queries.ts';
import { useRecentAlert } from './useRecentAlert.ts';

const restMs = 400;

/** The ticket that the values of a form make of a recent alert, a moment after the last key. */
export function useTicketPreview(connectionId: string, form: StepForm) {
  const recent = useRecentAlert();
  const { alert } = recent;
  const wanted = previewValues(form);
  const [values] = useDebouncedValue(wanted, restMs);
  const { data, error } = useQuery({
    ...previewQuery(connectionId, alert?.id, values),
    enabled: alert !== undefined,
  });
  const map = form.fields.find(({ kind }) => kind === 'severityMap');
  const priorities = map && (form.values[map.key] as Partial<Record<Severity, string | null>> | undefined);
  const errors = error ? asProblem(error).errors.map(ownPlace) : [];
  const mistakes = errors.filter(({ code }) => code === 'template');
  return {
    recent,
    /** What the alert is worth by the form: a priority, null for no ticket, undefined when not chosen yet. */
    priority: alert ? priorities?.[alert.severity] : undefined,
    preview: data,
    /** Wrong templates, found without saving. */
    mistakes: isSame(values, wanted) ? mistakes : [],
    problem: error ? problemWords(error, errors) : undefined,
  };
}

/** The preview names places below the step: `steps.tickets.ticketSubject`. */
const ownPlace = (error: FieldError): FieldError => ({
  ...error,
  field: error.field.replace(/^steps\.tickets\./, ''),
});

function problemWords(error: Error, errors: readonly FieldError[]): string {
  return errors.length > 0 ? 'Mend what is marked, and the ticket shows again.' : asProblem(error).message;
}

/**
 * Templates decide what a ticket says and gathers, rows of overrides what issue types it gets. All else that is required
 * gets something, so that one sees the ticket from the first key on; a template that is not written yet counts as the title.
 */
function previewValues(form: StepForm): StepValues {
  const { fields, values } = form;
  const entries = fields.flatMap((field): [string, unknown][] => {
    const { key, kind, required } = field;
    if (kind === 'template') return [[key, values[key] ?? '{{ alert.title }}']];
    if (kind === 'overrides') return [[key, wholeRows(field, values[key])]];
    if (field.role === 'issueType' || field.role === 'subIssueType') return chosenType(field, values);
    if (!required) return [];
    if (kind === 'severityMap') return [[key, Object.fromEntries(severities.map((one) => [one, '0']))]];
    return [[key, values[key] ?? '0']];
  });
  return Object.fromEntries(entries);
}

/** What hangs on a value that is not chosen is not chosen either. */
function chosenType(field: Field, values: StepValues): [string, unknown][] {
  const parent = field.kind === 'select' ? field.dependsOn : undefined;
  const isChosen = values[field.key] !== undefined && (parent === undefined || values[parent] !== undefined);
  return isChosen ? [[field.key, values[field.key]]] : [];
}

/** A row that is half filled, or for a value that has one, changes nothing yet; the form says what is wrong with it. */
function wholeRows({ matchKey, columns }: FieldOf<'overrides'>, given: unknown): RowValues[] {
  const needed = [matchKey, ...columns.flatMap(({ key, required }) => (required ? [key] : []))];
  const rows = ((given ?? []) as RowValues[]).filter((row) => needed.every((key) => row[key]?.trim()));
  const first = new Map<string | undefined, RowValues>();
  for (const row of rows) {
    const match = row[matchKey]?.trim();
    if (!first.has(match)) first.set(match, row);
  }
  return [...first.values()];
}
