import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asProblem, type FieldError } from '../../../api/problem.ts';
import { type Severity, severities } from '../../../parts/Severity.tsx';
import type { StepForm, StepValues } from '../step.ts';
import { isSame } from '../stepValues.ts';
import { previewQuery, recentAlertsQuery } from './queries.ts';

const restMs = 400;

/** The ticket that the values of a form make of a recent alert, a moment after the last key. */
export function useTicketPreview(connectionId: string, form: StepForm) {
  const [chosen, setChosen] = useState<string>();
  const { data: alerts } = useQuery(recentAlertsQuery);
  const alertId = chosen ?? alerts?.[0]?.id;
  const wanted = previewValues(form);
  const [values] = useDebouncedValue(wanted, restMs);
  const { data, error } = useQuery({
    ...previewQuery(connectionId, alertId, values),
    enabled: alerts !== undefined,
  });
  const alert = alerts?.find(({ id }) => id === alertId);
  const map = form.fields.find(({ kind }) => kind === 'severityMap');
  const priorities = map && (form.values[map.key] as Partial<Record<Severity, string | null>> | undefined);
  const errors = error ? asProblem(error).errors.map(ownPlace) : [];
  const mistakes = errors.filter(({ code }) => code === 'template');
  return {
    alertId,
    setAlert: setChosen,
    /** What the alert is worth by the form: a priority, null for no ticket, undefined when not chosen yet. */
    priority: alert && priorities?.[alert.severity],
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
 * Only templates decide what a ticket says and gathers. All else that is required gets something, so that one sees the
 * ticket from the first key on; a template that is not written yet counts as the title.
 */
function previewValues({ fields, values }: StepForm): StepValues {
  const entries = fields.flatMap(({ key, kind, required }): [string, unknown][] => {
    if (kind === 'template') return [[key, values[key] ?? '{{ alert.title }}']];
    if (!required) return [];
    if (kind === 'severityMap') return [[key, Object.fromEntries(severities.map((one) => [one, '0']))]];
    return [[key, values[key] ?? '0']];
  });
  return Object.fromEntries(entries);
}
