import { describe, expect, it } from 'vitest';
import { briefOf, furtherReasons } from './brief.ts';
import { explain } from './explain.ts';
import { exampleRow as row } from './fixtures/row.ts';
import type { DeliveryRow } from './row.ts';

const later = new Date('2026-11-20T12:05:00Z');
const laterText = '2026-11-20T12:05:00.000Z';

type Case = [string, Partial<DeliveryRow>, string | null, string];

describe('a pending delivery says what it waits for', () => {
  it.each<Case>([
    ['a slot', {}, null, 'Goes out as soon as the connection has a free slot.'],
    ['a pause', { connection_state: 'paused' }, null, 'Our PSA is paused: it is about to be held.'],
    [
      'a person',
      { attention: 'The password is wrong.' },
      null,
      'Our PSA needs a person: The password is wrong. It is about to be held.',
    ],
    [
      'a worker',
      { is_served: false },
      null,
      'No worker serves the connection at this moment; the next one takes it up within 30 seconds.',
    ],
    [
      'the answer to another one',
      { busy_state: 'sending' },
      null,
      'Waits for the answer to the one before it on its ticket.',
    ],
    [
      'another one that is unclear',
      { busy_state: 'uncertain', busy_look_at: later },
      laterText,
      'Waits behind one for its ticket of which it is not known yet whether it arrived.',
    ],
    [
      'a refused note before it',
      { gap_until: later },
      laterText,
      'A note before it on its ticket was refused. Until 12:05 UTC that one waits for a person to retry or discard it; then this one goes on and names what is missing.',
    ],
    [
      'its next try',
      { blocked_until: later, problem: 'Autotask asks for fewer calls.' },
      laterText,
      'Is tried again. Last answer: Autotask asks for fewer calls.',
    ],
    [
      'the next digest',
      { blocked_until: later },
      laterText,
      'Goes out in the next note on its ticket, with others: many came at once.',
    ],
    [
      'a PSA that asked for a pause',
      { waits_for: 'asked', waits_until: later },
      laterText,
      'The PSA has asked for fewer calls. The next call is made at 12:05 UTC.',
    ],
    [
      'a PSA that is away',
      { waits_for: 'away', waits_until: later, problem: 'Autotask was not reached.' },
      laterText,
      'The PSA does not answer. The next call is made at 12:05 UTC. Last answer: Autotask was not reached.',
    ],
    [
      'budget of its own',
      { waits_for: 'ownShare', waits_until: later },
      laterText,
      'This connection has used its share of the calls that the PSA allows. The next call is made at 12:05 UTC.',
    ],
    [
      'budget that others used',
      { waits_for: 'otherTools', waits_until: later },
      laterText,
      'Other tools have used up the calls that the PSA allows. The next call is made at 12:05 UTC.',
    ],
    [
      'budget that is kept',
      { waits_for: 'reserve', waits_until: later },
      laterText,
      'What is left of the calls that the PSA allows is kept for critical alerts. The next call is made at 12:05 UTC.',
    ],
    [
      'budget that must last',
      { waits_for: 'spread', waits_until: later },
      laterText,
      'Little is left of the calls that the PSA allows, so they are spread out. The next call is made at 12:05 UTC.',
    ],
    [
      'a look after a restore',
      { is_looked_for: true, ahead: 3 },
      null,
      'A backup was restored: Herald first looks in the PSA what is there of its ticket already.',
    ],
    ['its group', { group_id: null, ahead: 4 }, null, 'Before it, 4 wait for this connection.'],
    [
      'those before it',
      { ahead: 100 },
      null,
      'Before it, 100 or more wait for the same ticket: they go out in order, or together in one note.',
    ],
  ])('%s', (_, members, at, words) => {
    expect(explain(row(members))).toEqual({ words: 'Waits to be sent.', next: { at, words } });
  });

  it('and names the first obstacle of several', () => {
    const all = { attention: 'Locked.', busy_state: 'sending', blocked_until: later, ahead: 3 } as const;
    expect(explain(row(all)).next?.words).toContain('Locked.');
    expect(explain(row({ ...all, attention: null })).next?.words).toContain('answer to the one before');
  });
});

describe('a delivery that is being sent says what decides', () => {
  it.each([
    [false, 'The answer of the PSA decides; without one, Herald looks in the PSA whether it arrived.'],
    [true, 'The worker that sent it has ended. The next one looks in the PSA whether it arrived.'],
  ])('its worker has ended: %s', (is_abandoned, words) => {
    expect(explain(row({ delivery_state: 'sending', is_abandoned }))).toEqual({
      words: 'Is being sent.',
      next: { at: null, words },
    });
  });
});

describe('an uncertain delivery says when it is looked up', () => {
  const looks = 'Herald looks in the PSA whether it arrived';
  it.each<Case>([
    [
      'before a look-up',
      { looks: 0 },
      laterText,
      `${looks}, and sends it again only when it surely did not.`,
    ],
    [
      'after two that found nothing',
      { looks: 2 },
      laterText,
      `${looks}, and sends it again only when it surely did not. Looked up so far: 2 times, not found yet.`,
    ],
    [
      'after one that failed',
      { looks: 1, look_problem: 'HTTP 503.' },
      laterText,
      `${looks}, and sends it again only when it surely did not. The last look-up failed: HTTP 503. If you have looked yourself, discard it with a reason.`,
    ],
    [
      'while paused',
      { connection_state: 'paused' },
      laterText,
      `${looks}. While the connection is paused it is not sent again.`,
    ],
    [
      'while the login is refused',
      { attention: 'The password is wrong.' },
      null,
      `${looks} when the credentials work again: The password is wrong.`,
    ],
  ])('%s', (_, members, at, words) => {
    const { next } = explain(row({ delivery_state: 'uncertain', next_look_at: later, ...members }));
    expect(next).toEqual({ at, words });
  });
});

describe('while a connection is put back in use', () => {
  it.each<[string, Partial<DeliveryRow>, string]>([
    [
      'deliver',
      { reason: 'pause', backlog: 'deliver' },
      'Our PSA was resumed: it is being put back in line.',
    ],
    [
      'leave',
      { reason: 'pause', backlog: 'leave' },
      'Our PSA was resumed: it is being left unsent, as was chosen.',
    ],
    [
      'login',
      { reason: 'credentials', backlog: 'sort' },
      'Our PSA works again: it is being put back in line.',
    ],
    [
      'still paused',
      { reason: 'pause', backlog: 'deliver', connection_state: 'paused' },
      'Held: Our PSA is paused.',
    ],
  ])('a held delivery says that it moves: %s', (_, members, words) => {
    expect(explain(row({ delivery_state: 'held', ...members })).words).toBe(words);
  });

  it('one that waits says that others come first', () => {
    expect(explain(row({ backlog: 'deliver' })).next?.words).toBe(
      'Our PSA is in use again. What it held is put back in line first.',
    );
  });
});

describe('a held delivery says why, and what ends it', () => {
  const ends = {
    pause: 'Waits until the connection is active again; then it is asked what to do with it.',
    credentials: 'Goes out by itself when the credentials work again.',
  };
  it.each<[keyof typeof ends, Partial<DeliveryRow>, string]>([
    ['pause', {}, 'Held: Our PSA is paused.'],
    ['pause', { pause_reason: 'Maintenance' }, 'Held: Our PSA is paused (Maintenance).'],
    ['pause', { problem: 'Held: Our PSA is paused.' }, 'Held: Our PSA is paused.'],
    ['credentials', { attention: 'Locked.' }, 'Held: Our PSA needs a person: Locked.'],
    ['credentials', { problem: 'It was refused.' }, 'It was refused.'],
    ['credentials', {}, 'Held: Our PSA needs a person: its credentials do not work.'],
  ])('%s %j', (reason, members, words) => {
    const explained = explain(row({ delivery_state: 'held', reason, ...members }));
    expect(explained).toEqual({ words, next: { at: null, words: ends[reason] } });
  });
});

describe('a skipped delivery names its reason, and nothing follows', () => {
  it.each([
    ['organizationOff', 'No ticket: PSA & email was off for its organization.'],
    ['ticketsOff', 'No ticket: tickets were off for its organization.'],
    ['noTicketForSeverity', 'No ticket: its severity was set to no ticket.'],
    ['pause', 'The connection was reactivated and what had waited was left unsent.'],
    ['duplicateOfTicket', 'Its ticket tells of it already.'],
    ['connectionRemoved', 'Its PSA connection was removed.'],
    ['discarded', 'A person discarded it.'],
    ['newReason', 'Skipped: newReason.'],
  ])('%s', (reason, words) => {
    expect(explain(row({ delivery_state: 'skipped', reason }))).toEqual({ words, next: null });
    const trace = ['Organization found.', 'No ticket: said at acceptance.'];
    expect(explain(row({ delivery_state: 'skipped', reason, trace })).words).toBe(trace[1]);
    expect(explain(row({ delivery_state: 'skipped', reason, trace, problem: 'Said later.' })).words).toBe(
      'Said later.',
    );
  });
});

describe('a failed delivery says what a person can do', () => {
  const mend = 'Mend the cause and retry, or discard it with a reason.';
  it.each<[Partial<DeliveryRow>, string, string]>([
    [{ reason: 'refused', problem: 'It said no.' }, 'Needs a person: It said no.', mend],
    [{ reason: 'refused' }, 'Needs a person: the PSA refused it.', mend],
    [
      { reason: 'unclear', problem: 'After 5 tries without a clear answer.' },
      'Needs a person: After 5 tries without a clear answer.',
      'Read what the PSA answered to each attempt, ask its maker if need be, and retry, or discard it with a reason.',
    ],
    [
      { reason: 'unwritable' },
      'Needs a person: no text could be made of this alert.',
      'Correct the subject format or what the sender sends and retry, or discard it with a reason.',
    ],
    [
      { reason: 'refused', gap_until: later },
      'Needs a person: the PSA refused it.',
      `${mend} Until 12:05 UTC the notes behind it on its ticket wait for that.`,
    ],
  ])('%j', (members, words, next) => {
    const explained = explain(row({ delivery_state: 'failed', ...members }));
    expect(explained).toEqual({ words, next: { at: null, words: next } });
  });
});

it.each<[Partial<DeliveryRow>, string]>([
  [{ write_kind: 'ticket', ticket_number: 'T1' }, 'Ticket T1 was made.'],
  [{ write_kind: 'note', ticket_number: 'T1' }, 'A note was added to ticket T1.'],
  [{ write_kind: 'digest', ticket_ref: '88' }, 'Is in a note with others on ticket id 88.'],
  [{ write_kind: 'note' }, 'A note was added to its ticket.'],
])('a delivered one names its ticket: %j', (members, words) => {
  expect(explain(row({ delivery_state: 'delivered', ...members }))).toMatchObject({ words, next: null });
});

describe('what stands beside the badge of the state', () => {
  const brief = (members: Partial<DeliveryRow>) => briefOf(row(members), explain(row(members)));

  it.each<[string, Partial<DeliveryRow>, string, string]>([
    [
      'a ticket is named between two pieces',
      { delivery_state: 'delivered', write_kind: 'ticket', ticket_ref: '7', ticket_number: 'T7' },
      'Ticket ',
      ' was made.',
    ],
    [
      'also where it has no number',
      { delivery_state: 'delivered', write_kind: 'digest', ticket_ref: '7' },
      'Is in a note with others on ticket ',
      '.',
    ],
    [
      'the name of the state is left out',
      { delivery_state: 'held', reason: 'pause', connection_state: 'paused' },
      'Our PSA is paused.',
      '',
    ],
    [
      'a ticket that the sentence does not name stands at its end',
      { delivery_state: 'uncertain', ticket_ref: '7' },
      'Was sent, but the PSA gave no clear answer. It is not sent again before that is known. ',
      '',
    ],
    ['without a ticket nothing follows', { delivery_state: 'pending' }, 'Waits to be sent.', ''],
  ])('%s', (_name, members, before, after) => {
    expect(brief(members)).toEqual({ before, after });
  });

  it('reasons that the sentence says already, with more to it, are not said again', () => {
    const trace = ['Organization found.', 'Held: Our PSA is paused.'];
    expect(furtherReasons(trace, 'Held: Our PSA is paused (upgrade).')).toEqual(['Organization found.']);
  });
});
