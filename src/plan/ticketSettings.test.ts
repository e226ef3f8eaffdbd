import { describe, expect, it } from 'vitest';
import type { Field } from '../psa/contract.ts';
import { readConnectionSettings, readTicketSettings } from './ticketSettings.ts';

const dueHours = { informational: 100, low: 50, medium: 25, high: 10, critical: 5 };
const columns = [
  { key: 'kindOfIssue', required: true },
  { key: 'subKind', required: false },
];
const inTickets = { step: 'tickets' as const, label: '' };

/** Keys that no vendor uses: only roles may be read. */
const fields: readonly Field[] = [
  { key: 'firm', label: '', step: 'accounts', kind: 'account', role: 'catchAllAccount' },
  { key: 'person', label: '', step: 'accounts', kind: 'contact', of: 'firm', role: 'catchAllContact' },
  { key: 'withPeople', label: '', step: 'accounts', kind: 'switch', default: true, role: 'attachContacts' },
  { key: 'withDeals', label: '', step: 'contracts', kind: 'switch', default: false, role: 'addContracts' },
  { ...inTickets, key: 'line', kind: 'template', maxLength: 100, role: 'subject' },
  { ...inTickets, key: 'head', kind: 'template', maxLength: 100, role: 'noteTitle' },
  { ...inTickets, key: 'urgencies', kind: 'severityMap', choices: 'urgency', role: 'priorities' },
  { ...inTickets, key: 'hours', kind: 'severityHours', default: dueHours, role: 'dueHours' },
  { ...inTickets, key: 'board', kind: 'select' },
  { ...inTickets, key: 'extra', kind: 'select', showWhen: { key: 'board', equals: '7' } },
  { ...inTickets, key: 'kindOfIssue', kind: 'select', role: 'issueType' },
  { ...inTickets, key: 'subKind', kind: 'select', role: 'subIssueType', dependsOn: 'kindOfIssue' },
  {
    ...inTickets,
    key: 'byEvent',
    kind: 'overrides',
    matchKey: 'event',
    columns,
    role: 'overridesByEventType',
  },
  {
    ...inTickets,
    key: 'byRespond',
    kind: 'overrides',
    matchKey: 'id',
    columns,
    role: 'overridesByRespondRule',
  },
  { ...inTickets, key: 'byIoc', kind: 'overrides', matchKey: 'id', columns, role: 'overridesByIocRule' },
  {
    ...inTickets,
    key: 'afterwards',
    kind: 'closedTicket',
    default: { action: 'new', days: 0 },
    role: 'closedTicket',
  },
  { ...inTickets, key: 'limit', kind: 'brake', default: { tickets: 30, minutes: 10 }, role: 'brake' },
];

describe('reading the tickets step by roles', () => {
  it('reads every part', () => {
    const tickets = {
      line: '{{ alert.title }}',
      head: 'Note',
      urgencies: { informational: null, low: null, medium: '3', high: '2', critical: '1' },
      hours: { critical: 1 },
      board: '7',
      extra: '8',
      kindOfIssue: '10',
      subKind: '',
      byEvent: [{ event: 'e', kindOfIssue: '11', subKind: '12' }],
      byRespond: [{ id: 'r', kindOfIssue: '13' }],
      byIoc: [],
      limit: { tickets: 5, minutes: 1 },
      afterwards: { action: 'reopen', days: 7 },
      unknown: 'x',
    };
    expect(readTicketSettings(fields, { tickets })).toEqual({
      subject: '{{ alert.title }}',
      noteTitle: 'Note',
      priorities: { informational: null, low: null, medium: '3', high: '2', critical: '1' },
      priorityList: 'urgency',
      dueHours: { ...dueHours, critical: 1 },
      values: { board: '7', extra: '8', kindOfIssue: '10' },
      issueTypeKey: 'kindOfIssue',
      subIssueTypeKey: 'subKind',
      overrides: {
        eventType: [{ match: 'e', issueType: '11', subIssueType: '12' }],
        respondRule: [{ match: 'r', issueType: '13' }],
        iocRule: [],
      },
      brake: { tickets: 5, minutes: 1 },
      closedTicket: { action: 'reopen', days: 7 },
    });
  });

  it('leaves out a select field that is hidden', () => {
    expect(readTicketSettings(fields, { tickets: { board: '6', extra: '8' } }).values).toEqual({
      board: '6',
    });
  });

  it('reads what is unset as empty, and severities as no ticket: nothing is preselected (decision 11)', () => {
    expect(readTicketSettings(fields, {})).toMatchObject({
      subject: '',
      priorities: { informational: null, low: null, medium: null, high: null, critical: null },
      dueHours,
      values: {},
      brake: { tickets: 30, minutes: 10 },
    });
  });

  it.each([
    [{ limit: null }, null],
    [{}, { tickets: 30, minutes: 10 }],
    [{ limit: { tickets: 0, minutes: 1 } }, { tickets: 30, minutes: 10 }],
  ])('reads the brake of %j', (tickets, brake) => {
    expect(readTicketSettings(fields, { tickets }).brake).toEqual(brake);
  });

  it.each([
    [{}, { action: 'new', days: 0 }],
    [{ afterwards: { action: 'keepAdding', days: 30 } }, { action: 'keepAdding', days: 30 }],
    [{ afterwards: { action: 'reopen', days: 0 } }, { action: 'new', days: 0 }],
    [{ afterwards: { action: 'close', days: 3 } }, { action: 'new', days: 0 }],
  ])('reads what happens when a ticket is closed of %j', (tickets, closedTicket) => {
    expect(readTicketSettings(fields, { tickets }).closedTicket).toEqual(closedTicket);
  });

  it('takes a number for an id, and drops half-filled rows', () => {
    const byEvent = [{ event: 'e', kindOfIssue: 11 }, { event: 'f' }, { kindOfIssue: '1' }, null, 'x'];
    expect(readTicketSettings(fields, { tickets: { byEvent } }).overrides.eventType).toEqual([
      { match: 'e', issueType: '11' },
    ]);
  });

  it('does without what a vendor does not have', () => {
    const settings = readTicketSettings([], { tickets: { line: 'x' } });
    expect(settings).toMatchObject({ subject: '', values: {}, brake: null });
    expect(settings.dueHours.critical).toBe(4);
    expect(settings).not.toHaveProperty('issueTypeKey');
  });

  it("never reads JavaScript's own members", () => {
    const odd: Field[] = [{ ...inTickets, key: 'constructor', kind: 'select' }];
    expect(readTicketSettings(odd, { tickets: {} }).values).toEqual({});
  });
});

describe('reading accounts and contracts by roles', () => {
  it('reads what is set', () => {
    const read = readConnectionSettings(fields, {
      accounts: { firm: '0', person: '9', withPeople: false },
      contracts: { withDeals: true },
    });
    expect(read).toMatchObject({
      accounts: { catchAllAccountId: '0', catchAllContactId: '9', attachContacts: false },
      addContracts: true,
    });
  });

  it('reads an unset switch as its declared default', () => {
    const read = readConnectionSettings(fields, { accounts: { firm: '0' } });
    expect(read.accounts).toEqual({ catchAllAccountId: '0', attachContacts: true });
    expect(read.addContracts).toBe(false);
  });
});
