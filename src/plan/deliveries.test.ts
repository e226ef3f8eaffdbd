import { describe, expect, it } from 'vitest';
import { planDeliveries } from './deliveries.ts';
import { exampleAlert, exampleConnection, exampleOrganization, exampleSettings } from './exampleSettings.ts';
import { recheck } from './recheck.ts';
import type { Settings } from './types.ts';

const switches = (enabled: boolean, tickets: boolean) => ({ enabled, tickets, email: true });
const unknown = exampleAlert({ organization: { externalId: 'org-99' } });

/** The one delivery as `state` or `state:reason`, or `none`. */
function outcome(alert = exampleAlert(), settings = exampleSettings()): string {
  const { deliveries } = planDeliveries(alert, settings);
  expect(deliveries.length).toBeLessThan(2);
  const [delivery] = deliveries;
  if (!delivery) return 'none';
  return delivery.reason === undefined ? delivery.state : `${delivery.state}:${delivery.reason}`;
}

describe('planning a new alert', () => {
  it('gives one pending delivery to the default connection', () => {
    expect(planDeliveries(exampleAlert(), exampleSettings())).toEqual({
      organizationId: 'northwind',
      deliveries: [{ channelId: 'main', state: 'pending', trace: [] }],
      trace: [
        'Organization Northwind is known by the id org-17.',
        "Tickets of Northwind go to Main PSA, the workspace's default connection.",
      ],
    });
  });

  it.each([
    ['both on', switches(true, true), 'pending'],
    ['master off', switches(false, true), 'skipped:organizationOff'],
    ['master off wins over tickets off', switches(false, false), 'skipped:organizationOff'],
    ['tickets off', switches(true, false), 'skipped:ticketsOff'],
    ['e-mail off alone', { enabled: true, tickets: true, email: false }, 'pending'],
  ])('switches: %s (decision 1)', (_name, delivery, expected) => {
    const settings = exampleSettings({ organizations: [exampleOrganization({ delivery })] });
    expect(outcome(exampleAlert(), settings)).toBe(expected);
  });

  it.each([
    ['on', switches(true, true), 'pending'],
    ['off', switches(false, true), 'skipped:organizationOff'],
    ['tickets off', switches(true, false), 'skipped:ticketsOff'],
  ])(
    'an unassigned alert follows the switches of new organizations: %s (decisions 1, 22)',
    (_n, given, want) => {
      expect(outcome(unknown, exampleSettings({ newOrganizations: given }))).toBe(want);
    },
  );

  it('an unassigned alert carries the reference that stands in for its organization (decision 22)', () => {
    const plan = planDeliveries(unknown, exampleSettings());
    expect(plan.organizationId).toBeUndefined();
    expect(plan.unassignedReference).toBe('id@3:edr|org-99');
    const anonymous = exampleAlert();
    delete anonymous.organization;
    expect(planDeliveries(anonymous, exampleSettings())).not.toHaveProperty('unassignedReference');
  });

  it.each([
    ['informational', 'skipped:noTicketForSeverity'],
    ['low', 'skipped:noTicketForSeverity'],
    ['medium', 'pending'],
    ['high', 'pending'],
    ['critical', 'pending'],
  ] as const)('severity %s is %s (decision 11)', (severity, expected) => {
    expect(outcome(exampleAlert({ severity }))).toBe(expected);
  });

  it('says why a severity gives no ticket', () => {
    const plan = planDeliveries(exampleAlert({ severity: 'low' }), exampleSettings());
    expect(plan.deliveries[0]?.trace).toEqual(['No ticket: severity low is set to no ticket in Main PSA.']);
  });

  it.each([
    ['paused', { status: 'paused' as const }, 'held:pause'],
    ['broken credentials', { attention: 'Login refused.' }, 'held:credentials'],
    ['both: the pause', { status: 'paused' as const, attention: 'Login refused.' }, 'held:pause'],
  ])('%s holds (decisions 5, 6)', (_name, connection, expected) => {
    const settings = exampleSettings({ connections: [exampleConnection(connection)] });
    expect(outcome(exampleAlert(), settings)).toBe(expected);
    // A skip is final and comes before a hold: nothing is left to resume.
    expect(outcome(exampleAlert({ severity: 'low' }), settings)).toBe('skipped:noTicketForSeverity');
  });
});

describe('the ticket target (decision 7)', () => {
  const second = exampleConnection({ id: 'second', name: 'Second PSA' });
  const withBoth = (connectionId?: string): Settings =>
    exampleSettings({
      organizations: [exampleOrganization({ ...(connectionId && { connectionId }) })],
      connections: [exampleConnection(), second],
    });

  it('is the one chosen for the organization', () => {
    const plan = planDeliveries(exampleAlert(), withBoth('second'));
    expect(plan.deliveries.map(({ channelId }) => channelId)).toEqual(['second']);
    expect(plan.trace[1]).toBe('Tickets of Northwind go to Second PSA, chosen for this organization.');
  });

  it('is the default without a choice, and for unassigned alerts', () => {
    expect(planDeliveries(exampleAlert(), withBoth()).deliveries[0]?.channelId).toBe('main');
    expect(planDeliveries(unknown, withBoth('second')).deliveries[0]?.channelId).toBe('main');
  });

  it('is none, with words, when the chosen one is not in use', () => {
    const plan = planDeliveries(exampleAlert(), withBoth('draft'));
    expect(plan.deliveries).toEqual([]);
    expect(plan.trace[1]).toBe('No ticket: the PSA connection chosen for Northwind is not set up.');
  });

  it('is none, with words, when there is no connection (req 16)', () => {
    const plan = planDeliveries(exampleAlert(), exampleSettings({ connections: [] }));
    expect(plan.deliveries).toEqual([]);
    expect(plan.trace[1]).toBe('No ticket: no PSA connection is set up.');
  });
});

describe('re-reading at claim', () => {
  const bound = { channelId: 'main', organizationId: 'northwind' };
  const verdict = (
    settings: Settings,
    alert = exampleAlert(),
    delivery: Parameters<typeof recheck>[0] = bound,
  ) => {
    const answer = recheck(delivery, alert, settings);
    return answer.kind === 'go' ? 'go' : `${answer.kind}:${answer.reason}`;
  };
  const off = exampleSettings({ organizations: [exampleOrganization({ delivery: switches(false, true) })] });

  it('goes when nothing has changed', () => {
    expect(verdict(exampleSettings())).toBe('go');
  });

  it('sees the switch, a pause and broken credentials (decisions 1, 5)', () => {
    expect(verdict(off)).toBe('skipped:organizationOff');
    expect(verdict(exampleSettings({ connections: [exampleConnection({ status: 'paused' })] }))).toBe(
      'held:pause',
    );
    const broken = exampleSettings({ connections: [exampleConnection({ attention: 'Login refused.' })] });
    expect(verdict(broken)).toBe('held:credentials');
  });

  it('sees "no ticket", but not for a note on an existing ticket (decision 23)', () => {
    const low = exampleAlert({ severity: 'low' });
    expect(verdict(exampleSettings(), low)).toBe('skipped:noTicketForSeverity');
    expect(verdict(exampleSettings(), low, { ...bound, update: 'firstTicket' })).toBe(
      'skipped:noTicketForSeverity',
    );
    expect(verdict(exampleSettings(), low, { ...bound, update: 'note' })).toBe('go');
  });

  it('keeps the connection that acceptance bound, though the organization has another one now', () => {
    const moved = exampleSettings({ organizations: [exampleOrganization({ connectionId: 'other' })] });
    expect(verdict(moved)).toBe('go');
  });

  it('skips when the connection was removed', () => {
    expect(verdict(exampleSettings({ connections: [] }))).toBe('skipped:connectionRemoved');
  });

  it('an unassigned delivery follows the switches of new organizations', () => {
    const settings = exampleSettings({ newOrganizations: switches(false, true) });
    expect(verdict(settings, unknown, { channelId: 'main' })).toBe('skipped:organizationOff');
  });
});
