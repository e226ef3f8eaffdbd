import { describe, expect, it } from 'vitest';
import type { Choice } from '../psa/contract.ts';
import { checkChoices, neededLists } from './choices.ts';
import { exampleFields, goodTickets } from './exampleFields.ts';

const choice = (id: string, more: Partial<Choice> = {}): Choice => ({
  id,
  label: `Value ${id}`,
  isActive: true,
  isDefault: false,
  ...more,
});

const choices = new Map([
  ['queue', [choice('8'), choice('9', { isActive: false })]],
  ['priority', [choice('1'), choice('2'), choice('4')]],
  ['issue', [choice('1'), choice('2')]],
  ['subIssue', [choice('11', { parentId: '1' }), choice('21', { parentId: '2' })]],
]);

const check = (change: object) =>
  checkChoices(exampleFields, 'tickets', { ...goodTickets, ...change }, choices).map(({ field, code }) => [
    field,
    code,
  ]);

describe('values of a step', () => {
  it.each([
    ['all good', {}, []],
    ['one that the PSA does not have', { queue: '77' }, [['queue', 'notFound']]],
    ['one that is not active any more', { queue: '9' }, [['queue', 'inactive']]],
    [
      'a priority that does not exist',
      { priorities: { low: '7', high: null } },
      [['priorities.low', 'notFound']],
    ],
    ['a child of another parent', { subIssue: '21' }, [['subIssue', 'parentMismatch']]],
    [
      'a child of another parent in a row',
      { rows: [{ eventType: 'a', issue: '2', subIssue: '11' }] },
      [['rows[0].subIssue', 'parentMismatch']],
    ],
    [
      'a row without a parent of its own takes the default',
      { rows: [{ eventType: 'a', subIssue: '11' }] },
      [],
    ],
    [
      'a value in a row that does not exist',
      { rows: [{ eventType: 'a', issue: '5' }] },
      [['rows[0].issue', 'notFound']],
    ],
  ])('%s', (_name, change, expected) => {
    expect(check(change)).toEqual(expected);
  });

  it('name the value in the message', () => {
    const [error] = checkChoices(exampleFields, 'tickets', { ...goodTickets, queue: '9' }, choices);
    expect(error?.message).toBe('Queue: "Value 9" cannot be used in the PSA any more.');
  });
});

it('only lists that are used are asked for', () => {
  expect(neededLists(exampleFields, 'tickets', goodTickets)).toEqual([
    'queue',
    'priority',
    'issue',
    'subIssue',
  ]);
  expect(neededLists(exampleFields, 'tickets', { queue: '8' })).toEqual(['queue']);
  expect(neededLists(exampleFields, 'accounts', { catchAll: '1' })).toEqual([]);
});
