/**
 * What can be set for an Autotask connection, step by step (design §9 "Step bodies", req 48–105). Labels are
 * Autotask's own words; the order within the tickets step is that of its ticket form.
 */
import type { AccountFilterDeclaration, Field } from '../contract.ts';

const credentials: readonly Field[] = [
  {
    key: 'username',
    label: 'API Username',
    step: 'credentials',
    kind: 'text',
    maxLength: 250,
    pattern: '^[\\x21-\\x7e]+$',
    required: true,
    help: 'The key of the API user, as "Generate Key" shows it. It looks like an e-mail address.',
  },
  {
    key: 'secret',
    label: 'API Password',
    step: 'credentials',
    kind: 'secret',
    maxLength: 250,
    required: true,
    help: 'The secret of the API user, as "Generate Secret" shows it. Autotask shows it once only.',
  },
  {
    key: 'integrationCode',
    label: 'API Tracking Identifier',
    step: 'credentials',
    kind: 'secret',
    maxLength: 100,
    required: true,
    help:
      'On the API user choose "Custom (Internal Integration)" and paste the identifier that Autotask generates. ' +
      'Never share it with another tool: limits attach to it.',
  },
];

const accounts: readonly Field[] = [
  {
    key: 'catchAllAccountId',
    label: 'Catch-All PSA Account',
    step: 'accounts',
    kind: 'account',
    role: 'catchAllAccount',
    required: true,
    help: 'Receives the tickets of every organization that has no mapping.',
  },
  {
    key: 'attachContacts',
    label: 'Attach Contacts to Tickets on Creation',
    step: 'accounts',
    kind: 'switch',
    default: false,
    role: 'attachContacts',
    help:
      'On: a contact of the account with the e-mail address of the alert is attached, else the default contact ' +
      'of the account. Every account in use then needs a contact. Off: tickets carry no contact.',
  },
  {
    key: 'catchAllContactId',
    label: 'Catch-All Contact',
    step: 'accounts',
    kind: 'contact',
    of: 'catchAllAccountId',
    role: 'catchAllContact',
    help: "Attached when no address matches. Left empty: the account's primary contact, else its first active one.",
  },
];

const ticketDefaults: readonly Field[] = [
  {
    key: 'ticketCategory',
    label: 'Ticket Category',
    step: 'tickets',
    kind: 'select',
    required: true,
    whenRefused: 'leaveOut',
  },
  {
    key: 'ticketType',
    label: 'Ticket Type',
    step: 'tickets',
    kind: 'select',
    required: true,
    whenRefused: 'leaveOut',
  },
  {
    key: 'ticketStatus',
    label: 'Ticket Status',
    step: 'tickets',
    kind: 'select',
    required: true,
    // New, which every tenant has (fact sheet autotask §4.1).
    whenRefused: ['1'],
    help: 'The status that a new ticket starts with.',
  },
  {
    key: 'ticketQueue',
    label: 'Ticket Queue',
    step: 'tickets',
    kind: 'select',
    required: true,
    // The ticket category may have a queue of its own (fact sheet autotask §4.3).
    whenRefused: 'leaveOut',
  },
  {
    key: 'ticketSource',
    label: 'Ticket Source',
    step: 'tickets',
    kind: 'select',
    required: true,
    whenRefused: 'leaveOut',
  },
  {
    key: 'ticketSubject',
    label: 'Ticket Subject',
    step: 'tickets',
    kind: 'template',
    maxLength: 500,
    role: 'subject',
    required: true,
    help:
      'Decides the title of a new ticket, and which later alerts become notes on it: alerts with the same values ' +
      'of the fields named here share a ticket. Choose it by what should be handled together.',
  },
  {
    key: 'priorities',
    label: 'Alert Priority Mapping',
    step: 'tickets',
    kind: 'severityMap',
    choices: 'priorities',
    role: 'priorities',
    required: true,
    help: 'The Autotask priority for each severity, or no ticket at all.',
  },
  {
    key: 'dueHours',
    label: 'Due after (hours)',
    step: 'tickets',
    kind: 'severityHours',
    default: { informational: 168, low: 72, medium: 24, high: 8, critical: 4 },
    role: 'dueHours',
    help: 'Autotask asks every ticket for a due date: so many hours after it is created.',
  },
  {
    key: 'issueType',
    label: 'Issue Type',
    step: 'tickets',
    kind: 'select',
    role: 'issueType',
    whenRefused: 'leaveOut',
    help: 'Optional. The default for tickets that no row below changes.',
  },
  {
    key: 'subIssueType',
    label: 'Sub-Issue Type',
    step: 'tickets',
    kind: 'select',
    dependsOn: 'issueType',
    role: 'subIssueType',
    whenRefused: 'leaveOut',
    help: 'Optional. Must belong to the issue type.',
  },
];

const noteDefaults: readonly Field[] = [
  {
    key: 'noteType',
    label: 'Note Type',
    step: 'tickets',
    isOfNotes: true,
    kind: 'select',
    required: true,
    // Task notes, task summary: system values (fact sheet autotask §4.2).
    whenRefused: ['3', '1'],
    help: 'Types that Autotask reserves for itself are listed as not usable.',
  },
  {
    key: 'noteVisibility',
    label: 'Note Visibility',
    step: 'tickets',
    isOfNotes: true,
    kind: 'select',
    role: 'noteVisibility',
    required: true,
    // Internal: never to more readers than were chosen.
    whenRefused: ['2'],
    help: 'Who may read the notes. "All Autotask Users" includes the client portal: the client reads them too.',
  },
  {
    key: 'noteTitle',
    label: 'Note Title',
    step: 'tickets',
    isOfNotes: true,
    kind: 'template',
    maxLength: 500,
    role: 'noteTitle',
    required: true,
  },
];

const overrideColumns = [
  { key: 'issueType', required: true },
  { key: 'subIssueType', required: false },
] as const;

const overrides: readonly Field[] = [
  {
    key: 'alertOverrides',
    label: 'Issue types by event type',
    step: 'tickets',
    kind: 'overrides',
    matchKey: 'eventType',
    columns: overrideColumns,
    role: 'overridesByEventType',
    help: 'Optional. Used where no rule below matches.',
  },
  {
    key: 'respondOverrides',
    label: 'Issue types by Respond rule',
    step: 'tickets',
    kind: 'overrides',
    matchKey: 'ruleId',
    columns: overrideColumns,
    role: 'overridesByRespondRule',
    help: 'Optional. The first to be looked at.',
  },
  {
    key: 'iocOverrides',
    label: 'Issue types by IOC rule',
    step: 'tickets',
    kind: 'overrides',
    matchKey: 'ruleId',
    columns: overrideColumns,
    role: 'overridesByIocRule',
    help: 'Optional. Looked at after the Respond rules, before the event types.',
  },
  {
    key: 'brake',
    label: 'Brake on new tickets',
    step: 'tickets',
    kind: 'brake',
    default: { tickets: 30, minutes: 10 },
    role: 'brake',
    help:
      'So many new tickets an organization may open in so many minutes; further alerts are gathered in one ticket. ' +
      'None is lost.',
  },
];

const ticketLife: readonly Field[] = [
  {
    key: 'closedTicket',
    label: 'When the ticket is closed',
    step: 'tickets',
    kind: 'closedTicket',
    default: { action: 'new', days: 0 },
    role: 'closedTicket',
    help:
      'What happens to further alerts of a ticket that was closed at most so many days ago: a new ticket that names it, ' +
      'the old one is reopened, or they are added to it while it stays closed. 0 days: always a new ticket.',
  },
];

const contracts: readonly Field[] = [
  {
    key: 'addContracts',
    label: 'Add Agreements / Contracts to Tickets',
    step: 'contracts',
    kind: 'switch',
    default: false,
    role: 'addContracts',
    help: 'Puts the contract mapped to the organization on each of its new tickets.',
  },
  {
    key: 'syncUsers',
    label: 'Sync Billable Users to Contracts / Agreements',
    step: 'contracts',
    kind: 'switch',
    default: false,
    help:
      'Once a month the counts of billable users go to the mapped contracts. It only updates quantities on contracts; ' +
      'alerts are not affected.',
  },
  {
    key: 'syncDay',
    label: 'User Sync Day',
    step: 'contracts',
    kind: 'dayOfMonth',
    showWhen: { key: 'syncUsers', equals: true },
    help:
      'Day of the month in the time zone of the workspace. 29 to 31 mean the last day of a shorter month; a day that ' +
      'was missed is caught up.',
  },
  {
    key: 'defaultServiceId',
    label: 'Default Contract Service',
    step: 'contracts',
    kind: 'service',
    showWhen: { key: 'syncUsers', equals: true },
    help: 'Used where an organization has no service of its own in the contract mapping.',
  },
];

/** Every setting of an Autotask connection, in the order in which the wizard asks for it. */
export const fields: readonly Field[] = [
  ...credentials,
  ...accounts,
  ...ticketDefaults,
  ...noteDefaults,
  ...overrides,
  ...ticketLife,
  ...contracts,
];

/** The lists by which the accounts can be filtered (req 63). */
export const accountFilters: readonly AccountFilterDeclaration[] = [
  { key: 'accountType', label: 'Account type' },
  { key: 'classification', label: 'Classification' },
  { key: 'marketSegment', label: 'Market segment' },
];
