/** Reads a connection's stored steps by the roles of the adapter's declared fields, so that no vendor's key names occur here. */
import { type Severity, severities } from '../alerts/types.ts';
import type { ClosedTicketPolicy, Field, FieldRole, Step } from '../psa/contract.ts';
import type { Connection, Override, TicketSettings } from './types.ts';

/** The steps as they are stored: flat objects of the keys that the adapter declares. */
export type StoredSteps = Partial<Record<Step, Record<string, unknown>>>;

/**
 * The part of a connection that its steps say. Never throws: what is unset reads as empty, off, or *no ticket*; the
 * steps' own validation keeps an incomplete connection from being activated (req 90).
 */
export function readConnectionSettings(
  fields: readonly Field[],
  steps: StoredSteps,
): Pick<Connection, 'accounts' | 'tickets' | 'addContracts'> {
  const read = reader(fields, steps);
  const catchAllContactId = text(read('catchAllContact'));
  return {
    accounts: {
      catchAllAccountId: text(read('catchAllAccount')) ?? '',
      ...(catchAllContactId !== undefined && { catchAllContactId }),
      attachContacts: read('attachContacts') === true,
    },
    tickets: readTicketSettings(fields, steps),
    addContracts: read('addContracts') === true,
  };
}

/** The tickets step alone. Select fields hidden by `showWhen` do not count. */
export function readTicketSettings(fields: readonly Field[], steps: StoredSteps): TicketSettings {
  const read = reader(fields, steps);
  const issueTypeKey = keyOf(fields, 'issueType');
  const subIssueTypeKey = keyOf(fields, 'subIssueType');
  const priorities = fields.find(({ role }) => role === 'priorities');
  const rows = (role: FieldRole) => readOverrides(fields, role, read(role), issueTypeKey, subIssueTypeKey);
  return {
    subject: text(read('subject')) ?? '',
    noteTitle: text(read('noteTitle')) ?? '',
    priorities: readPriorities(read('priorities')),
    ...(priorities?.kind === 'severityMap' && { priorityList: priorities.choices }),
    dueHours: readDueHours(fields, read('dueHours')),
    values: readValues(fields, steps.tickets ?? {}),
    ...(issueTypeKey !== undefined && { issueTypeKey }),
    ...(subIssueTypeKey !== undefined && { subIssueTypeKey }),
    overrides: {
      respondRule: rows('overridesByRespondRule'),
      iocRule: rows('overridesByIocRule'),
      eventType: rows('overridesByEventType'),
    },
    brake: readBrake(fields, read('brake')),
    closedTicket: readClosedTicket(read('closedTicket')),
  };
}

/** The stored value of the field with a role: `undefined` when unset, the declared default of a switch applied. */
function reader(fields: readonly Field[], steps: StoredSteps): (role: FieldRole) => unknown {
  return (role) => {
    const field = fields.find((one) => one.role === role);
    if (!field) return undefined;
    const stored = own(steps[field.step], field.key);
    return stored === undefined && field.kind === 'switch' ? field.default : stored;
  };
}

function keyOf(fields: readonly Field[], role: FieldRole): string | undefined {
  return fields.find((field) => field.role === role)?.key;
}

function readValues(fields: readonly Field[], step: Record<string, unknown>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of fields) {
    if (field.step !== 'tickets' || field.kind !== 'select') continue;
    const { showWhen } = field;
    if (showWhen && own(step, showWhen.key) !== showWhen.equals) continue;
    const value = text(own(step, field.key));
    if (value !== undefined) values[field.key] = value;
  }
  return values;
}

function readPriorities(stored: unknown): Record<Severity, string | null> {
  return perSeverity((severity) => text(own(stored, severity)) ?? null);
}

/** Used where a vendor declares no due hours; one week down to four hours, as design §9 has them. */
const usualDueHours: Record<Severity, number> = {
  informational: 168,
  low: 72,
  medium: 24,
  high: 8,
  critical: 4,
};

function readDueHours(fields: readonly Field[], stored: unknown): Record<Severity, number> {
  const field = fields.find(({ role }) => role === 'dueHours');
  const usual = field?.kind === 'severityHours' ? field.default : usualDueHours;
  return perSeverity((severity) => positive(own(stored, severity)) ?? usual[severity]);
}

function readOverrides(
  fields: readonly Field[],
  role: FieldRole,
  stored: unknown,
  issueTypeKey: string | undefined,
  subIssueTypeKey: string | undefined,
): Override[] {
  const field = fields.find((one) => one.role === role);
  if (field?.kind !== 'overrides' || !Array.isArray(stored) || issueTypeKey === undefined) return [];
  const rows: Override[] = [];
  for (const row of stored) {
    const match = text(own(row, field.matchKey));
    const issueType = text(own(row, issueTypeKey));
    if (match === undefined || issueType === undefined) continue;
    const subIssueType = subIssueTypeKey === undefined ? undefined : text(own(row, subIssueTypeKey));
    rows.push({ match, issueType, ...(subIssueType !== undefined && { subIssueType }) });
  }
  return rows;
}

/** Null was chosen: no brake. Unset: the declared default. */
function readBrake(fields: readonly Field[], stored: unknown): TicketSettings['brake'] {
  if (stored === null) return null;
  const tickets = positive(own(stored, 'tickets'));
  const minutes = positive(own(stored, 'minutes'));
  if (tickets !== undefined && minutes !== undefined) return { tickets, minutes };
  const field = fields.find(({ role }) => role === 'brake');
  return field?.kind === 'brake' ? field.default : null;
}

const closedTicketActions = ['reopen', 'keepAdding'] as const;

/** Anything that is not on reads as off: a new ticket. */
function readClosedTicket(stored: unknown): ClosedTicketPolicy {
  const action = closedTicketActions.find((one) => one === own(stored, 'action'));
  const days = positive(own(stored, 'days'));
  return action && days !== undefined ? { action, days } : { action: 'new', days: 0 };
}

function perSeverity<T>(value: (severity: Severity) => T): Record<Severity, T> {
  return Object.fromEntries(severities.map((severity) => [severity, value(severity)])) as Record<Severity, T>;
}

function own(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return undefined;
  return (object as Record<string, unknown>)[key];
}

/** Ids are strings in our API; a number that a person typed is the same id. Empty counts as unset. */
function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}
