import { storedDate } from './dates.ts';
import type { Entity } from './entities.ts';
import type { Field } from './fields.ts';
import { type Members, membersOf } from './members.ts';
import { assumed, Refusal, texts } from './refusals.ts';
import { findUserField } from './userFields.ts';

/** What a write asks for: values by field name, null where a field is to be cleared. */
export type Input = {
  id: number | undefined;
  values: Record<string, unknown>;
  userValues: Record<string, string | null> | undefined;
};

/**
 * Reads the body of a write. Unknown and read-only fields are ignored (fact sheet autotask §2.3 and §7), and so are
 * create-only ones in an update (assumption). Values of the wrong type throw Refusal.
 */
export function readInput(entity: Entity, members: Members, isCreate: boolean): Input {
  const values: Record<string, unknown> = {};
  for (const [name, value] of members) {
    const field = entity.byName.get(name);
    if (!field || field.isReadOnly || (field.isCreateOnly && !isCreate)) continue;
    values[field.name] = value === null ? null : convert(field, value);
  }
  const id = members.get('id');
  const udfs = members.get('userdefinedfields');
  return {
    id: id === undefined || id === null || id === '' ? undefined : Number(id),
    values,
    userValues: Array.isArray(udfs) ? readUserValues(entity, udfs) : undefined,
  };
}

function convert(field: Field, value: unknown): unknown {
  if (typeof value === 'object') throw new Refusal(texts.unexpectedCharacter('{', field.name));
  switch (field.dataType) {
    case 'string':
      return String(value);
    case 'boolean':
      return toBoolean(field, value);
    case 'datetime':
      return toDate(field, value);
    case 'double':
      return toNumber(field, value, 'double');
    default:
      return toInteger(field, value);
  }
}

function toBoolean(field: Field, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 1 || String(value).toLowerCase() === 'true') return true;
  if (value === 0 || String(value).toLowerCase() === 'false') return false;
  throw new Refusal(assumed.cannotConvert(value, 'boolean', field.name));
}

function toDate(field: Field, value: unknown): string {
  const date = typeof value === 'string' ? storedDate(value) : undefined;
  if (date === undefined) throw new Refusal(assumed.cannotConvert(value, 'DateTime', field.name));
  return date;
}

function toInteger(field: Field, value: unknown): number {
  const number = toNumber(field, value, 'integer');
  const largest = field.dataType === 'long' ? Number.MAX_SAFE_INTEGER : 2_147_483_647;
  if (!Number.isInteger(number) || Math.abs(number) > largest) {
    throw new Refusal(assumed.cannotConvert(value, 'integer', field.name));
  }
  return number;
}

/** A boolean is refused with the text that integrators met on Contacts.isActive (fact sheet autotask §3.3). */
function toNumber(field: Field, value: unknown, type: string): number {
  if (typeof value === 'boolean') {
    throw new Refusal(texts.unexpectedCharacter(value ? 't' : 'f', field.name));
  }
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw new Refusal(assumed.cannotConvert(value, type, field.name));
  return number;
}

function readUserValues(entity: Entity, items: readonly unknown[]): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const item of items) {
    const members = membersOf(item);
    const name = String(members?.get('name') ?? '');
    const userField = findUserField(entity.name, name);
    if (!userField) throw new Refusal(assumed.unknownUdf(name));
    const value = members?.get('value') ?? null;
    const text = value === null ? null : String(value);
    if (text !== null && userField.values.length > 0 && !userField.values.includes(text)) {
      throw new Refusal(texts.picklistValue(text, userField.name));
    }
    values[userField.name] = text;
  }
  return values;
}
