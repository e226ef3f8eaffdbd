import { describe, expect, it } from 'vitest';
import { exampleAlert, exampleConnection, exampleTickets } from '../plan/exampleSettings.ts';
import type { Resolution } from '../plan/types.ts';
import type { Field } from '../psa/contract.ts';
import { noticeOf, withFallbacks } from './fallbacks.ts';

const inTickets = { step: 'tickets', label: 'List', kind: 'select' } as const;
const fields: readonly Field[] = [
  { ...inTickets, key: 'queue', whenRefused: 'leaveOut' },
  { ...inTickets, key: 'status', whenRefused: ['1'] },
  { ...inTickets, key: 'noteType', whenRefused: ['3', '1'] },
  { ...inTickets, key: 'needed' },
  { ...inTickets, key: 'unset', whenRefused: 'leaveOut' },
  { ...inTickets, key: 'issueType', whenRefused: 'leaveOut' },
  { ...inTickets, key: 'subIssueType', dependsOn: 'issueType', whenRefused: 'leaveOut' },
  {
    key: 'priorities',
    step: 'tickets',
    label: 'Priorities',
    kind: 'severityMap',
    choices: 'p',
    role: 'priorities',
  },
];
const values = {
  queue: '8',
  status: '7',
  noteType: '3',
  needed: '2',
  issueType: '10',
  subIssueType: '136',
};

const resolution = {
  accountId: '217',
  accountBy: 'mapping',
  organizationName: 'Northwind',
  contact: { kind: 'find', email: 'ana@northwind.example', fallbackContactId: '31' },
  contractId: '31',
  priority: '2',
  values,
  trace: [],
} as unknown as Resolution;

const refusing = (without: string[], more: { directed?: { accountId: string } } = {}) =>
  withFallbacks(
    resolution,
    { without, directed: undefined, alert: exampleAlert(), ...more },
    exampleConnection(),
    fields,
  );

describe('what stands in for a refused input', () => {
  it('is nothing while nothing was refused, and each input with a stand-in is named', () => {
    const { resolution: same, fallbacks } = refusing([]);
    expect(same).toEqual(resolution);
    expect(fallbacks).toEqual([
      'contact',
      'contract',
      'account',
      'priorities',
      'queue',
      'status',
      'noteType',
      'issueType',
      'subIssueType',
    ]);
  });

  it('is offered once', () => {
    expect(refusing(['queue', 'account']).fallbacks).not.toContain('queue');
    expect(refusing(['queue', 'account']).fallbacks).not.toContain('account');
    expect(refusing(['queue']).fallbacks).toContain('status');
  });

  it('the catch-all account for an account, with its contact and without the contract', () => {
    const { resolution: changed, said } = refusing(['account']);
    expect(changed).toMatchObject({
      accountId: '0',
      accountBy: 'refusal',
      contact: { kind: 'find', email: 'ana@northwind.example', fallbackContactId: '900' },
    });
    expect(changed).not.toHaveProperty('contractId');
    expect(said.join()).toContain('refused account Northwind Dental (id 217)');
  });

  it('no account for the catch-all itself, nor for a test ticket', () => {
    const catchAll = { ...resolution, accountId: '0' };
    const delivery = { without: [], directed: undefined, alert: exampleAlert() };
    const { fallbacks } = withFallbacks(catchAll, delivery, exampleConnection(), fields);
    expect(fallbacks).not.toContain('account');
    const test = refusing(['account'], { directed: { accountId: '217' } });
    expect(test.resolution.accountId).toBe('217');
    expect(test.fallbacks).not.toContain('account');
  });

  it.each([
    [['queue'], { status: '7', noteType: '3', needed: '2', issueType: '10', subIssueType: '136' }],
    [['status'], { ...values, status: '1' }],
    [['noteType'], { ...values, noteType: '1' }],
    [['needed'], values],
    [['issueType'], { queue: '8', status: '7', noteType: '3', needed: '2' }],
  ])('of %j: %j', (without, expected) => {
    expect(refusing(without).resolution.values).toEqual(expected);
  });

  it('the priority of the next severity above, else below', () => {
    expect(refusing(['priorities']).resolution.priority).toBe('1');
    const highest = { ...resolution, priority: '1' };
    const delivery = { without: ['priorities'], directed: undefined, alert: exampleAlert() };
    expect(withFallbacks(highest, delivery, exampleConnection(), fields).resolution.priority).toBe('2');
  });

  it('says what stands in for what in the words of the PSA, as far as they are known', () => {
    const known = exampleConnection({
      tickets: exampleTickets({ priorityList: 'p' }),
      choiceNames: new Map([
        ['p', new Map([['2', 'High']])],
        ['status', new Map([['7', 'Escalated']])],
      ]),
    });
    const delivery = { without: ['priorities', 'status'], directed: undefined, alert: exampleAlert() };
    expect(withFallbacks(resolution, delivery, known, fields).said).toEqual([
      'The PSA refused priority High (id 2): priority 1 is used.',
      'The PSA refused List Escalated (id 7): 1 is used.',
    ]);
  });

  it('no priority when there is only one', () => {
    const priorities = { informational: null, low: null, medium: '2', high: '2', critical: null };
    const connection = exampleConnection({ tickets: exampleTickets({ priorities }) });
    const delivery = { without: ['priorities'], directed: undefined, alert: exampleAlert() };
    const { resolution: same, fallbacks } = withFallbacks(resolution, delivery, connection, fields);
    expect(same.priority).toBe('2');
    expect(fallbacks).not.toContain('priorities');
  });

  it('leaves the resolution that it was given as it was', () => {
    const before = structuredClone(resolution);
    refusing(['account', 'queue', 'priorities', 'contract']);
    expect(resolution).toEqual(before);
  });
});

describe('what the operator is told', () => {
  it('is one matter per account and per setting; a contact that vanished is none', () => {
    expect(noticeOf('account', 'Refused.', '217')).toEqual({
      matter: 'account 217',
      words: 'Refused. Its tickets go to the catch-all account until the mapping is changed.',
    });
    expect(noticeOf('ticketQueue', 'Refused.', '217')?.matter).toBe('ticketQueue');
    expect(noticeOf('contact', 'Refused.', '217')).toBeUndefined();
  });
});
