import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, severities } from '../alerts/types.ts';
import { composeTicket } from './compose.ts';
import { planDeliveries } from './deliveries.ts';
import {
  exampleAlert,
  exampleConnection,
  exampleOrganization,
  exampleSettings,
  exampleTickets,
  limits,
} from './exampleSettings.ts';
import { resolve } from './resolve.ts';
import type { Connection, Override } from './types.ts';

const ana = { user: { email: 'Ana@Northwind.example' } };

function resolved(
  alert: Partial<Alert> = {},
  connection: Partial<Connection> = {},
  organizationId?: string | null,
) {
  const id = organizationId === null ? undefined : (organizationId ?? 'northwind');
  return resolve(
    exampleAlert(alert),
    id,
    'id@3:edr|org-99',
    exampleConnection(connection),
    exampleSettings(),
  );
}

describe('the account (decisions 2, 8, 22)', () => {
  it('is the mapped one', () => {
    expect(resolved()).toMatchObject({
      accountId: '217',
      accountBy: 'mapping',
      organizationName: 'Northwind',
    });
    expect(resolved().trace[0]).toBe(
      'Organization Northwind is mapped to account Northwind Dental (id 217).',
    );
  });

  it('is the catch-all for an unmapped organization', () => {
    const resolution = resolved({}, { mappings: new Map() });
    expect(resolution).toMatchObject({ accountId: '0', accountBy: 'catchAll' });
    expect(resolution.trace[0]).toBe(
      'Organization Northwind is not mapped in Main PSA: the catch-all account Acme IT (id 0) is used.',
    );
  });

  it("is the catch-all for an unassigned alert, whose group stands on the sender's reference", () => {
    const resolution = resolved({ ...ana, organization: { externalId: 'org-99' } }, {}, null);
    expect(resolution).toMatchObject({ accountId: '0', accountBy: 'catchAll', organizationName: 'org-99' });
    expect(resolution.grouping).toMatchObject({ organizationKey: 'id@3:edr|org-99', alone: false });
    expect(resolution.trace[0]).toBe('Unassigned (org-99): the catch-all account Acme IT (id 0) is used.');
  });

  it('is the catch-all for an organization that was removed since', () => {
    expect(resolved({}, {}, 'gone')).toMatchObject({ accountBy: 'catchAll' });
  });

  it('is named by its id when the directory has no name', () => {
    expect(resolved({}, { accountNames: new Map() }).trace[0]).toBe(
      'Organization Northwind is mapped to account 217.',
    );
  });
});

describe('the contact (decisions 3, 4)', () => {
  const mapped = (contactId?: string) => ({
    mappings: new Map([
      ['northwind', { organizationId: 'northwind', accountId: '217', ...(contactId && { contactId }) }],
    ]),
  });
  const noAttach = { accounts: { catchAllAccountId: '0', attachContacts: false } };

  it.each<[string, Partial<Alert>, Partial<Connection>, object]>([
    ['none when attaching is off', ana, noAttach, { kind: 'none' }],
    ['by address, in the mapped account', ana, mapped(), { kind: 'find', email: 'Ana@Northwind.example' }],
    [
      'by address, else the one of the mapping',
      ana,
      mapped('77'),
      { kind: 'find', email: 'Ana@Northwind.example', fallbackContactId: '77' },
    ],
    [
      'the one of the mapping without an address',
      {},
      mapped('77'),
      { kind: 'find', fallbackContactId: '77' },
    ],
    ['by the rules of the PSA without either', {}, mapped(), { kind: 'find' }],
    [
      'the catch-all contact in the catch-all account',
      {},
      { mappings: new Map() },
      { kind: 'find', fallbackContactId: '900' },
    ],
    ['not by a word that is no address', { user: { email: 'ana' } }, mapped(), { kind: 'find' }],
  ])('%s', (_name, alert, connection, expected) => {
    expect(resolved(alert, connection).contact).toEqual(expected);
  });

  it.each([
    [ana, noAttach, 'No contact is attached.'],
    [ana, mapped('77'), 'Contact: the one with Ana@Northwind.example in this account, else contact 77.'],
    [{}, mapped(), "Contact: the account's default contact; the alert has no e-mail address."],
  ])('is said in words', (alert, connection, words) => {
    expect(resolved(alert, connection).trace[1]).toBe(words);
  });
});

describe('priority and due hours (decision 11)', () => {
  it.each([
    ['critical', '1', 4],
    ['high', '2', 8],
    ['medium', '3', 24],
  ] as const)('%s has priority %s and %i hours', (severity, priority, dueHours) => {
    expect(resolved({ severity })).toMatchObject({ priority, dueHours });
  });

  it("says the sender's own word where it differs", () => {
    expect(resolved({ severity: 'high', originalSeverity: '12' }).trace[2]).toBe(
      "Severity high (sender's word: 12): priority 2, due in 8 hours.",
    );
    expect(resolved({ originalSeverity: 'CRITICAL' }).trace[2]).toBe(
      'Severity critical: priority 1, due in 4 hours.',
    );
  });

  it('takes the next severity with a priority when a follow-up ticket needs one', () => {
    expect(resolved({ severity: 'low', originalSeverity: 'low' })).toMatchObject({
      priority: '3',
      dueHours: 24,
    });
    const priorities = { informational: null, low: '9', medium: null, high: null, critical: null };
    expect(resolved({}, { tickets: exampleTickets({ priorities }) })).toMatchObject({ priority: '9' });
  });

  it('has none when every severity is set to no ticket', () => {
    const priorities = { informational: null, low: null, medium: null, high: null, critical: null };
    expect(resolved({}, { tickets: exampleTickets({ priorities }) }).priority).toBe('');
  });
});

describe('issue type overrides (decisions 9, 10, req 84–89)', () => {
  const row = (match: string, issueType: string, subIssueType?: string): Override => ({
    match,
    issueType,
    ...(subIssueType && { subIssueType }),
  });
  const overrides = {
    respondRule: [row('rr-5', '20', '201')],
    iocRule: [row('ioc-1', '30'), row('rr-5', '31')],
    eventType: [row('iam.outside_location', '40', '401'), row('iam.outside_location', '41')],
  };
  const values = (alert: Partial<Alert>, given: Partial<Connection['tickets']> = { overrides }) =>
    resolved(alert, { tickets: exampleTickets(given) }).values;
  const event = { eventType: 'iam.outside_location' };

  it.each<[string, Partial<Alert>, string, string | undefined]>([
    ['the default', {}, '10', '101'],
    ['the event type', event, '40', '401'],
    ['the IOC rule before the event type', { ...event, rule: { kind: 'ioc', id: 'ioc-1' } }, '30', undefined],
    ['the respond rule before all', { ...event, rule: { kind: 'respond', id: 'rr-5' } }, '20', '201'],
    ['an IOC rule only by its own table', { rule: { kind: 'ioc', id: 'rr-5' } }, '31', undefined],
    ['a kind in other letter case', { rule: { kind: 'Respond', id: 'rr-5' } }, '20', '201'],
    [
      'the event type when the rule has no row',
      { ...event, rule: { kind: 'respond', id: 'x' } },
      '40',
      '401',
    ],
    ['no rule table for a rule without kind', { rule: { id: 'rr-5' } }, '10', '101'],
    ['no match by the name of a rule', { rule: { kind: 'respond', name: 'rr-5' } }, '10', '101'],
    ['no match in other letter case', { eventType: 'IAM.outside_location' }, '10', '101'],
  ])('%s decides', (_name, alert, issueType, subIssueType) => {
    expect(values(alert).issueType).toBe(issueType);
    expect(values(alert).subIssueType).toBe(subIssueType);
    expect(values(alert).queue).toBe('5');
  });

  it('drops the default sub-issue type, which belongs to another issue type', () => {
    expect(values({ rule: { kind: 'ioc', id: 'ioc-1' } })).toEqual({ queue: '5', issueType: '30' });
  });

  it('changes nothing where the vendor has no issue types', () => {
    const tickets = exampleTickets({ overrides });
    delete tickets.issueTypeKey;
    expect(resolved(event, { tickets }).values).toEqual(tickets.values);
  });

  it('leaves the settings as they are', () => {
    const tickets = exampleTickets({ overrides });
    resolved(event, { tickets });
    expect(tickets).toEqual(exampleTickets({ overrides }));
  });

  it('says which matched', () => {
    const trace = (alert: Partial<Alert>) =>
      resolved(alert, { tickets: exampleTickets({ overrides }) }).trace;
    expect(trace(event)).toContain('Issue type 40 by event type iam.outside_location.');
    expect(trace({ rule: { kind: 'respond', id: 'rr-5' } })).toContain('Issue type 20 by respond rule rr-5.');
    expect(trace({})).toContain('Issue type: the default, no override matches.');
  });
});

describe('contract, subject and note title', () => {
  it('adds the mapped contract only while contracts are on (req 93, 104)', () => {
    expect(resolved()).not.toHaveProperty('contractId');
    expect(resolved({}, { addContracts: true })).toMatchObject({ contractId: '31' });
    expect(resolved({}, { addContracts: true, mappings: new Map() })).not.toHaveProperty('contractId');
  });

  it('renders subject and note title (decisions 13, 20)', () => {
    expect(resolved(ana)).toMatchObject({
      subject: 'Alerts for Ana@Northwind.example',
      noteTitle: 'critical: Odd sign-in',
    });
  });

  it('falls back to the title when a stored template is not acceptable (promises I-18)', () => {
    const tickets = exampleTickets({ subject: "{% include '.env' %}", noteTitle: '' });
    const resolution = resolved(ana, { tickets });
    expect(resolution).toMatchObject({ subject: 'Odd sign-in', noteTitle: 'Odd sign-in' });
    expect(resolution.grouping.alone).toBe(true);
  });
});

describe('any alert', () => {
  const text = fc.option(fc.string({ unit: 'binary', maxLength: 30 }), { nil: undefined });
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const alerts = fc.record({
    source: fc.string(),
    externalId: fc.string(),
    title: fc.string({ unit: 'binary' }),
    severity: fc.constantFrom(...severities),
    originalSeverity: fc.string(),
    organization: optional(fc.record({ externalId: text, domain: text, tenantId: text, name: text })),
    description: text,
    eventType: fc.option(fc.constantFrom('__proto__', 'constructor', 'x'), { nil: undefined }),
    status: text,
    user: optional(fc.record({ email: text, name: text })),
    device: optional(fc.record({ name: text, ip: text })),
    rule: optional(fc.record({ kind: fc.constantFrom('respond', 'ioc', 'toString'), id: text, name: text })),
    events: optional(fc.array(fc.record({ type: text, at: text, summary: text }), { maxLength: 30 })),
    labels: optional(fc.dictionary(fc.string(), fc.string())),
    url: text,
    recommendedAction: text,
    flags: fc.constant<Alert['flags']>([]),
  });

  it('is planned, resolved and composed without throwing, the same way twice', () => {
    const settings = exampleSettings({ organizations: [exampleOrganization()] });
    const connection = exampleConnection({ tickets: exampleTickets({ subject: '{{ alert.labels.x }}' }) });
    fc.assert(
      fc.property(alerts, (given) => {
        const alert: Alert = given;
        const run = () => {
          const { organizationId, unassignedReference } = planDeliveries(alert, settings);
          const resolution = resolve(alert, organizationId, unassignedReference, connection, settings);
          return {
            resolution,
            ticket: composeTicket({ alert, resolution, limits, key: 'A-22222222', link: 'l' }),
          };
        };
        const { resolution, ticket } = run();
        expect(run()).toEqual({ resolution, ticket });
        expect(resolution.subject).not.toBe('');
        expect(ticket.description.length).toBeLessThanOrEqual(limits.description);
      }),
      { numRuns: 500 },
    );
  });
});
