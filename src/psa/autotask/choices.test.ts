import { describe, expect, it } from 'vitest';
import { listChoices } from './choices.ts';
import { reply } from './scriptedHttp.ts';
import { openScripted } from './scriptedSession.ts';
import type { EntityField, PicklistValue } from './types.ts';

function value(id: string, more: Partial<PicklistValue> = {}): PicklistValue {
  return { value: id, label: `Value ${id}`, isActive: true, ...more };
}

function field(name: string, values: PicklistValue[] | null, parent = ''): EntityField {
  return { name, picklistValues: values, picklistParentValueField: parent };
}

function choicesOf(fields: EntityField[], name: string) {
  const read = listChoices(fields, name);
  if (read.kind !== 'ok') throw new Error(read.text);
  return read.value;
}

describe('choices', () => {
  it('come in the order of the tenant, inactive ones included', () => {
    const values = [
      value('3', { label: 'C', sortOrder: 2 }),
      value('-1', { label: 'B', sortOrder: 1, isActive: false }),
      value('0', { label: 'A', sortOrder: 1, isDefaultValue: true }),
    ];
    expect(choicesOf([field('source', values)], 'source')).toEqual([
      { id: '0', label: 'A', isActive: true, isDefault: true },
      { id: '-1', label: 'B', isActive: false, isDefault: false },
      { id: '3', label: 'C', isActive: true, isDefault: false },
    ]);
  });

  it.each(['issueType', 'IssueType', 'ISSUETYPE'])('know their parents by %s', (parent) => {
    const fields = [
      field('issueType', [value('10'), value('15', { isActive: false })]),
      field(
        'subIssueType',
        [value('136', { parentValue: '10' }), value('180', { parentValue: '15' })],
        parent,
      ),
    ];
    expect(choicesOf(fields, 'subIssueType')).toMatchObject([
      { id: '136', parentId: '10', isActive: true },
      // Active in the list, but its parent is not.
      { id: '180', parentId: '15', isActive: false },
    ]);
  });

  it('offer only note types that are meant for integrations, and suggest task notes', () => {
    const values = ['1', '2', '3', '13', '18', '93', '101', '29682801'].map((id) => value(id));
    const choices = choicesOf([field('noteType', values)], 'noteType');
    expect(choices.filter((choice) => choice.isActive).map(({ id }) => id)).toEqual([
      '1',
      '2',
      '29682801',
      '3',
    ]);
    expect(choices.filter((choice) => choice.isDefault).map(({ id }) => id)).toEqual(['3']);
  });

  it('suggest internal notes and say which ones the client reads (decision 20)', () => {
    const values = [value('1', { isDefaultValue: true }), value('2'), value('4')];
    expect(choicesOf([field('publish', values)], 'publish')).toMatchObject([
      { id: '1', isDefault: false, isClientVisible: true },
      { id: '2', isDefault: true },
      { id: '4', isDefault: false, isClientVisible: true },
    ]);
    expect(choicesOf([field('publish', values)], 'publish')[1]).not.toHaveProperty('isClientVisible');
  });

  it('are empty for a field without values, and refused for one that is gone', () => {
    expect(choicesOf([field('queueID', null)], 'queueID')).toEqual([]);
    expect(listChoices([], 'queueID')).toMatchObject({ kind: 'refused', reason: 'serverError' });
  });
});

describe('choices of a session', () => {
  const fields = reply(200, { fields: [{ name: 'status', picklistValues: [] }, { name: 'queueID' }] });

  it('of one entity cost one call', async () => {
    const { session, calls } = openScripted(fields);
    await Promise.all([session.choices('ticketStatus'), session.choices('ticketQueue')]);
    await session.choices('ticketStatus');
    expect(calls()).toHaveLength(1);
  });

  it('are asked for again after a failure', async () => {
    const { session } = openScripted(reply(503, ''), fields);
    expect((await session.choices('ticketStatus')).kind).toBe('refused');
    expect((await session.choices('ticketStatus')).kind).toBe('ok');
  });

  it.each(['nothing', 'toString', ''])('of "%s" are refused', async (list) => {
    expect(await openScripted().session.choices(list)).toMatchObject({ kind: 'refused', reason: 'invalid' });
  });
});
