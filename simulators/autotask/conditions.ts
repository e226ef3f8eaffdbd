import type { Row } from '../common/table.ts';
import { storedDate } from './dates.ts';
import type { Entity } from './entities.ts';
import type { Field } from './fields.ts';
import { assumed, Refusal, texts } from './refusals.ts';
import { findUserField } from './userFields.ts';

export type Condition = { operator: string; field: string; value: unknown; isUserField: boolean };

type Scalar = string | number | boolean;
type Test = (row: Row) => boolean;

/** A value that no record has: what a text becomes that is compared with a 64-bit id. */
const nothing = Symbol('matches no record');

export function isUserCondition(condition: Condition): boolean {
  return condition.isUserField;
}

/** A condition on a user-defined field. Unknown names are refused like unknown fields. */
export function userCondition(entity: Entity, condition: Condition): Test {
  const userField = findUserField(entity.name, condition.field);
  if (!userField) throw new Refusal(texts.unknownField(condition.field, entity.singular));
  const textField = { name: userField.name, dataType: 'string' } as Field;
  const { test } = valueTest(textField, condition);
  return (row) => {
    const values = (row.userDefinedFields ?? {}) as Record<string, string | null>;
    return test({ id: row.id, [userField.name]: values[userField.name] });
  };
}

/** The test of one condition, and for equality the values that an index may look up. */
export function valueTest(field: Field, condition: Condition): { test: Test; equals?: readonly unknown[] } {
  const { operator } = condition;
  if (operator === 'exist') return { test: (row) => hasValue(row[field.name]) };
  if (operator === 'notexist') return { test: (row) => !hasValue(row[field.name]) };
  if (operator === 'in' || operator === 'notin') return listTest(field, condition);
  const wanted = readValue(field, condition.value);
  if (operator === 'beginswith' || operator === 'endswith' || operator === 'contains') {
    if (field.dataType !== 'string') throw new Refusal(assumed.badQuery(`${operator} is for text only.`));
    return { test: textTest(field, operator, String(wanted)) };
  }
  const test = comparison(field, operator, wanted);
  return operator === 'eq' ? { test, equals: [wanted] } : { test };
}

function listTest(field: Field, condition: Condition): { test: Test; equals?: readonly unknown[] } {
  if (!Array.isArray(condition.value))
    throw new Refusal(assumed.badQuery(`${condition.operator} needs an array.`));
  const wanted = new Set(condition.value.map((value) => readValue(field, value)));
  if (condition.operator === 'in') {
    return { test: (row) => wanted.has(comparable(row[field.name]) as Scalar), equals: [...wanted] };
  }
  return { test: (row) => hasValue(row[field.name]) && !wanted.has(comparable(row[field.name]) as Scalar) };
}

function textTest(field: Field, operator: string, wanted: string): Test {
  return (row) => {
    const own = comparable(row[field.name]);
    if (typeof own !== 'string') return false;
    if (operator === 'beginswith') return own.startsWith(wanted);
    return operator === 'endswith' ? own.endsWith(wanted) : own.includes(wanted);
  };
}

/** Null is neither equal nor unequal to anything, as in SQL. */
function comparison(field: Field, operator: string, wanted: Scalar | symbol): Test {
  if (wanted === nothing) return () => false;
  const target = wanted as Scalar;
  return (row) => {
    const own = comparable(row[field.name]);
    if (own === undefined) return false;
    if (operator === 'eq') return own === target;
    if (operator === 'noteq') return own !== target;
    if (operator === 'gt') return own > target;
    if (operator === 'gte') return own >= target;
    return operator === 'lt' ? own < target : own <= target;
  };
}

function hasValue(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function comparable(value: unknown): Scalar | undefined {
  if (typeof value === 'string') return value.toLowerCase();
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** Turns the value of a condition into what `comparable` gives for records of this field. */
function readValue(field: Field, value: unknown): Scalar | symbol {
  if (value === null || value === undefined) throw new Refusal(assumed.nullCompare(field.name));
  if (typeof value === 'object')
    throw new Refusal(assumed.badQuery(`The value for ${field.name} is not a scalar.`));
  switch (field.dataType) {
    case 'string':
      return String(value).toLowerCase();
    case 'datetime':
      return readDate(value);
    case 'boolean':
      return readBoolean(value);
    case 'long':
      return typeof value === 'string' ? nothing : Number(value);
    default:
      return readNumber(value);
  }
}

function readDate(value: unknown): string {
  const date = storedDate(String(value));
  if (date === undefined) throw new Refusal(assumed.badDateQuery);
  return date.toLowerCase();
}

function readBoolean(value: unknown): boolean {
  if (value === true || value === 1 || String(value).toLowerCase() === 'true') return true;
  if (value === false || value === 0 || String(value).toLowerCase() === 'false') return false;
  throw new Refusal(texts.conversion(value));
}

/** `true` works for the integer Contacts.isActive (fact sheet autotask §2.4). */
function readNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new Refusal(texts.conversion(value));
  return number;
}
