import { describe, expect, it } from 'vitest';
import type { FieldChange } from '../contract.ts';
import { findFieldChanges } from './fieldChanges.ts';
import type { FieldReader } from './fieldReader.ts';
import { reply } from './scriptedHttp.ts';
import { openScripted } from './scriptedSession.ts';
import { simulatorPerTest } from './simulatorPerTest.ts';
import type { EntityField } from './types.ts';

const ticket = (change: (fields: EntityField[]) => EntityField[]): FieldReader => {
  const of = (names: string, dataType: string) => names.split(' ').map((name) => ({ name, dataType }));
  const tickets = [
    ...of('title description externalID', 'string'),
    ...of('companyID contactID contractID ticketCategory ticketType status queueID source', 'integer'),
    ...of('priority issueType subIssueType', 'integer'),
    ...of('dueDateTime', 'datetime'),
    { name: 'id', dataType: 'long', isRequired: true, isReadOnly: true },
    { name: 'projectID', dataType: 'integer' },
  ];
  const notes = [...of('title description', 'string'), ...of('ticketID noteType publish', 'integer')];
  return async (entity) => ({ kind: 'ok', value: entity === 'Tickets' ? change(tickets) : notes });
};

async function changesOf(change: (fields: EntityField[]) => EntityField[]): Promise<FieldChange[]> {
  const read = await findFieldChanges(ticket(change));
  if (read.kind !== 'ok') throw new Error(read.text);
  return read.value;
}

const alter =
  (name: string, more: Partial<EntityField>) =>
  (fields: EntityField[]): EntityField[] =>
    fields.map((field) => (field.name === name ? { ...field, ...more } : field));

describe('the fields of tickets and notes (promises J-12)', () => {
  it.each<[string, (fields: EntityField[]) => EntityField[]]>([
    ['as they are', (fields) => fields],
    ['in other letters', alter('queueID', { name: 'QUEUEID' })],
    ['and one that nobody needs', (fields) => [...fields, { name: 'color', dataType: 'string' }]],
    [
      'and a required one that only Autotask writes',
      (fields) => [...fields, { name: 'x', isRequired: true, isReadOnly: true }],
    ],
    ['without types', (fields) => fields.map(({ name }) => ({ name }))],
  ])('%s are no change', async (_words, change) => {
    expect(await changesOf(change)).toEqual([]);
  });

  it.each<[string, (fields: EntityField[]) => EntityField[], string, RegExp]>([
    [
      'is gone',
      (fields) => fields.filter(({ name }) => name !== 'source'),
      'ticketSource',
      /"source".*is gone or renamed/,
    ],
    ['is renamed', alter('queueID', { name: 'queue' }), 'ticketQueue', /"queueid".*is gone or renamed/],
    [
      'is for reading only',
      alter('externalID', { isReadOnly: true }),
      'key',
      /"externalid".*can no longer be written/,
    ],
    [
      'takes texts instead of numbers',
      alter('priority', { dataType: 'string' }),
      'priorities',
      /takes texts now/,
    ],
    ['takes numbers instead of texts', alter('title', { dataType: 'integer' }), 'ticketSubject', /no texts/],
    [
      'is required and new',
      alter('projectID', { isRequired: true }),
      'projectID',
      /required field "projectID"/,
    ],
  ])('one that %s is named', async (_words, change, key, words) => {
    expect(await changesOf(change)).toEqual([{ key, text: expect.stringMatching(words) }]);
  });

  it('that cannot be read are a refusal, not a change', async () => {
    const { session } = openScripted(reply(503, {}));
    expect(await session.fieldChanges?.()).toMatchObject({ kind: 'refused' });
  });

  it('come in the same answers as the lists', async () => {
    const { session, calls } = openScripted(reply(200, { fields: [] }));
    await session.fieldChanges?.();
    await session.choices('ticketQueue');
    await session.choices('noteType');
    expect(calls()).toHaveLength(2);
  });
});

describe('against the simulator', () => {
  const world = simulatorPerTest();

  it('nothing has changed', async () => {
    expect(await world.session.fieldChanges?.()).toEqual({ kind: 'ok', value: [] });
  });
});
