import { describe, expect, it } from 'vitest';
import { judgeShown } from './judgeShown.ts';
import type { Shown, ShownDelivery } from './shown.ts';
import type { Recorded } from './simulator.ts';

const delivery = (kind: ShownDelivery['kind'], more: Partial<ShownDelivery> = {}): ShownDelivery => ({
  connectionId: 'c',
  state: 'delivered',
  kind,
  ticket: { id: '7' },
  settledAt: '2026-11-22T08:00:00.000Z',
  ...more,
});
const held = delivery(null, { state: 'held', ticket: null, settledAt: null });

/** One ticket with a note and a digest of two alerts; a further alert is held. */
const good: Shown = {
  connections: [{ id: 'c', name: 'PSA 1', counts: { waiting: 0, held: 1, failed: 0 } }],
  deliveries: [delivery('ticket'), delivery('note'), delivery('digest'), delivery('digest'), held],
  confirmed: new Map([
    ['ticket', 1],
    ['note', 1],
    ['digest', 1],
  ]),
};
const noteOf = (id: number, description: string) => ({ id, title: '', description });
const psa: Pick<Recorded, 'tickets' | 'effects'> = {
  tickets: [
    {
      id: 7,
      title: '',
      description: '',
      externalID: 'A-K',
      companyID: 1,
      status: 1,
      notes: [noteOf(1, 'Id: a1-000002'), noteOf(2, '2 alerts: 2 high\n\n- …')],
    },
  ],
  effects: new Map([
    ['ticketCreated', 1],
    ['noteCreated', 2],
  ]),
};
const without = (kind: ShownDelivery['kind']) => ({
  deliveries: good.deliveries.filter((one) => one.kind !== kind),
});

describe('what is shown', () => {
  it('is what the PSA has', () => {
    expect(judgeShown(good, psa)).toEqual([]);
    expect(judgeShown({ ...good, confirmed: undefined }, psa)).toEqual([]);
  });

  it.each<[string, Partial<Shown>, string[]]>([
    [
      'a ticket that is not shown',
      { deliveries: [held] },
      ['the PSA has ticket 7, which no connection shows'],
    ],
    [
      'a ticket that is not there',
      { deliveries: [...good.deliveries, delivery('ticket', { ticket: { id: '8' } })] },
      ['PSA 1 shows ticket 8, which the PSA has not'],
    ],
    [
      'a ticket without its first alert',
      without('ticket'),
      ['0 tickets shown, the PSA has 1', '3 alerts shown, the PSA has 4'],
    ],
    ['a note too few', without('note'), ['0 notes shown, the PSA has 1', '3 alerts shown, the PSA has 4']],
    [
      'a digest too many',
      { deliveries: [...good.deliveries, delivery('digest', { settledAt: '2026-11-22T08:01:00.000Z' })] },
      ['2 digests shown, the PSA has 1', '5 alerts shown, the PSA has 4'],
    ],
    [
      'an alert of a digest too few',
      { deliveries: [...good.deliveries.slice(0, 3), held] },
      ['3 alerts shown, the PSA has 4'],
    ],
    [
      'a ticket of two connections',
      { deliveries: [...good.deliveries, delivery('note', { connectionId: 'd' })] },
      ['ticket 7 is shown by PSA 1, a connection that is not listed (d)'],
    ],
    [
      'figures of a connection that its list does not have',
      { connections: [{ id: 'c', name: 'PSA 1', counts: { waiting: 1, held: 0, failed: 0 } }] },
      ['PSA 1 shows 1 waiting, its list 0', 'PSA 1 shows 0 held, its list 1'],
    ],
    [
      'a counter that is off by one',
      { confirmed: new Map([...(good.confirmed ?? []), ['ticket', 2]]) },
      ['/metrics counts 2 of ticketCreated, the PSA 1'],
    ],
    [
      'a counter that has not counted',
      { confirmed: new Map() },
      ['/metrics counts 0 of ticketCreated, the PSA 1', '/metrics counts 0 of noteCreated, the PSA 2'],
    ],
  ])('differs: %s', (_, change, findings) => {
    const found = judgeShown({ ...good, ...change }, psa);
    expect(found).toEqual(findings.map((finding) => expect.stringContaining(finding)));
  });
});
