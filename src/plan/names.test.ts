/** People read what the PSA calls its things; the planner decides by ids all the same. */
import { describe, expect, it } from 'vitest';
import { planDeliveries } from './deliveries.ts';
import { exampleAlert, exampleConnection, exampleSettings, exampleTickets } from './exampleSettings.ts';
import { contactList, named } from './names.ts';
import { resolve } from './resolve.ts';
import type { Connection } from './types.ts';

const names: Partial<Connection> = {
  contractNames: new Map([['31', 'Managed Security']]),
  choiceNames: new Map([
    [contactList, new Map([['77', 'Ana Lima']])],
    ['urgency', new Map([['1', 'Critical']])],
    ['issueType', new Map([['40', 'Malware']])],
  ]),
};

function resolved(known: Partial<Connection>) {
  const connection = exampleConnection({
    addContracts: true,
    mappings: new Map([
      ['northwind', { organizationId: 'northwind', accountId: '217', contactId: '77', contractId: '31' }],
    ]),
    tickets: exampleTickets({
      priorityList: 'urgency',
      overrides: { respondRule: [], iocRule: [], eventType: [{ match: 'iam.login', issueType: '40' }] },
    }),
    ...known,
  });
  const alert = exampleAlert({ eventType: 'iam.login' });
  return resolve(alert, 'northwind', undefined, connection, exampleSettings());
}

describe('a trace', () => {
  it('names what was chosen, with the id behind', () => {
    expect(resolved(names).trace).toEqual([
      'Organization Northwind is mapped to account Northwind Dental (id 217).',
      'Contact: Ana Lima (id 77); the alert has no e-mail address.',
      'Severity critical: priority Critical (id 1), due in 4 hours.',
      'Issue type Malware (id 40) by event type iam.login.',
      'Contract Managed Security (id 31) is chosen in the mapping.',
      expect.stringContaining('stands alone'),
    ]);
  });

  it('keeps the ids where no names are known, and decides the same', () => {
    const { trace, ...decided } = resolved({});
    expect(trace.slice(1, 5)).toEqual([
      'Contact: contact 77; the alert has no e-mail address.',
      'Severity critical: priority 1, due in 4 hours.',
      'Issue type 40 by event type iam.login.',
      'Contract 31 is chosen in the mapping.',
    ]);
    const { trace: _, ...withNames } = resolved(names);
    expect(withNames).toEqual(decided);
  });

  it('of a skip says since when the severity gets no ticket, by whom and why, where that is known', () => {
    const since = 'set on 12 Nov 2026 by Ana Ortiz, reason given: “too noisy”';
    const connection = exampleConnection({ noTicketSince: { low: since } });
    const skipOf = (severity: 'low' | 'informational') =>
      planDeliveries(exampleAlert({ severity }), exampleSettings({ connections: [connection] })).deliveries;
    expect(skipOf('low')).toMatchObject([
      {
        state: 'skipped',
        reason: 'noTicketForSeverity',
        trace: [`No ticket: severity low is set to no ticket in Main PSA (${since}).`],
      },
    ]);
    expect(skipOf('informational')).toMatchObject([
      { trace: ['No ticket: severity informational is set to no ticket in Main PSA.'] },
    ]);
  });
});

it('a name that is not known leaves the id as it is', () => {
  expect(named('5', undefined)).toBe('5');
  expect(named('5', new Map([['6', 'Six']]))).toBe('5');
});
