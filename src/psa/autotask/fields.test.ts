import { describe, expect, it } from 'vitest';
import type { Field, FieldRole } from '../contract.ts';
import { choiceLists } from './choices.ts';
import { accountFilters, fields } from './fields.ts';

const keysOf = (step: Field['step']) => fields.filter((field) => field.step === step).map(({ key }) => key);
const required = (step: Field['step']) =>
  fields.filter((field) => field.step === step && field.required).map(({ key }) => key);

describe('the declared fields', () => {
  it('are those of design §9, by step', () => {
    expect(keysOf('credentials')).toEqual(['username', 'secret', 'integrationCode']);
    expect(keysOf('accounts')).toEqual(['catchAllAccountId', 'attachContacts', 'catchAllContactId']);
    expect(keysOf('tickets').sort()).toEqual(
      [
        ...['ticketCategory', 'ticketType', 'ticketStatus', 'ticketQueue', 'ticketSource', 'ticketSubject'],
        ...['priorities', 'dueHours', 'issueType', 'subIssueType', 'noteType', 'noteVisibility', 'noteTitle'],
        ...['alertOverrides', 'respondOverrides', 'iocOverrides', 'brake', 'closedTicket'],
      ].sort(),
    );
    expect(keysOf('contracts')).toEqual(['addContracts', 'syncUsers', 'syncDay', 'defaultServiceId']);
  });

  it('require what req 49, 53, 70–76, 80–82 and decision 18 require, and nothing else', () => {
    expect(required('credentials')).toEqual(['username', 'secret', 'integrationCode']);
    expect(required('accounts')).toEqual(['catchAllAccountId']);
    expect(required('tickets')).toEqual([
      ...['ticketCategory', 'ticketType', 'ticketStatus', 'ticketQueue', 'ticketSource', 'ticketSubject'],
      ...['priorities', 'noteType', 'noteVisibility', 'noteTitle'],
    ]);
    expect(required('contracts')).toEqual([]);
  });

  it('ask for sync day and service only while the sync is on (req 97–100)', () => {
    const shown = fields.filter((field) => field.showWhen).map(({ key, showWhen }) => [key, showWhen]);
    expect(shown).toEqual([
      ['syncDay', { key: 'syncUsers', equals: true }],
      ['defaultServiceId', { key: 'syncUsers', equals: true }],
    ]);
  });

  it('have each key and each role once, and people’s labels', () => {
    const keys = fields.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    const roles = fields.flatMap(({ role }) => role ?? []);
    expect(new Set(roles).size).toBe(roles.length);
    expect(fields.every(({ label }) => label.trim() !== '')).toBe(true);
  });

  it('carry every role that the planner looks for', () => {
    const wanted: Record<FieldRole, true> = {
      catchAllAccount: true,
      catchAllContact: true,
      attachContacts: true,
      subject: true,
      noteTitle: true,
      priorities: true,
      dueHours: true,
      issueType: true,
      subIssueType: true,
      noteVisibility: true,
      overridesByEventType: true,
      overridesByRespondRule: true,
      overridesByIocRule: true,
      brake: true,
      closedTicket: true,
      addContracts: true,
    };
    expect(fields.flatMap(({ role }) => role ?? []).sort()).toEqual(Object.keys(wanted).sort());
  });

  it('depend only on fields of the same step', () => {
    for (const field of fields) {
      const others = [
        field.kind === 'select' ? field.dependsOn : undefined,
        field.kind === 'contact' ? field.of : undefined,
        field.showWhen?.key,
      ];
      for (const other of others) if (other) expect(keysOf(field.step)).toContain(other);
    }
  });

  it('have a list for each select, severity map, override column and account filter, and no other list', () => {
    const lists = fields.flatMap((field) => {
      if (field.kind === 'select') return [field.key];
      if (field.kind === 'severityMap') return [field.choices];
      return field.kind === 'overrides' ? field.columns.map(({ key }) => key) : [];
    });
    const wanted = new Set([...lists, ...accountFilters.map(({ key }) => key)]);
    expect([...wanted].sort()).toEqual(choiceLists.toSorted());
  });
});
