/** Whether tickets and notes still have the fields that we write, and no new ones that we would have to (promises J-12). */
import type { FieldChange, Read } from '../contract.ts';
import { noteFields, type SentField, ticketFields } from './fieldNames.ts';
import { type FieldReader, findField } from './fieldReader.ts';
import type { EntityField } from './types.ts';

interface Written {
  entity: 'Tickets' | 'TicketNotes';
  words: string;
  sent: ReadonlyMap<string, SentField>;
}

const written: readonly Written[] = [
  { entity: 'Tickets', words: 'tickets', sent: ticketFields },
  { entity: 'TicketNotes', words: 'ticket notes', sent: noteFields },
];

/** Fields whose value is a text; all others are numbers or times (fact sheet autotask §4.1, §4.2). */
const texts: ReadonlySet<string> = new Set(['title', 'description', 'externalid']);

/** Reads each entity's fields, with what is remembered of them for lists. */
export async function findFieldChanges(fieldsOf: FieldReader): Promise<Read<FieldChange[]>> {
  const changes: FieldChange[] = [];
  for (const one of written) {
    const fields = await fieldsOf(one.entity);
    if (fields.kind === 'refused') return fields;
    changes.push(...changesIn(fields.value, one));
  }
  return { kind: 'ok', value: changes };
}

function changesIn(fields: readonly EntityField[], { words, sent }: Written): FieldChange[] {
  const known = [...sent].flatMap(([name, { key, words: ours }]): FieldChange[] => {
    const problem = problemOf(name, findField(fields, name));
    if (problem === undefined) return [];
    const text = `Autotask's ${words}: the field "${name}", into which Herald writes the ${ours}, ${problem}. ${advice}`;
    return [{ key, text }];
  });
  const needed = fields.filter(({ name, isRequired, isReadOnly }) => {
    return isRequired && !isReadOnly && !sent.has(name.toLowerCase());
  });
  return [
    ...known,
    ...needed.map(({ name }): FieldChange => {
      const text = `Autotask's ${words} have a new required field "${name}", which Herald does not fill. ${advice}`;
      return { key: name, text };
    }),
  ];
}

const advice = 'Tickets may be refused: ask the administrator of Autotask, or look for a newer Herald.';

function problemOf(name: string, field: EntityField | undefined): string | undefined {
  if (!field) return 'is gone or renamed';
  if (field.isReadOnly) return 'can no longer be written';
  if (!field.dataType) return undefined;
  const isText = field.dataType.toLowerCase() === 'string';
  if (isText === texts.has(name)) return undefined;
  return isText ? 'takes texts now' : 'takes no texts any more';
}
