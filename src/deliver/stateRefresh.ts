/**
 * Which ticket states are read together (design §3: refreshed in bulk, at most 0.1 reads per alert). Pure, in memory: the
 * lease holder knows which tickets it wrote to lately. A read that is needed anyway takes along those that will be
 * needed soon; and every ten writes earn one read, made before the states grow old, so that a busy connection never
 * keeps a note waiting for one.
 */
import type { TicketOfGroup } from './round.ts';
import { mostStatesAtOnce, ticketStateMs } from './tickets.ts';

export interface StateRefresh {
  wrote(ticket: TicketOfGroup, now: number): void;
  /** Their states were read; those of others as well, if it was said so. */
  read(tickets: readonly TicketOfGroup[], now: number): void;
  /** What is to be read, and what may come along, the most recently written first. */
  fillUp(needed: readonly TicketOfGroup[], now: number): TicketOfGroup[];
  /** Whether a read has been earned and there is something to read. */
  isDue(now: number): boolean;
}

interface Recent {
  ticket: TicketOfGroup;
  writtenAt: number;
  readAt: number;
}

/** A ticket that nobody wrote to for so long is read when it is needed again. */
const recentMs = 60 * 60_000;
/** A state of this age comes along; it would be too old soon. */
const agedMs = ticketStateMs / 2;
/** A read is made by itself when the oldest state is about to be too old. */
const dueMs = ticketStateMs * 0.8;
const writesPerRead = 10;
const mostRemembered = 2_000;

export function createStateRefresh(): StateRefresh {
  /** By group, the least recently written first. */
  const recent = new Map<string, Recent>();
  let writes = 0;

  function forget(now: number): void {
    for (const [groupId, { writtenAt }] of recent) {
      if (recent.size <= mostRemembered && writtenAt + recentMs > now) return;
      recent.delete(groupId);
    }
  }

  const aged = (ageMs: number, now: number): Recent[] =>
    [...recent.values()].filter(({ readAt }) => readAt + ageMs <= now);

  return {
    wrote(ticket, now) {
      const known = recent.get(ticket.groupId);
      recent.delete(ticket.groupId);
      // A new ticket is known to be open; so was one that has just taken a note, when its state was last read.
      const readAt = known?.ticket.ref === ticket.ref ? known.readAt : now;
      recent.set(ticket.groupId, { ticket, writtenAt: now, readAt });
      writes = Math.min(writesPerRead, writes + 1);
      forget(now);
    },
    read(tickets, now) {
      for (const { groupId, ref } of tickets) {
        const known = recent.get(groupId);
        if (known?.ticket.ref === ref) known.readAt = now;
      }
    },
    fillUp(needed, now) {
      forget(now);
      const asked = needed.slice(0, mostStatesAtOnce);
      const known = new Set(asked.map(({ groupId }) => groupId));
      for (const { ticket } of aged(agedMs, now).reverse()) {
        if (asked.length >= mostStatesAtOnce) break;
        if (!known.has(ticket.groupId)) asked.push(ticket);
      }
      return asked;
    },
    isDue(now) {
      forget(now);
      if (writes < writesPerRead || aged(dueMs, now).length === 0) return false;
      writes = 0;
      return true;
    },
  };
}
