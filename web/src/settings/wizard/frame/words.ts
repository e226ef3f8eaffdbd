/** Values of a step in words, for the summary and for conflicts. */
import type { Field } from '../../../api/types.ts';
import { severities } from '../../../parts/Severity.tsx';
import type { StepValues } from '../step.ts';

/** A value as one would say it. `labelOf` names a choice of the PSA by its id, if it is known. */
export function valueWords(
  field: Field,
  value: unknown,
  labelOf: (id: string) => string | undefined = () => undefined,
): string {
  if (value === undefined || (value === null && field.kind !== 'brake')) return 'not set';
  switch (field.kind) {
    case 'switch':
      return value ? 'on' : 'off';
    case 'secret':
      return 'set';
    case 'dayOfMonth':
      return `day ${String(value)}`;
    case 'brake':
      return value === null ? 'off' : brakeWords(value as { tickets: number; minutes: number });
    case 'closedTicket':
      return closedWords(value as { action: string; days: number });
    case 'severityMap':
      return entriesOf(value)
        .map(([severity, id]) => `${severity}: ${priorityWords(id, labelOf)}`)
        .join(', ');
    case 'severityHours':
      return entriesOf(value)
        .map(([severity, hours]) => `${severity}: ${String(hours)} h`)
        .join(', ');
    case 'overrides':
      return rowWords(value as unknown[]);
    default:
      return labelOf(String(value)) ?? String(value);
  }
}

const rank = (severity: string): number => (severities as readonly string[]).indexOf(severity);

/** By severity, the worst first. */
const entriesOf = (value: unknown): [string, unknown][] =>
  Object.entries(value as object).sort(([a], [b]) => rank(a) - rank(b));

const priorityWords = (id: unknown, labelOf: (id: string) => string | undefined): string =>
  id === null ? 'no ticket' : (labelOf(String(id)) ?? String(id));

const brakeWords = ({ tickets, minutes }: { tickets: number; minutes: number }): string =>
  `${tickets} new tickets in ${minutes} minutes per organization`;

function closedWords({ action, days }: { action: string; days: number }): string {
  if (days === 0 || action === 'new') return 'a new ticket';
  const what = action === 'reopen' ? 'reopened' : 'added to it while it stays closed';
  return `${what}, up to ${days} days after it was closed`;
}

const rowWords = (rows: readonly unknown[]): string =>
  rows.length === 0 ? 'none' : `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;

/** One sentence for each key that another person has changed. */
export function changeWords(fields: readonly Field[], keys: readonly string[], theirs: StepValues): string[] {
  return keys.map((key) => {
    const field = fields.find((one) => one.key === key);
    return field ? `${field.label}: ${valueWords(field, theirs[key])}.` : `${key} has changed.`;
  });
}
