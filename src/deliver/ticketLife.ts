/**
 * What happens to a group whose ticket has met its fate: the one policy table of promise P13 and decision 14. Pure; who
 * asks is `turns.ts`. A merged ticket is no case here: its group follows it when its state is read (`tickets.ts`), and
 * so does the group of a ticket that a person moved to another account: it stays where they put it.
 *
 *     closed      new ticket that names it; by setting, within so many days: reopen it, or keep adding notes to it
 *     gone        new ticket (deleted, or moved to where we cannot see it: the two look the same)
 *     shut        new ticket (locked, or cannot be reopened)
 *
 * Nothing turns twice in an hour: a group that has opened or reopened a ticket for such a reason writes notes on the
 * newest one, with the reason, for as long as that takes notes; where it takes none, what waits goes out in the next
 * ticket when the hour is over. So a rule of the PSA that closes or deletes our tickets costs one ticket an hour.
 */
import type { ClosedTicketPolicy } from '../psa/contract.ts';

export type TicketCondition = 'none' | 'open' | 'closed' | 'gone' | 'shut';

/** What is known of a group's newest ticket; times are milliseconds of database time. */
export interface TicketFacts {
  condition: TicketCondition;
  /** As people know it. */
  name: string;
  closedAt?: number | undefined;
  /** When a ticket was last opened or reopened for a reason of this table. */
  turnedAt?: number | undefined;
}

export interface LifePolicy {
  closedTicket: ClosedTicketPolicy;
  /** Whether the PSA can reopen tickets. */
  canReopen: boolean;
  /** The hour in which nothing turns twice; a test's is shorter. */
  turnMs: number;
}

/** What the group's next write is to be; `why` is told in it and in its trace. */
export type NextWrite =
  | { kind: 'firstTicket' }
  | { kind: 'note'; why?: string }
  | { kind: 'reopen'; why: string }
  | { kind: 'newTicket'; why: string }
  | { kind: 'wait'; until: number; why: string };

const dayMs = 24 * 3_600_000;

/** The fates that take no note, in words. */
const fates = {
  gone: 'was deleted, or moved to where it cannot be seen',
  shut: 'takes no notes any more',
} as const;

export function nextWrite(ticket: TicketFacts, policy: LifePolicy, now: number): NextWrite {
  switch (ticket.condition) {
    case 'none':
      return { kind: 'firstTicket' };
    case 'open':
      return { kind: 'note' };
    case 'closed':
      return afterClosing(ticket, policy, now);
    case 'gone':
    case 'shut':
      return afterLoss(ticket, fates[ticket.condition], policy, now);
  }
}

function afterClosing(ticket: TicketFacts, policy: LifePolicy, now: number): NextWrite {
  const { action, days } = policy.closedTicket;
  const isRecent = days > 0 && now - (ticket.closedAt ?? now) <= days * dayMs;
  if (isRecent && action === 'keepAdding') {
    return {
      kind: 'note',
      why: `Ticket ${ticket.name} is closed; notes are added to it for ${inDays(days)}.`,
    };
  }
  if (turnedUntil(ticket, policy, now) !== undefined) {
    const why = `Ticket ${ticket.name} is closed again. There is at most one new or reopened ticket an hour, so this is a note on it.`;
    return { kind: 'note', why };
  }
  if (isRecent && action === 'reopen' && policy.canReopen) {
    return { kind: 'reopen', why: `Ticket ${ticket.name} was closed and is reopened for further alerts.` };
  }
  return { kind: 'newTicket', why: `Ticket ${ticket.name} is closed.` };
}

function afterLoss(ticket: TicketFacts, fate: string, policy: LifePolicy, now: number): NextWrite {
  const until = turnedUntil(ticket, policy, now);
  const why = `Ticket ${ticket.name} ${fate}.`;
  if (until === undefined) return { kind: 'newTicket', why };
  return { kind: 'wait', until, why: `${why} There is at most one new ticket an hour for that reason.` };
}

/** Until when nothing may turn again; undefined when it may now. */
function turnedUntil({ turnedAt }: TicketFacts, { turnMs }: LifePolicy, now: number): number | undefined {
  const until = turnedAt === undefined ? now : turnedAt + turnMs;
  return until > now ? until : undefined;
}

const inDays = (days: number): string =>
  days === 1 ? 'one day after closing' : `${days} days after closing`;
