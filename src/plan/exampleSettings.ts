/** A small workspace for the tests of this room: three organizations, one connection. */
import type { Alert } from '../alerts/types.ts';
import { indexReferences } from './organizations.ts';
import type { Connection, Organization, Settings } from './types.ts';

export const limits = { title: 255, description: 8000, noteTitle: 250, note: 32_000 };

export function exampleAlert(alert: Partial<Alert> = {}): Alert {
  return {
    source: 'edr',
    externalId: 'evt-1',
    title: 'Odd sign-in',
    severity: 'critical',
    originalSeverity: 'critical',
    organization: { externalId: 'org-17' },
    flags: [],
    ...alert,
  };
}

export function exampleOrganization(organization: Partial<Organization> = {}): Organization {
  return {
    id: 'northwind',
    name: 'Northwind',
    references: [
      { kind: 'id', value: 'org-17' },
      { kind: 'domain', value: 'northwind.example' },
    ],
    delivery: { enabled: true, tickets: true, email: true },
    ...organization,
  };
}

export function exampleConnection(connection: Partial<Connection> = {}): Connection {
  return {
    id: 'main',
    name: 'Main PSA',
    kind: 'example',
    label: 'Example PSA',
    status: 'active',
    accounts: { catchAllAccountId: '0', catchAllContactId: '900', attachContacts: true },
    tickets: exampleTickets(),
    addContracts: false,
    mappings: new Map([['northwind', { organizationId: 'northwind', accountId: '217', contractId: '31' }]]),
    accountNames: new Map([
      ['0', 'Acme IT'],
      ['217', 'Northwind Dental'],
    ]),
    contractNames: new Map(),
    choiceNames: new Map(),
    noTicketSince: {},
    ...connection,
  };
}

export function exampleTickets(tickets: Partial<Connection['tickets']> = {}): Connection['tickets'] {
  return {
    subject: 'Alerts for {{ alert.user.email }}',
    noteTitle: '{{ alert.severity }}: {{ alert.title }}',
    priorities: { informational: null, low: null, medium: '3', high: '2', critical: '1' },
    dueHours: { informational: 168, low: 72, medium: 24, high: 8, critical: 4 },
    values: { queue: '5', issueType: '10', subIssueType: '101' },
    issueTypeKey: 'issueType',
    subIssueTypeKey: 'subIssueType',
    overrides: { respondRule: [], iocRule: [], eventType: [] },
    brake: { tickets: 30, minutes: 10 },
    closedTicket: { action: 'new', days: 0 },
    ...tickets,
  };
}

/** Settings of the given organizations and connections; the first connection is the default one. */
export function exampleSettings({
  organizations = [exampleOrganization()],
  connections = [exampleConnection()],
  newOrganizations = { enabled: true, tickets: true, email: true },
}: {
  organizations?: Organization[];
  connections?: Connection[];
  newOrganizations?: Settings['workspace']['newOrganizations'];
} = {}): Settings {
  const [first] = connections;
  return {
    workspaceId: 'workspace',
    version: 1,
    workspace: { timeZone: 'Europe/Lisbon', newOrganizations, wayOutMinutes: 10, retentionDays: 400 },
    organizations: new Map(organizations.map((one) => [one.id, one])),
    references: indexReferences(organizations),
    connections: new Map(connections.map((one) => [one.id, one])),
    ...(first && { defaultConnectionId: first.id }),
  };
}
