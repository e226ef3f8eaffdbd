import { describe, expect, it } from 'vitest';
import { type Evidence, inOneLine, judge } from './judge.ts';
import { createLedger } from './ledger.ts';
import type { RecordedTicket } from './simulator.ts';

const ids = ['a1-000001', 'a1-000002', 'a1-1000003'] as const;

/** Three alerts of one group, sent one after the other: the first is the ticket, the others a note each. */
function goodRun(): Evidence & { ticket: RecordedTicket } {
  const ledger = createLedger();
  for (const [i, externalId] of ids.entries()) {
    const entry = ledger.sending({ externalId, group: 'Group 1', reference: 'org-1', severity: 'high' });
    ledger.acknowledge(entry, { id: `${i + 1}`, status: 'accepted' });
  }
  const keys = ['A-K', 'A-K/0002', 'A-K/0003'];
  const ticket: RecordedTicket = {
    id: 7,
    title: 'Group 1',
    description: `Id: ${ids[0]}\n\nref A-K`,
    externalID: 'A-K',
    companyID: 1,
    status: 1,
    notes: [1, 2].map((n) => ({ id: n, title: 'Group 1', description: `Id: ${ids[n]}\n\nref ${keys[n]}` })),
  };
  return {
    ticket,
    sent: [...ledger.entries.values()],
    stored: {
      alerts: ids.map((externalId, i) => ({ id: `${i + 1}`, externalId })),
      deliveries: ids.map((externalId, i) => ({
        alertId: `${i + 1}`,
        externalId,
        state: 'delivered',
        problem: null,
        writeKey: keys[i]!,
      })),
      confirmed: new Map([
        ['ticket', 1],
        ['note', 2],
      ]),
      refused: new Map(),
      open: 0,
    },
    recorded: {
      tickets: [ticket],
      effects: new Map([
        ['ticketCreated', 1],
        ['noteCreated', 2],
      ]),
      requests: [{ n: 1, time: '2026-11-20T02:14:05Z', path: '/', status: 200, ms: 1 }],
      threshold: 10,
      windowMs: 3_600_000,
    },
    leaks: [],
  };
}

type Spoil = (run: ReturnType<typeof goodRun>) => void;

const spoiled: [words: string, spoil: Spoil, finding: RegExp][] = [
  ['an acknowledged alert is not stored', (run) => run.stored.alerts.pop(), /lost [1-9]/],
  ['an acknowledged alert owes nothing', (run) => run.stored.deliveries.pop(), /lost [1-9]/],
  ['a delivered note is not in the PSA', ({ ticket }) => ticket.notes.pop(), /lost [1-9]/],
  [
    'a note does not name its alert',
    ({ ticket }) => {
      ticket.notes[0]!.description = 'ref A-K/0002';
    },
    /lost 1 /,
  ],
  [
    'an alert is stored twice',
    ({ stored }) => stored.alerts.push({ ...stored.alerts[0]!, id: '9' }),
    /duplicated 1 /,
  ],
  ['an alert was answered with two ids', ({ sent }) => sent[0]!.ids.add('9'), /duplicated 1 /],
  [
    'a note is there twice',
    ({ ticket }) => ticket.notes.push({ ...ticket.notes[1]!, id: 3 }),
    /duplicated [1-9]/,
  ],
  [
    'a group has two open tickets',
    ({ recorded, ticket }) => recorded.tickets.push({ ...ticket, id: 8, notes: [] }),
    /duplicated [1-9]/,
  ],
  [
    'the PSA has a note that Herald does not know of',
    ({ ticket }) => ticket.notes.push({ id: 3, title: '', description: 'ref A-K/0004' }),
    /duplicated 1 /,
  ],
  [
    'notes stand in another order than the acknowledgements',
    ({ ticket }) => swapNotes(ticket),
    /misordered [1-9]/,
  ],
  [
    'the numbers of the notes have a gap',
    ({ ticket, stored }) => {
      ticket.notes[1]!.description = ticket.notes[1]!.description.replace('K/0003', 'K/0004');
      stored.deliveries[2]!.writeKey = 'A-K/0004';
    },
    /misordered 1 /,
  ],
  [
    'a delivery is still uncertain',
    ({ stored }) => {
      stored.deliveries[2]!.state = 'uncertain';
    },
    /left over 1$/,
  ],
];

function swapNotes(ticket: RecordedTicket): void {
  const [first, second] = ticket.notes as [RecordedTicket['notes'][0], RecordedTicket['notes'][0]];
  [first.id, second.id] = [second.id, first.id];
}

describe('the checker', () => {
  it('finds nothing in a good run', () => {
    const verdict = judge(goodRun());
    expect(inOneLine(verdict)).toBe('lost 0 duplicated 0 misordered 0 leaked 0 left over 0');
    expect(verdict.other).toEqual([]);
  });

  it.each(spoiled)('sees when %s', (_words, spoil, finding) => {
    const run = goodRun();
    spoil(run);
    expect(inOneLine(judge(run))).toMatch(finding);
  });

  it('sees a secret in a log line', () => {
    expect(judge({ ...goodRun(), leaks: ['… Sim-Secret-1 …'] }).leaked).toHaveLength(1);
  });

  it('sees calls above the share of the quota, and refused logins', () => {
    const run = goodRun();
    const call = { n: 1, time: '2026-11-20T02:14:05Z', path: '/', status: 401, ms: 1 };
    run.recorded.requests = Array.from({ length: 6 }, () => call);
    expect(judge(run).other).toEqual([
      '6 calls in 60 minutes, allowed 5',
      'the login was refused at 1 times instead of 0: 6 calls with 401',
    ]);
  });

  it('lets a number be missing only if its write was refused', () => {
    const run = goodRun();
    const last = run.ticket.notes[1]!;
    last.description = last.description.replace('K/0003', 'K/0004');
    run.stored.deliveries[2]!.writeKey = 'A-K/0004';
    expect(judge(run).misordered).toEqual(['ticket 7 has A-K/0004 in place 3']);
    run.stored.refused = new Map([['A-K', [3]]]);
    expect(judge(run).misordered).toEqual([]);
  });

  it('sees counters that differ from the ledger', () => {
    const run = goodRun();
    run.recorded.effects = new Map([['ticketCreated', 1]]);
    expect(judge(run).other).toEqual(['noteCreated: we confirmed 2, the PSA made 0']);
  });

  it('lets alerts stand in any order only if they were sent at the same time', () => {
    const run = goodRun();
    swapNotes(run.ticket);
    const inversions = () =>
      judge(run).misordered.filter((finding) => finding.includes('behind one that was sent'));
    expect(inversions()).toHaveLength(1);
    // The third was sent before the second was acknowledged.
    Object.assign(run.sent[2]!, { firstSent: run.sent[1]!.firstSent });
    expect(inversions()).toEqual([]);
  });
});
