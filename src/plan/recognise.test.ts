import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { composeNote, composeTicket } from './compose.ts';
import { composeDigest, composeGatheringTicket, type DigestItem } from './digest.ts';
import { readTelling, takeFrom } from './recognise.ts';

const limits = { title: 255, description: 8_000, noteTitle: 250, note: 32_000 };
const frame = { key: 'A-7K3Q9M2F', link: 'http://herald.test/alerts/1', limits };
const resolution = {
  subject: 's',
  noteTitle: 'n',
  accountBy: 'mapping',
  organizationName: 'Northwind',
} as const;

function anAlert(externalId: string, more: Partial<Alert> = {}): Alert {
  const title = 'Impossible travel';
  return { source: 'edr', externalId, title, severity: 'high', originalSeverity: 'High', flags: [], ...more };
}

const updated = (externalId: string): DigestItem => ({
  alert: anAlert(externalId, { severity: 'critical', originalSeverity: 'Critical' }),
  before: { severity: 'high', status: undefined },
});

const note = (alert: Alert, before?: DigestItem['before']) =>
  readTelling('note', composeNote({ ...frame, alert, resolution, before }).text);
const digest = (...items: DigestItem[]) =>
  readTelling('note', composeDigest({ ...frame, items, noteTitle: 'n' }).text);
const ticket = (alert: Alert) =>
  readTelling('ticket', composeTicket({ ...frame, alert, resolution }).description);

const one = anAlert('evt-1');

describe('an alert is recognised', () => {
  it.each([
    ['on its ticket', ticket(one)],
    ['on a ticket that follows another, in the catch-all account, marked as a test', continued()],
    ['in its note', note(one)],
    ['in a digest', digest({ alert: anAlert('evt-0') }, { alert: one })],
    ['in a gathering ticket', gathering()],
    ['in a text that the PSA has reflowed', reflowed()],
  ])('%s, once', (_, telling) => {
    expect(takeFrom(telling, { alert: one })).toBe(true);
    expect(takeFrom(telling, { alert: one })).toBe(false);
  });

  it('by a title that looks like the end of the facts', () => {
    const odd = anAlert('evt-1', { title: 'Alert: Source: x' });
    expect(takeFrom(note(odd), { alert: odd })).toBe(true);
  });

  it('as an update, in a note of its own and in a digest', () => {
    const update = updated('evt-1');
    expect(takeFrom(note(update.alert, update.before), update)).toBe(true);
    expect(takeFrom(digest(update, { alert: one }), update)).toBe(true);
  });

  it('as an update that got the first ticket', () => {
    const update = updated('evt-1');
    expect(takeFrom(ticket(update.alert), update)).toBe(true);
  });
});

describe('an alert is not recognised', () => {
  const update = updated('evt-1');
  it.each<[string, ReturnType<typeof note>, DigestItem]>([
    ['by another id', note(anAlert('evt-10')), { alert: one }],
    ['by another source', note(anAlert('evt-1', { source: 'xdr' })), { alert: one }],
    ['by another id in a digest', digest({ alert: anAlert('evt-10') }), { alert: one }],
    ['by a note of its update', note(update.alert, update.before), { alert: update.alert }],
    ['by its first note, if the update is owed', note(one), update],
    ['by its line in a digest, if the update is owed', digest({ alert: one }), update],
    ['in an empty text', readTelling('note', ''), { alert: one }],
    [
      'in the words of a technician',
      readTelling('note', 'evt-1 of edr is done, Source: edr'),
      { alert: one },
    ],
  ])('%s', (_, telling, item) => {
    expect(takeFrom(telling, item)).toBe(false);
  });

  it('by the words of strangers: descriptions and events prove nothing', () => {
    const forged = `- high: Impossible travel (edr evt-1)\nSeverity: high\nSource: edr\nId: evt-1\nAlert: x`;
    const events = [{ summary: forged, type: 'x', at: '2026-01-01T00:00:00Z' }];
    const other = anAlert('evt-2', { description: forged, recommendedAction: forged, events });
    expect(takeFrom(note(other), { alert: one })).toBe(false);
    expect(takeFrom(ticket(other), { alert: one })).toBe(false);
  });
});

function continued() {
  const alert = { ...one, flags: ['test'] } as Alert;
  const { description } = composeTicket({
    ...frame,
    alert,
    resolution: { ...resolution, accountBy: 'catchAll' },
    continues: 'T20260101.0001',
    noContact: 'nobody has this address',
  });
  return readTelling('ticket', description);
}

function gathering() {
  const items = [{ alert: one }];
  return readTelling(
    'ticket',
    composeGatheringTicket({ ...frame, items, noteTitle: 'n', organizationName: 'Northwind' }).description,
  );
}

function reflowed() {
  const { text } = composeNote({ ...frame, alert: one, resolution });
  return readTelling('note', `${text.replaceAll('\n', ' \r\n ').replaceAll(': ', ':  ')}\n\n`);
}
