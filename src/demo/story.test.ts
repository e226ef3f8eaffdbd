import { describe, expect, it } from 'vitest';
import {
  exampleAlert,
  exampleConnection,
  exampleOrganization,
  exampleSettings,
} from '../plan/exampleSettings.ts';
import { planDeliveries, resolve } from '../plan/index.ts';
import type { AlertAnswer, DeliveryAnswer, Sight } from './follow.ts';
import { tell } from './story.ts';

const ticket = { id: '88001', number: 'T20261122.0001', link: 'http://psa.test/88001' };

function delivery(members: Partial<DeliveryAnswer> = {}): DeliveryAnswer {
  return {
    revision: 1,
    state: 'delivered',
    words: 'Ticket T20261122.0001 was made.',
    next: null,
    kind: 'ticket',
    ticket,
    trace: [],
    ...members,
  };
}

function sight(deliveries: DeliveryAnswer[], members: Partial<AlertAnswer> = {}): Sight {
  const alert: AlertAnswer = {
    id: '1',
    source: 'edr',
    title: 'Odd sign-in',
    severity: 'critical',
    status: 'new',
    organization: { name: 'Northwind' },
    unassignedReference: null,
    revision: 1,
    receivedAt: '2026-11-22T10:00:00Z',
    deliveries,
    trace: [],
    revisions: [],
    ...members,
  };
  return { alert, deliveries };
}

/** The words as planning really says them: when they change, the short forms must follow. */
function traceOf(alert: Parameters<typeof exampleAlert>[0], contact?: string): string[] {
  const settings = exampleSettings({
    organizations: [
      exampleOrganization(),
      exampleOrganization({
        id: 'other',
        name: 'Other (Ltd.)',
        references: [{ kind: 'id', value: 'org-18' }],
      }),
    ],
  });
  const full = exampleAlert(alert);
  const { organizationId, unassignedReference } = planDeliveries(full, settings);
  const { trace } = resolve(full, organizationId, unassignedReference, exampleConnection(), settings);
  return contact === undefined ? trace : [...trace, contact];
}

const stepsOf = (trace: string[], members: Partial<DeliveryAnswer> = {}) =>
  tell('accepted', sight([delivery({ trace, ...members })])).steps;

describe('an alert that became a ticket', () => {
  it('says the account, the contact and the ticket, and where to look', () => {
    const trace = traceOf({}, 'Contact Ana Ortiz (id 30002): matched by e-mail (ana@northwind.example).');
    expect(tell('accepted', sight([delivery({ trace })]))).toEqual({
      ending: 'ticket',
      steps: [
        'accepted',
        'mapped to account Northwind Dental, contact matched by e-mail',
        'ticket T20261122.0001',
      ],
      ticketId: '88001',
      link: 'http://psa.test/88001',
    });
  });

  it.each([
    ["Contact A (id 1): the account's primary contact.", 'primary contact'],
    ["Contact A (id 1): the account's first active contact.", 'first active contact'],
    ['Contact A (b) (id 1): the one chosen for this account.', 'contact: the one chosen for this account'],
  ])('%s', (sentence, words) => {
    expect(stepsOf(traceOf({}, sentence))[1]).toBe(`mapped to account Northwind Dental, ${words}`);
  });

  it('says that the catch-all was used, and why', () => {
    expect(stepsOf(traceOf({ organization: { externalId: 'org-18' } }))[1]).toBe(
      'not mapped, so the catch-all account',
    );
    expect(stepsOf(traceOf({ organization: { externalId: 'org-99' } }))[1]).toBe(
      'unassigned, so the catch-all account',
    );
    expect(stepsOf(traceOf({ organization: undefined }))[1]).toBe('unassigned, so the catch-all account');
  });

  it('has its id until the number is known', () => {
    expect(stepsOf([], { ticket: { id: '88001', number: null, link: null } })).toEqual([
      'accepted',
      'ticket with id 88001',
    ]);
  });
});

describe('an alert that became a note', () => {
  it('says what it shares with the ticket', () => {
    const grouping = traceOf({ user: { email: 'ana@northwind.example' } }).at(-1)!;
    const steps = stepsOf(['The group has an open ticket: a note on it.', grouping], { kind: 'note' });
    expect(steps).toEqual(['accepted', 'same user', 'note on ticket T20261122.0001']);
  });

  it('says when several share it', () => {
    const trace = [
      '3 alerts were waiting for this ticket: one note for all.',
      'All alerts of X share a ticket.',
    ];
    const story = tell('accepted', sight([delivery({ kind: 'digest', trace })]));
    expect(story.steps).toEqual([
      'accepted',
      'one note for 3 alerts',
      'note with others on ticket T20261122.0001',
    ]);
    expect(story.ending).toBe('note');
  });
});

describe('mails', () => {
  const mail = (state: DeliveryAnswer['state'], address = 'soc@msp.example') =>
    delivery({ state, address, kind: 'mail', ticket: null });

  it('are counted in a word, and what became of the ticket ends the line', () => {
    const story = tell(
      'accepted',
      sight([mail('delivered'), delivery(), mail('delivered'), mail('pending')]),
    );
    expect([story.ending, story.steps]).toEqual([
      'ticket',
      ['accepted', 'mailed to 2, mail to 1 on its way', 'ticket T20261122.0001'],
    ]);
  });

  it('that nobody is to get are no word', () => {
    expect(tell('accepted', sight([mail('skipped', ''), delivery()])).steps).toEqual([
      'accepted',
      'ticket T20261122.0001',
    ]);
  });
});

describe('other endings', () => {
  it.each([
    [
      'skipped',
      'No ticket: severity low is set to no ticket in X.',
      'noTicket',
      'no ticket: severity low is set to no ticket in X',
    ],
    ['held', 'Held: X is paused.', 'held', 'held: X is paused'],
    ['failed', 'Needs a person: The queue is gone.', 'failed', 'needs a person: The queue is gone'],
    ['uncertain', 'Was sent.', 'waiting', 'was sent'],
  ] as const)('%s', (state, words, ending, last) => {
    const story = tell('accepted', sight([delivery({ state, words, kind: null, ticket: null })]));
    expect([story.ending, story.steps.at(-1)]).toEqual([ending, last]);
  });

  it('a duplicate', () => {
    expect(tell('duplicate', sight([delivery()]))).toEqual({
      ending: 'duplicate',
      steps: ['duplicate, nothing to do'],
    });
  });

  it('no PSA is connected', () => {
    const story = tell('accepted', sight([], { trace: ['No ticket: no PSA connection is set up.'] }));
    expect([story.ending, story.steps.at(-1)]).toEqual([
      'noTicket',
      'no ticket: no PSA connection is set up',
    ]);
  });

  it('what has neither delivery nor reason is unaccounted', () => {
    expect(tell('accepted', sight([])).ending).toBe('unaccounted');
    expect(tell('accepted', undefined).ending).toBe('unaccounted');
  });
});

describe('an update', () => {
  const before = { revision: 1, severity: 'high', status: 'new' };

  it('says what changed', () => {
    const changed = sight([delivery({ kind: 'note' })], {
      revision: 2,
      status: 'resolved',
      revisions: [before],
    });
    expect(tell('updated', changed).steps).toEqual([
      'updated: severity high → critical, status new → resolved',
      'note on ticket T20261122.0001',
    ]);
  });

  it('of anything else is stored without a note', () => {
    const same = sight([], { revision: 2, severity: 'high', revisions: [before] });
    const { ending, steps } = tell('updated', same);
    expect([ending, steps[0]]).toEqual(['noTicket', 'updated: details']);
  });
});
