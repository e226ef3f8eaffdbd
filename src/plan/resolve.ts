/** What is decided at claim: where and how a delivery goes, by the settings of now, with the words that explain it. */
import { type Alert, type Severity, severities } from '../alerts/types.ts';
import { renderStored, type TemplateScope } from '../templates/index.ts';
import { groupAlert } from './grouping.ts';
import { contactList, named, priorityName } from './names.ts';
import { findOverride, type OverrideMatch, overriddenValues } from './overrides.ts';
import { templateScope } from './scope.ts';
import type { Connection, ContactChoice, Mapping, Organization, Resolution, Settings } from './types.ts';

/**
 * Account, contact, priority, fields, texts and group of one alert in one connection. Never throws and never refuses:
 * whether a ticket is made at all was decided before (see recheck). An organization that no longer exists is treated
 * as unassigned.
 */
export function resolve(
  alert: Alert,
  organizationId: string | undefined,
  unassignedReference: string | undefined,
  connection: Connection,
  settings: Settings,
): Resolution {
  const organization = organizationId === undefined ? undefined : settings.organizations.get(organizationId);
  const mapping = organization && connection.mappings.get(organization.id);
  const scope = templateScope(alert, organization);
  const account = chooseAccount(organization, mapping, scope, connection);
  const contact = chooseContact(alert, mapping, connection);
  const priority = choosePriority(alert, connection);
  const override = findOverride(alert, connection.tickets);
  const contractId = connection.addContracts ? mapping?.contractId : undefined;
  const grouping = groupAlert(connection.tickets.subject, scope, organization?.id ?? unassignedReference);
  const resolution: Resolution = {
    accountId: account.id,
    accountBy: mapping ? 'mapping' : 'catchAll',
    organizationName: scope.organization.name,
    contact,
    priority: priority.id,
    dueHours: connection.tickets.dueHours[priority.severity],
    subject: renderStored(connection.tickets.subject, scope),
    noteTitle: renderStored(connection.tickets.noteTitle, scope),
    values: overriddenValues(connection.tickets, override),
    grouping,
    trace: [account.words, contactInWords(contact, connection), priority.words],
  };
  if (override) {
    resolution.trace.push(overrideInWords(override, connection));
  } else if (connection.tickets.issueTypeKey !== undefined) {
    resolution.trace.push('Issue type: the default, no override matches.');
  }
  if (contractId !== undefined) {
    resolution.contractId = contractId;
    resolution.trace.push(
      `Contract ${named(contractId, connection.contractNames)} is chosen in the mapping.`,
    );
  }
  resolution.trace.push(grouping.words);
  return resolution;
}

function chooseAccount(
  organization: Organization | undefined,
  mapping: Mapping | undefined,
  scope: TemplateScope,
  connection: Connection,
): { id: string; words: string } {
  if (organization && mapping) {
    const account = accountInWords(mapping.accountId, connection);
    return { id: mapping.accountId, words: `Organization ${organization.name} is mapped to ${account}.` };
  }
  const id = connection.accounts.catchAllAccountId;
  const catchAll = `the catch-all ${accountInWords(id, connection)}`;
  if (organization) {
    const words = `Organization ${organization.name} is not mapped in ${connection.name}: ${catchAll} is used.`;
    return { id, words };
  }
  const who = scope.organization.name === '' ? 'Unassigned' : `Unassigned (${scope.organization.name})`;
  return { id, words: `${who}: ${catchAll} is used.` };
}

function accountInWords(id: string, { accountNames }: Connection): string {
  return `account ${named(id, accountNames)}`;
}

/** Decisions 3 and 4: by the alert's address in the target account, else the chosen contact, else the PSA's own. */
function chooseContact(alert: Alert, mapping: Mapping | undefined, { accounts }: Connection): ContactChoice {
  if (!accounts.attachContacts) return { kind: 'none' };
  const email = alert.user?.email?.trim();
  const fallbackContactId = mapping ? mapping.contactId : accounts.catchAllContactId;
  return {
    kind: 'find',
    ...(email?.includes('@') && { email }),
    ...(fallbackContactId !== undefined && { fallbackContactId }),
  };
}

function contactInWords(contact: ContactChoice, { choiceNames }: Connection): string {
  if (contact.kind === 'none') return 'No contact is attached.';
  const { fallbackContactId: id } = contact;
  const contactNames = choiceNames.get(contactList);
  const fallback =
    id === undefined
      ? "the account's default contact"
      : contactNames?.has(id)
        ? named(id, contactNames)
        : `contact ${id}`;
  if (contact.email === undefined) return `Contact: ${fallback}; the alert has no e-mail address.`;
  return `Contact: the one with ${contact.email} in this account, else ${fallback}.`;
}

function overrideInWords({ row, by }: OverrideMatch, { tickets, choiceNames }: Connection): string {
  const names = choiceNames.get(tickets.issueTypeKey ?? '');
  return `Issue type ${named(row.issueType, names)} by ${by} ${row.match}.`;
}

/**
 * "No ticket" reaches this place only when a follow-up of an existing ticket needs a new one; the next severity above
 * that has a priority is taken then, else the next below.
 */
function choosePriority(
  alert: Alert,
  connection: Connection,
): { id: string; severity: Severity; words: string } {
  const { tickets } = connection;
  const rank = severities.indexOf(alert.severity);
  const candidates = [...severities.slice(rank), ...severities.slice(0, rank).reverse()];
  const severity = candidates.find((one) => tickets.priorities[one] !== null) ?? alert.severity;
  const id = tickets.priorities[severity] ?? '';
  const word =
    alert.originalSeverity.toLowerCase() === alert.severity
      ? ''
      : ` (sender's word: ${alert.originalSeverity})`;
  const as = severity === alert.severity ? '' : `, treated as ${severity}`;
  const hours = tickets.dueHours[severity];
  return {
    id,
    severity,
    words: `Severity ${alert.severity}${word}${as}: priority ${priorityName(id, connection)}, due in ${hours} hours.`,
  };
}
