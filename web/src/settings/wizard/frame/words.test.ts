import { expect, it } from 'vitest';
import type { Field } from '../../../api/types.ts';
import { defaultOf, overrideWords } from './words.ts';

const field = {
  key: 'overrides',
  label: 'Issue types by event type',
  step: 'tickets',
  kind: 'overrides',
  matchKey: 'eventType',
  columns: [
    { key: 'issueType', required: true },
    { key: 'subIssueType', required: false },
  ],
} as const;
const fields = [
  { key: 'issueType', label: 'Issue Type', step: 'tickets', kind: 'select' },
  { key: 'subIssueType', label: 'Sub-Issue Type', step: 'tickets', kind: 'select' },
] as Field[];

it('rows of overrides say what they are for and what they set, in the names of their own lists', () => {
  const labelOf = (list: string, id: string) => (id === '7' ? `seven of ${list}` : undefined);
  const rows = [
    { eventType: 'iam.a', issueType: '7', subIssueType: '7' },
    { eventType: 'iam.b', issueType: '8' },
  ];
  expect(overrideWords(field, rows, fields, labelOf)).toEqual([
    {
      match: 'iam.a',
      sets: [
        { label: 'Issue Type', value: 'seven of issueType' },
        { label: 'Sub-Issue Type', value: 'seven of subIssueType' },
      ],
    },
    // Nobody knows its name.
    { match: 'iam.b', sets: [{ label: 'Issue Type', value: '8' }] },
  ]);
});

it('knows what counts while nothing is set', () => {
  const brake = { key: 'brake', label: 'Brake', step: 'tickets', kind: 'brake' } as const;
  expect(defaultOf({ ...brake, default: { tickets: 30, minutes: 10 } })).toEqual({
    tickets: 30,
    minutes: 10,
  });
  expect(defaultOf(field)).toBeUndefined();
});
