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

/** What a row of overrides is matched by, in words; by the meaning of the table, not by any vendor's key. */
const matchLabels: Record<string, string> = {
  overridesByEventType: 'Event type',
  overridesByRespondRule: 'Id of the Respond rule',
  overridesByIocRule: 'Id of the IOC rule',
};

/** What the rows of a table of overrides are matched by. */
export const matchLabelOf = ({ role }: Field): string => (role && matchLabels[role]) ?? 'Value';

/** One row of overrides: what it is for, and what it sets. */
export interface OverrideWords {
  match: string;
  sets: readonly { label: string; value: string }[];
}

/**
 * Rows of overrides as one would say them. `labelOf` names a choice of a list of the PSA by its id, if it is known.
 * Columns are called as the fields whose values they replace.
 */
export function overrideWords(
  { matchKey, columns }: Extract<Field, { kind: 'overrides' }>,
  rows: readonly Readonly<Record<string, string | undefined>>[],
  fields: readonly Field[],
  labelOf: (list: string, id: string) => string | undefined,
): OverrideWords[] {
  return rows.map((row) => ({
    match: row[matchKey] ?? '',
    sets: columns.flatMap(({ key }) => {
      const id = row[key];
      if (id === undefined) return [];
      const label = fields.find((field) => field.key === key)?.label ?? key;
      return [{ label, value: labelOf(key, id) ?? id }];
    }),
  }));
}

/** What counts while a field is not set; undefined when nothing does. */
export const defaultOf = (field: Field): unknown => ('default' in field ? field.default : undefined);

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
