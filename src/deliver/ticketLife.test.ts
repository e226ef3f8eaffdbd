import { describe, expect, it } from 'vitest';
import type { ClosedTicketPolicy } from '../psa/contract.ts';
import { type LifePolicy, nextWrite, type TicketCondition, type TicketFacts } from './ticketLife.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = 1_000 * day;

const policy = (closedTicket: ClosedTicketPolicy, canReopen = true): LifePolicy => ({
  closedTicket,
  canReopen,
  turnMs: hour,
});
const off = policy({ action: 'new', days: 0 });
const reopen = policy({ action: 'reopen', days: 7 });
const keepAdding = policy({ action: 'keepAdding', days: 7 });
const ticket = (condition: TicketCondition, more: Partial<TicketFacts> = {}): TicketFacts => ({
  condition,
  name: 'T20261120.0001',
  ...more,
});

describe('the next write of a group', () => {
  const closed = ticket('closed', { closedAt: now - day });
  it.each<[string, TicketFacts, LifePolicy, string]>([
    ['without a ticket is its first', ticket('none'), off, 'firstTicket'],
    ['with an open ticket is a note', ticket('open'), off, 'note'],
    ['after closing is a new ticket', closed, off, 'newTicket'],
    ['after closing reopens, if that is set', closed, reopen, 'reopen'],
    ['after closing is a note, if that is set', closed, keepAdding, 'note'],
    ['on the last day still reopens', ticket('closed', { closedAt: now - 7 * day }), reopen, 'reopen'],
    ['after the last day is new', ticket('closed', { closedAt: now - 7 * day - 1 }), reopen, 'newTicket'],
    ['after the last day of adding is new', ticket('closed', { closedAt: 0 }), keepAdding, 'newTicket'],
    ['closed at an unknown time reopens', ticket('closed'), reopen, 'reopen'],
    ['is new where the PSA cannot reopen', closed, { ...reopen, canReopen: false }, 'newTicket'],
    ['after a deletion is a new ticket', ticket('gone'), keepAdding, 'newTicket'],
    ['after a lock is a new ticket', ticket('shut'), reopen, 'newTicket'],
  ])('%s', (_, facts, settings, kind) => {
    expect(nextWrite(facts, settings, now).kind).toBe(kind);
  });

  it.each<[string, TicketCondition, LifePolicy, string]>([
    ['closed again: a note on it', 'closed', off, 'note'],
    ['reopened and closed again: a note on it', 'closed', reopen, 'note'],
    ['lost again: it waits', 'gone', off, 'wait'],
    ['locked again: it waits', 'shut', off, 'wait'],
  ])('within an hour of such a turn: %s', (_, condition, settings, kind) => {
    const since = (turnedAt: number) => nextWrite(ticket(condition, { turnedAt }), settings, now);
    expect(since(now - hour + 1).kind).toBe(kind);
    expect(since(now - hour).kind).not.toBe(kind);
  });

  it('that waits does so until the hour is over, and says why', () => {
    const next = nextWrite(ticket('gone', { turnedAt: now - 1_000 }), off, now);
    expect(next).toEqual({
      kind: 'wait',
      until: now - 1_000 + hour,
      why: 'Ticket T20261120.0001 was deleted, or moved to where it cannot be seen. There is at most one new ticket an hour for that reason.',
    });
  });

  it('never turns more than once an hour, whatever befalls the ticket', () => {
    let turns = 0;
    let turnedAt: number | undefined;
    for (let minute = 0; minute < 600; minute += 1) {
      const at = now + minute * 60_000;
      const condition = (['closed', 'gone', 'shut'] as const)[minute % 3] as TicketCondition;
      const next = nextWrite(ticket(condition, { closedAt: at, turnedAt }), reopen, at);
      if (next.kind !== 'newTicket' && next.kind !== 'reopen') continue;
      turns += 1;
      turnedAt = at;
    }
    expect(turns).toBe(10);
  });
});
