import { describe, expect, it } from 'vitest';
import { exampleAlert, exampleConnection, exampleOrganization, exampleSettings } from './exampleSettings.ts';
import type { DeliveryState, Settings } from './types.ts';
import { changesInWords, planUpdate } from './updates.ts';

const second = exampleConnection({ id: 'second', name: 'Second PSA' });

/** The one delivery of an update as `channel state[:reason] purpose`, or `none`. */
function outcome(
  previous: [channelId: string, state: DeliveryState][],
  settings: Settings = exampleSettings(),
  before = exampleAlert({ severity: 'medium' }),
  after = exampleAlert(),
): string {
  const given = previous.map(([channelId, state]) => ({ channelId, state }));
  const { deliveries } = planUpdate(before, after, given, settings);
  expect(deliveries.length).toBeLessThan(2);
  const [delivery] = deliveries;
  if (!delivery) return 'none';
  const reason = delivery.reason === undefined ? '' : `:${delivery.reason}`;
  return `${delivery.channelId} ${delivery.state}${reason} ${delivery.update}`;
}

describe('an update (decision 23)', () => {
  it.each<[DeliveryState, string]>([
    ['delivered', 'main pending note'],
    ['uncertain', 'main pending note'],
    ['sending', 'main pending note'],
    ['pending', 'main pending note'],
    ['held', 'main pending note'],
    ['failed', 'main pending firstTicket'],
    ['skipped', 'main pending firstTicket'],
  ])('after a %s delivery is: %s', (state, expected) => {
    expect(outcome([['main', state]])).toBe(expected);
  });

  it('gives the first ticket when there was no delivery at all', () => {
    expect(outcome([])).toBe('main pending firstTicket');
  });

  it('gives the first ticket when low becomes critical', () => {
    const low = exampleAlert({ severity: 'low' });
    expect(outcome([['main', 'skipped']], exampleSettings(), low)).toBe('main pending firstTicket');
  });

  it('still gives none when the new severity is set to no ticket', () => {
    const low = exampleAlert({ severity: 'low' });
    const resolved = exampleAlert({ severity: 'low', status: 'resolved' });
    expect(outcome([['main', 'skipped']], exampleSettings(), low, resolved)).toBe(
      'main skipped:noTicketForSeverity firstTicket',
    );
  });

  it('adds a note though the new severity is set to no ticket', () => {
    const low = exampleAlert({ severity: 'low' });
    expect(outcome([['main', 'delivered']], exampleSettings(), exampleAlert(), low)).toBe(
      'main pending note',
    );
  });

  it.each([
    ['nothing', {}],
    ['the title', { title: 'Other' }],
    ['the description', { description: 'Other' }],
  ])('owes nothing when %s changed', (_name, change) => {
    const plan = planUpdate(exampleAlert(), exampleAlert(change), [], exampleSettings());
    expect(plan.deliveries).toEqual([]);
    expect(plan.trace.at(-1)).toBe('Nothing to deliver: severity and status are as before.');
    expect(plan.organizationId).toBe('northwind');
  });

  it('follows its ticket, not the present target of the organization: never a second ticket', () => {
    const moved = exampleSettings({
      organizations: [exampleOrganization({ connectionId: 'second' })],
      connections: [exampleConnection(), second],
    });
    expect(outcome([['main', 'delivered']], moved)).toBe('main pending note');
    expect(outcome([['main', 'failed']], moved)).toBe('main pending firstTicket');
    expect(outcome([['main', 'skipped']], moved)).toBe('second pending firstTicket');
    expect(
      outcome(
        [
          ['second', 'skipped'],
          ['main', 'uncertain'],
          ['second', 'failed'],
        ],
        moved,
      ),
    ).toBe('main pending note');
  });

  it('makes no second ticket when the PSA of the first one is no longer connected', () => {
    const settings = exampleSettings({ connections: [second] });
    const plan = planUpdate(
      exampleAlert(),
      exampleAlert({ status: 'resolved' }),
      [{ channelId: 'main', state: 'delivered' }],
      settings,
    );
    expect(plan.deliveries).toEqual([]);
    expect(plan.trace.at(-1)).toBe('No note: the PSA that has its ticket is no longer connected.');
    expect(outcome([['main', 'pending']], settings)).toBe('second pending firstTicket');
  });

  it('obeys the switches and holds like a new alert (decisions 1, 5)', () => {
    const off = exampleOrganization({ delivery: { enabled: false, tickets: true, email: true } });
    expect(outcome([['main', 'delivered']], exampleSettings({ organizations: [off] }))).toBe(
      'main skipped:organizationOff note',
    );
    const paused = exampleSettings({ connections: [exampleConnection({ status: 'paused' })] });
    expect(outcome([['main', 'delivered']], paused)).toBe('main held:pause note');
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['the same word', 'new', 'new', ''],
    ['none, then new', undefined, 'new', ''],
    ['another letter case', 'new', 'NEW', ''],
    ['space around', 'inProgress', ' InProgress\n', ''],
    ['no word any more', 'NEW', undefined, ''],
    ['no word about a resolved one', 'resolved', undefined, ''],
    ['an empty word', 'resolved', ' ', ''],
    ['an empty word, then new', '', 'New', ''],
    ['a first word that is not new', undefined, 'inProgress', 'status none → inProgress'],
    ['another word', ' New ', 'Resolved', 'status New → Resolved'],
    ['new again', 'resolved', 'new', 'status resolved → new'],
  ])('of the status, %s: %j → %j', (_, before, after, expected) => {
    const withStatus = (status: string | undefined) => {
      const { status: _, ...alert } = exampleAlert();
      return status === undefined ? alert : { ...alert, status };
    };
    expect(changesInWords(withStatus(before), withStatus(after))).toBe(expected);
    const owed = [{ channelId: 'main', state: 'delivered' }] as const;
    const { deliveries } = planUpdate(withStatus(before), withStatus(after), owed, exampleSettings());
    expect(deliveries).toHaveLength(expected === '' ? 0 : 1);
  });

  it('says in words what changed', () => {
    const after = exampleAlert({ severity: 'critical', status: 'resolved' });
    expect(changesInWords(exampleAlert({ severity: 'low', status: 'new' }), after)).toBe(
      'severity low → critical, status new → resolved',
    );
    expect(changesInWords(exampleAlert({ severity: 'critical' }), after)).toBe('status none → resolved');
  });
});
