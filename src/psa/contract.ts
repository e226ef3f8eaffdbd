/**
 * What every PSA adapter is: a declaration of its settings as data, its limits as data, and a session that makes the
 * calls. The rest of the product knows adapters only through this file.
 */
import type { Severity } from '../alerts/types.ts';

export interface Adapter {
  kind: string;
  label: string;
  fields: readonly Field[];
  accountFilters: readonly AccountFilterDeclaration[];
  limits: Limits;
  /** What must exist in the PSA before one begins, and how to make it there, line by line (req 39–47). */
  setup: { prerequisites: readonly string[]; steps: readonly string[]; warnings: readonly string[] };
  /** Makes a session for one connection. Opens nothing; the first call does. */
  open(credentials: Record<string, string>, http: PsaHttp): Session;
}

export type Step = 'credentials' | 'accounts' | 'tickets' | 'contracts';

/**
 * What a field means to the planner. The renderer needs only `kind`; the planner finds its inputs by role, so that
 * no code outside a vendor's folder knows a vendor's key names.
 */
export type FieldRole =
  | 'catchAllAccount'
  | 'catchAllContact'
  | 'attachContacts'
  | 'subject'
  | 'noteTitle'
  | 'priorities'
  | 'dueHours'
  | 'issueType'
  | 'subIssueType'
  | 'noteVisibility'
  | 'overridesByEventType'
  | 'overridesByRespondRule'
  | 'overridesByIocRule'
  | 'brake'
  | 'closedTicket'
  | 'addContracts';

interface FieldBase {
  key: string;
  label: string;
  step: Step;
  help?: string;
  required?: boolean;
  role?: FieldRole;
  /** Of notes, not of tickets: shown apart from them. */
  isOfNotes?: true;
  /** Shown, and required, only while the named field of the same step has this value. */
  showWhen?: { key: string; equals: string | boolean };
}

export type Field = FieldBase &
  (
    | { kind: 'text'; maxLength: number; pattern?: string }
    | { kind: 'secret'; maxLength: number }
    | { kind: 'switch'; default: boolean }
    | { kind: 'account' }
    /** A contact of the account that the named field holds. */
    | { kind: 'contact'; of: string }
    /** One of the adapter's {@link Session.choices}; `dependsOn` names the field whose value is the parent. */
    | {
        kind: 'select';
        dependsOn?: string;
        /**
         * What is sent when the PSA no longer takes the chosen value (promises J-13): nothing, so that its own default
         * holds, or the first of these values that was not refused. Without it the ticket waits for a person.
         */
        whenRefused?: 'leaveOut' | readonly string[];
      }
    /** A Liquid template over alert fields (decision 13); their `names` are the same for all adapters, and come with the answer. */
    | {
        kind: 'template';
        maxLength: number;
        presets?: readonly { label: string; template: string }[];
        names?: readonly { path: string; label: string; example: string }[];
      }
    /** One choice of this list, or null for "no ticket", for each severity (decision 11). */
    | { kind: 'severityMap'; choices: string }
    /** Whole hours for each severity. */
    | { kind: 'severityHours'; default: Record<Severity, number> }
    /** Rows of a matching value and the select fields that it overrides (req 84–90). */
    | { kind: 'overrides'; matchKey: string; columns: readonly { key: string; required: boolean }[] }
    | { kind: 'brake'; default: { tickets: number; minutes: number } }
    /** What happens to alerts whose ticket is closed; only where sessions can reopen (decision 14). */
    | { kind: 'closedTicket'; default: ClosedTicketPolicy }
    | { kind: 'dayOfMonth' }
    | { kind: 'service' }
  );

/**
 * Decision 14: an alert whose ticket was closed at most `days` ago opens a new ticket that names it, reopens it, or is
 * added to it as it is. 0 days: always a new ticket.
 */
export interface ClosedTicketPolicy {
  action: 'new' | 'reopen' | 'keepAdding';
  days: number;
}

export interface Limits {
  /** How many calls the vendor allows in a window, before {@link Session.usage} says better. */
  window: { calls: number; perMs: number };
  /** The share of that window which we allow ourselves unless a connection says otherwise (promise P8). */
  share: number;
  /** From this part of the window on, all tools together, the vendor slows its answers. */
  slowsFrom?: number;
  /** `writes` names the endpoint that tickets and notes count against. */
  parallel: { perEndpoint: number; total: number; writes: string };
  /** The settle window W and its parts, in milliseconds (promises §2.2). */
  settleMs: number;
  deadlineMs: number;
  permitMs: number;
  searchLagMs: number;
  /** Longest texts, in UTF-16 code units as the vendor counts them. */
  text: { title: number; description: number; noteTitle: number; note: number };
}

/** One HTTP call as an adapter asks for it. `endpoint` is the bucket that the vendor's parallel limit counts. */
export interface PsaRequest {
  endpoint: string;
  method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** False for calls that the vendor does not count. */
  counted?: boolean;
  /** Set on writes: asked again when the client is about to write the request; false = nothing is sent. */
  permit?: Permit;
}

/** Whether this write may still leave (promises §2.2, send permit). The adapter hands it on to the write's request. */
export type Permit = () => boolean;

/** What came back. `notSent` proves that no byte of the request left; `unknown` proves nothing. */
export type PsaReply =
  | { kind: 'answered'; status: number; headers: Record<string, string | string[] | undefined>; text: string }
  | { kind: 'notSent'; reason: string; detail: string }
  | { kind: 'unknown'; reason: string; detail: string; status?: number; partial?: string };

/** Bound to one connection by whoever opens the session: address rules, deadline, slots, budget, send permit. */
export type PsaHttp = (request: PsaRequest) => Promise<PsaReply>;

export type RefusalReason =
  | 'auth'
  | 'rateLimited'
  | 'notFound'
  | 'invalid'
  | 'serverError'
  | 'timeout'
  | 'network';

/** Where a ticket or note can be found again. */
export interface Receipt {
  ref: string;
  number?: string;
  link?: string;
}

/**
 * The PSA said no, or was not reached: nothing was done. `field` is our name of the refused input, if it is known; a
 * note that is `invalid` for its `ticket` met one that takes no notes (locked), `notFound` one that is not there.
 */
export interface Refusal {
  kind: 'refused';
  reason: RefusalReason;
  /** One sentence for people, from the vendor's words. */
  text: string;
  field?: 'account' | 'contact' | 'contract' | (string & {});
  /** Of a PSA that was not reached: its certificate or its TLS cannot be trusted, which does not pass by itself. */
  isUntrusted?: true;
  retryAfterMs?: number;
}

/** Enough to understand an unclear answer later; scrubbed of secrets, at most 2 kB. */
export interface Uncertainty {
  kind: 'uncertain';
  evidence: string;
}

/** What a write came to. Only `done` proves that it happened, only `refused` that it did not. */
export type Outcome = { kind: 'done'; receipt: Receipt } | Refusal | Uncertainty;

/** What a look-up by key found. `surplus` are further records with the same key, newest last. */
export type Finding =
  | { kind: 'found'; receipt: Receipt; surplus: Receipt[] }
  | { kind: 'none' }
  | { kind: 'failed'; reason: RefusalReason; text: string; isUntrusted?: true; retryAfterMs?: number };

/** An expected failure of a read. */
export type Read<T> = { kind: 'ok'; value: T } | Refusal;

/** A ticket ready to be sent: everything chosen, texts cut to the adapter's limits. */
export interface TicketDraft {
  /** Our key; put where the vendor lets us search for it. */
  key: string;
  accountId: string;
  contactId?: string;
  contractId?: string;
  title: string;
  description: string;
  /** The vendor's priority id. */
  priority: string;
  dueAt: Date;
  /** The select fields of the tickets step after overrides, by their declared key. */
  values: Record<string, string>;
}

export interface NoteDraft {
  /** Stands at the end of `text` already; used to find the note again. */
  key: string;
  title: string;
  text: string;
  values: Record<string, string>;
  /** When the first try began; a look-up need not search before it. */
  notBefore: Date;
}

/** A text as it stands in the PSA. `ref` is that of the ticket or note. */
export interface TicketText {
  of: 'ticket' | 'note';
  ref: string;
  text: string;
}

export type TicketState =
  /** `closedAt`: since when, where the vendor tells. */
  | { kind: 'open' | 'closed'; receipt: Receipt; accountId: string; closedAt?: Date }
  /** Deleted, or moved to where the API user cannot see it: the two look the same. */
  | { kind: 'gone' }
  /** `into` is the ticket that has taken it in and is not merged itself; `isOpen` tells of that one. */
  | { kind: 'merged'; into: Receipt; isOpen: boolean };

/** One line of a verification: a right that the connection needs, and what to do if it is missing (req 50, 51). */
export interface Check {
  key: string;
  label: string;
  ok: boolean;
  /** What was found, or what to do about it. */
  text: string;
  /** Set when the PSA refused the call of this line, or was not reached; `auth`: it does not take these credentials. */
  reason?: RefusalReason;
}

export interface Choice {
  id: string;
  label: string;
  isActive: boolean;
  isDefault: boolean;
  /** The choice of the parent list that this one belongs to. */
  parentId?: string;
  /** Of a note visibility: people at the client may read such notes (decision 20). */
  isClientVisible?: true;
}

export interface Account {
  id: string;
  name: string;
  number?: string;
  isActive: boolean;
  webAddress?: string;
  /** Values of the declared account filters, by filter key. */
  filters: Record<string, string | undefined>;
}

export interface Contact {
  id: string;
  accountId: string;
  name: string;
  emails: string[];
  isPrimary: boolean;
  isActive: boolean;
}

export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

export interface AccountFilter {
  /** Wanted values by filter key: accountType, classification, marketSegment. */
  filters?: Record<string, string[]>;
  q?: string;
}

/** A contract of an account. */
export interface Contract {
  id: string;
  accountId: string;
  name: string;
  number?: string;
  /** In force today: not switched off, begun, and not ended. */
  isActive: boolean;
  /** First and last day, YYYY-MM-DD. */
  startsOn?: string;
  endsOn?: string;
  /** Services can be added to it, and so it can be billed by count. */
  takesServices: boolean;
}

/** A service of the vendor's catalogue; cost and price of a unit are decimals as text. */
export interface Service {
  id: string;
  name: string;
  isActive: boolean;
  unitCost?: string;
  unitPrice?: string;
}

/** Contracts and services, inactive ones included; `q` is a part of the name, or of the number of a contract. */
export interface Billing {
  contracts(accountId: string, filter: { q?: string }, cursor?: string): Promise<Read<Page<Contract>>>;
  /** Those not found, or not shown to us, are left out. */
  contractsById(ids: readonly string[]): Promise<Read<Contract[]>>;
  services(filter: { q?: string }, cursor?: string): Promise<Read<Page<Service>>>;
  servicesById(ids: readonly string[]): Promise<Read<Service[]>>;
}

/** What a connection makes use of beyond tickets and notes. */
export interface Needs {
  contracts?: boolean;
}

export interface Usage {
  used: number;
  allowed: number;
  windowMs: number;
}

/**
 * The calls of one connection. Each method makes as few calls as the vendor permits, never retries a write, and
 * answers with values; it throws only on a programming error.
 */
export interface Session {
  /** Checks each right that is needed on its own line, stopping at the first failed login. */
  verify(needs?: Needs): Promise<Check[]>;
  /** The values of a select field (or a severity map's or account filter's list), inactive ones included. */
  choices(field: string): Promise<Read<Choice[]>>;
  accounts(filter: AccountFilter, cursor?: string): Promise<Read<Page<Account>>>;
  /** Accounts by id, for checking mappings; those not found are left out. */
  accountsById(ids: string[]): Promise<Read<Account[]>>;
  contacts(accountId: string, cursor?: string): Promise<Read<Page<Contact>>>;
  /** Active contacts with this address in this account only, ignoring letter case (decision 4). */
  contactByEmail(accountId: string, address: string): Promise<Read<Contact | null>>;
  createTicket(ticket: TicketDraft, permit: Permit): Promise<Outcome>;
  findTicket(key: string): Promise<Finding>;
  addNote(ticketRef: string, note: NoteDraft, permit: Permit): Promise<Outcome>;
  findNote(ticketRef: string, note: { key: string; notBefore: Date }): Promise<Finding>;
  /**
   * The texts on a ticket that may be ours: its own, and its notes since a time, oldest first. Read only after a restore
   * (promise P20). None for a ticket that is gone.
   */
  ticketTexts(ticketRef: string, since: Date): Promise<Read<TicketText[]>>;
  /** States of many tickets in few calls; an id without an entry is unknown, not gone. */
  ticketStates(refs: string[]): Promise<Read<Map<string, TicketState>>>;
  /**
   * Opens a closed ticket again with the status that new ones get (decision 14). Setting a status twice is setting it
   * once, so it may be repeated after an unclear answer. `invalid`: this ticket cannot be reopened.
   */
  reopen?(ticketRef: string, values: Record<string, string>, permit: Permit): Promise<Outcome>;
  /**
   * What has changed in the fields of tickets and notes, where the vendor describes them: those that we fill and are
   * gone or of another type, and required ones that we do not fill.
   */
  fieldChanges?(): Promise<Read<FieldChange[]>>;
  /** Where the vendor has contracts that tickets and counts can be put on (req 91–106). */
  billing?: Billing;
  /** Calls used by everybody and allowed in the current window, where the vendor tells. */
  usage?(): Promise<Read<Usage>>;
}

/** A field of the records that we write which is not as the adapter knows it (promises J-12). */
export interface FieldChange {
  /** Our name of it, or the vendor's for one that we do not fill. */
  key: string;
  /** What has changed, and what to do about it. */
  text: string;
}

/** A list that the accounts of a PSA can be filtered by; its values come from `choices(key)`. */
export interface AccountFilterDeclaration {
  key: string;
  label: string;
}
