/** What planning reads and answers. Plain data: no database, no clock, no network in this room. */
import type { Severity } from '../alerts/types.ts';
import type { ClosedTicketPolicy } from '../psa/contract.ts';

/** One immutable picture of a workspace's settings; `version` rises with every change. */
export interface Settings {
  workspaceId: string;
  version: number;
  workspace: {
    timeZone: string;
    newOrganizations: DeliverySwitches;
    wayOutMinutes: number;
    retentionDays: number;
  };
  organizations: ReadonlyMap<string, Organization>;
  /** Registered references by {@link referenceKey}; two organizations under one key = ambiguous. */
  references: ReadonlyMap<string, readonly string[]>;
  /** Configured PSAs, drafts left out, oldest first. */
  connections: ReadonlyMap<string, Connection>;
  defaultConnectionId?: string;
  /** How e-mail leaves, and who gets it globally; absent while there is no mail server or no sender address. */
  mail?: MailSettings;
}

/** The master switch "PSA & email" and the two finer ones (decision 1). */
export interface DeliverySwitches {
  enabled: boolean;
  tickets: boolean;
  email: boolean;
}

export type ReferenceKind = 'id' | 'domain' | 'tenantId' | 'name';

export interface OrganizationReferenceEntry {
  kind: ReferenceKind;
  value: string;
  /** Counts only for alerts of this source, if set. */
  source?: string;
}

export interface Organization {
  id: string;
  name: string;
  references: readonly OrganizationReferenceEntry[];
  delivery: DeliverySwitches;
  /** The ticket target chosen for this organization; else the workspace's default (decision 7). */
  connectionId?: string;
  /** Its additional recipients of e-mail (req 21–25). */
  recipients?: readonly Recipient[];
}

export interface MailSettings {
  /** Set while a person must act, for example after the mail servers refused the login. */
  attention?: string;
  /** Subject templates by kind of recipient (req 112–114). */
  globalSubject: string;
  organizationSubject: string;
  /** Whether the events behind an alert are in the mail, by the kind of rule that it comes from (req 115, 116). */
  eventDetail: { respond: boolean; ioc: boolean };
  /** The global recipients. */
  recipients: readonly Recipient[];
}

/** An address that alerts are mailed to. */
export interface Recipient {
  /** As it was typed. */
  address: string;
  /** Only alerts of these; absent = all. */
  severities?: readonly Severity[];
}

export interface Connection {
  id: string;
  name: string;
  kind: string;
  /** The PSA's name for people. */
  label: string;
  status: 'active' | 'paused';
  /** Set while a person must act, for example after a failed login (promise P8). */
  attention?: string;
  /** Deliveries are still being moved as its last change asks for: none is begun before that is done. */
  isSorting?: boolean;
  /** The part of the PSA's calls that it may use; the adapter's if left out (promise P8). */
  budgetShare?: number;
  accounts: { catchAllAccountId: string; catchAllContactId?: string; attachContacts: boolean };
  tickets: TicketSettings;
  addContracts: boolean;
  mappings: ReadonlyMap<string, Mapping>;
  /** Names for the trace, by id, as they were last met: of accounts, and of what was chosen in steps and mappings. */
  accountNames: ReadonlyMap<string, string>;
  contractNames: ReadonlyMap<string, string>;
  /** By list of choices; contacts are a list too (`contactList`). */
  choiceNames: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Since when a severity is set to no ticket, by whom and why, in words; absent where that is not known. */
  noTicketSince: Readonly<Partial<Record<Severity, string>>>;
}

export interface Mapping {
  organizationId: string;
  accountId: string;
  contactId?: string;
  contractId?: string;
}

/** A vendor's tickets step, read by the roles of its declared fields. */
export interface TicketSettings {
  subject: string;
  noteTitle: string;
  priorities: Readonly<Record<Severity, string | null>>;
  /** The list of choices that the priorities are of. */
  priorityList?: string;
  dueHours: Readonly<Record<Severity, number>>;
  /** Select fields by their declared key: the defaults for every ticket. */
  values: Readonly<Record<string, string>>;
  /** Which of `values` hold the issue and sub-issue type, if the vendor has them. */
  issueTypeKey?: string;
  subIssueTypeKey?: string;
  overrides: {
    respondRule: readonly Override[];
    iocRule: readonly Override[];
    eventType: readonly Override[];
  };
  brake: { tickets: number; minutes: number } | null;
  /** What happens to alerts whose ticket is closed (decision 14). */
  closedTicket: ClosedTicketPolicy;
}

export interface Override {
  match: string;
  issueType: string;
  subIssueType?: string;
}

/** Why no ticket is made or no mail is sent; the words are stored and shown (decision 24). */
export type SkipReason =
  | 'organizationOff'
  | 'ticketsOff'
  | 'emailOff'
  | 'noTicketForSeverity'
  /** No recipient wants alerts of this severity. */
  | 'noMailForSeverity'
  | 'pause'
  | 'duplicateOfTicket'
  /** The connection was removed before the delivery was sent. */
  | 'connectionRemoved'
  /** The recipient was removed before the mail was sent. */
  | 'recipientRemoved'
  /** It was to say that a ticket is pending, and the ticket was not any more. */
  | 'ticketNotPending';

export type HoldReason = 'pause' | 'credentials';

/** What has become of a delivery (promises §2.2). */
export type DeliveryState = 'pending' | 'sending' | 'uncertain' | 'delivered' | 'held' | 'skipped' | 'failed';

/**
 * What an update owes a connection (decision 23). `note`: a note on the ticket that the alert has or is about to get,
 * whatever group its new state would fall into. `firstTicket`: the alert had none, so it is delivered like a new alert.
 */
export type UpdatePurpose = 'note' | 'firstTicket';

/** One owed delivery, decided at acceptance, with the words that explain it. */
export interface PlannedDelivery {
  channelId: string;
  /** The address, for mail; none for a connection, and for what is said of all mail of an alert at once. */
  target?: string;
  state: 'pending' | 'held' | 'skipped';
  reason?: SkipReason | HoldReason;
  /** Set for updates of a known alert; absent when the alert is new. */
  update?: UpdatePurpose;
  trace: string[];
}

/** Why an alert owes nothing at all; where something is owed, or skipped, each delivery has its own reason. */
export type NothingOwed = 'noConnection' | 'connectionNotSetUp';

export interface Plan {
  /** Absent for an unassigned alert (decision 22). */
  organizationId?: string;
  /** The reference that stood in for an unknown organization: groups strangers apart. */
  unassignedReference?: string;
  deliveries: PlannedDelivery[];
  /** Set where there are no deliveries: such an alert without a reason is not accounted for (decision 24). */
  nothingOwed?: NothingOwed;
  /** Said once for the alert: how the organization was found, why there is no delivery. */
  trace: string[];
}

/** Where and how a pending delivery goes, decided at claim. */
export interface Resolution {
  accountId: string;
  /**
   * Whether the organization's mapping or the catch-all chose the account, or the PSA refused the mapped one; the ticket
   * says so.
   */
  accountBy: 'mapping' | 'catchAll' | 'refusal';
  /** The organization as people know it; for an unassigned alert the sender's reference. */
  organizationName: string;
  /** The configured or catch-all contact; the adapter's directory supplies the rest (decision 4). */
  contact: ContactChoice;
  contractId?: string;
  priority: string;
  dueHours: number;
  subject: string;
  noteTitle: string;
  values: Record<string, string>;
  grouping: Grouping;
  trace: string[];
}

/** How the contact of a ticket is to be chosen (decisions 3 and 4); `none` when attaching is off. */
export type ContactChoice = { kind: 'none' } | { kind: 'find'; email?: string; fallbackContactId?: string };

/** Decision 13: which alerts share a ticket. */
export interface Grouping {
  /** SHA-256 over the NFC bytes of the named values, or over the alert's own identity when it stands alone. */
  key: Uint8Array;
  /** The organization's id, or the sender's reference for an unassigned alert. */
  organizationKey: string;
  alone: boolean;
  /** The grouping in words, for people. */
  words: string;
}
