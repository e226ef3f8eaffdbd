/** What has become of all alerts of the demo. Every one is accounted for (decision 24), or it shows here. */
import type { Ending } from './story.ts';

export interface Counts {
  /** Sent so far. */
  sent: number;
  /** Sent, and not looked at to the end yet. */
  underWay: number;
  endings: Record<Ending, number>;
}

export const noCounts = (): Counts => ({
  sent: 0,
  underWay: 0,
  endings: {
    ticket: 0,
    note: 0,
    noTicket: 0,
    duplicate: 0,
    rejected: 0,
    waiting: 0,
    held: 0,
    failed: 0,
    unaccounted: 0,
  },
});

/** What is shown always, and what only when there is any. */
const always: readonly [Ending, (count: number) => string][] = [
  ['ticket', (count) => `${count} ${count === 1 ? 'ticket' : 'tickets'}`],
  ['note', (count) => `${count} ${count === 1 ? 'note' : 'notes'}`],
  ['noTicket', (count) => `${count} skipped`],
];
const ifAny: readonly [Ending, (count: number) => string][] = [
  ['held', (count) => `${count} held`],
  ['failed', (count) => `${count} failed`],
  ['rejected', (count) => `${count} rejected`],
  ['duplicate', (count) => `${count} ${count === 1 ? 'duplicate' : 'duplicates'}`],
];

/**
 * The counts as a line: "41 alerts: 12 tickets, 9 notes, 4 skipped, 3 waiting, 0 unaccounted, 2 duplicates". A narrow
 * terminal cuts its end, so that stands last which one can do without.
 */
export function countsInWords({ sent, underWay, endings }: Counts): string {
  const parts = [
    ...always.map(([ending, words]) => words(endings[ending])),
    `${underWay + endings.waiting} waiting`,
    `${endings.unaccounted} unaccounted`,
    ...ifAny.filter(([ending]) => endings[ending] > 0).map(([ending, words]) => words(endings[ending])),
  ];
  return `${sent} ${sent === 1 ? 'alert' : 'alerts'}: ${parts.join(', ')}`;
}
