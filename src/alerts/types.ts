/** The five severities, least to most severe; the index is the rank that the database stores (decision 11). */
export const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const severityRank = (severity: Severity): number => severities.indexOf(severity);
export const severityOf = (rank: number): Severity => severities[rank] ?? 'medium';

/** What about an alert was unusual when it came in; shown beside the alert, never a reason to drop it. */
export type AlertFlag =
  /** The sender's severity is not on any scale that we know; taken as medium. */
  | 'severityUnclear'
  /** A NUL character was replaced by U+2400 (promises I-7). */
  | 'nulReplaced'
  /** A lone surrogate was replaced by U+FFFD (promises I-8). */
  | 'surrogateReplaced'
  /** `occurredAt` lies more than 24 hours in the future (promises I-21). */
  | 'timeInFuture'
  /** `occurredAt` is not a time that we can read; it is kept as given. */
  | 'timeUnclear'
  /** The sender marked this alert as a test. */
  | 'test'
  /** An update or a close came before the alert itself. */
  | 'updateFirst';

/**
 * A security alert, normalized. Absent members are simply not there; text is as the sender gave it, apart from
 * characters that no database or PSA can hold (see {@link AlertFlag}). Design §9 documents the native form.
 */
export interface Alert {
  /** The sending product or installation; with `externalId` it identifies the alert. */
  source: string;
  externalId: string;
  title: string;
  severity: Severity;
  /** The sender's own word or number for the severity, as text. */
  originalSeverity: string;
  /** How the sender names the customer environment; resolved to an organization at acceptance. */
  organization?: OrganizationReference;
  description?: string;
  eventType?: string;
  /** The life cycle word of the sender, for example `new`, `inProgress`, `resolved`. */
  status?: string;
  /** When it happened, as the sender wrote it (promises I-21: stored as given). */
  occurredAt?: string;
  user?: { email?: string; name?: string };
  device?: { name?: string; ip?: string };
  application?: string;
  ip?: string;
  location?: { country?: string; city?: string };
  /** The respond or IOC rule at the source that made this alert; never ours. */
  rule?: { kind?: string; id?: string; name?: string };
  events?: AlertEvent[];
  incidentId?: string;
  url?: string;
  recommendedAction?: string;
  labels?: Record<string, string>;
  flags: AlertFlag[];
  /** Members that we do not know, as they came; numbers keep their spelling (promises I-20). */
  raw?: unknown;
}

/** Tried in this order: externalId, domain, tenantId, name; a name counts only if registered (design §9). */
export interface OrganizationReference {
  externalId?: string;
  domain?: string;
  tenantId?: string;
  name?: string;
}

export interface AlertEvent {
  type?: string;
  at?: string;
  summary?: string;
}
