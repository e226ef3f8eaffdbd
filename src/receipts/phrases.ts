/** What the sentences about a delivery share. */
import type { SkipReason } from '../plan/types.ts';
import type { DeliveryRow } from './row.ts';

/** What will happen next. */
export interface Next {
  /** Null when no time can be told. */
  at: string | null;
  words: string;
}

export const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** "14:05 UTC" */
export const clock = (date: Date): string => `${date.toISOString().slice(11, 16)} UTC`;

/** The connection as people know it. */
export const nameOf = ({ channel_name }: DeliveryRow): string => channel_name ?? 'The connection';

/** A sentence around the name of its ticket, or with the ticket at its end. */
export interface Brief {
  before: string;
  after: string;
}

export interface Explanation {
  /** One sentence about the state now. */
  words: string;
  /** The same in two pieces, where the ticket is named in between. */
  brief?: Brief;
  /** What will happen without anybody doing something, and when; null when nothing is left to happen. */
  next: Next | null;
}

const skipped: Record<SkipReason | 'discarded', string> = {
  organizationOff: 'No ticket: PSA & email was off for its organization.',
  ticketsOff: 'No ticket: tickets were off for its organization.',
  emailOff: 'No e-mail: e-mail was off for its organization.',
  noTicketForSeverity: 'No ticket: its severity was set to no ticket.',
  noMailForSeverity: 'No e-mail: no recipient was to get alerts of its severity.',
  pause: 'The connection was reactivated and what had waited was left unsent.',
  duplicateOfTicket: 'Its ticket tells of it already.',
  connectionRemoved: 'Its PSA connection was removed.',
  ticketNotPending: 'No e-mail: before it could leave, the ticket was no longer pending.',
  recipientRemoved: 'The recipient was removed before the mail was sent.',
  discarded: 'A person discarded it.',
};

/** For a row that holds no words of its own. */
export function skippedWords(reason: string | null): string {
  return skipped[reason as keyof typeof skipped] ?? `Skipped: ${reason}.`;
}
