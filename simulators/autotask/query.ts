import type { Row } from '../common/table.ts';
import { type Condition, isUserCondition, userCondition, valueTest } from './conditions.ts';
import type { Entity } from './entities.ts';
import { type Members, membersOf } from './members.ts';
import { assumed, Refusal, texts } from './refusals.ts';

type Test = (row: Row) => boolean;

/** Equality that must hold for every match, so that an index can be used. */
type Hint = { field: string; values: readonly unknown[] };

export type Query = {
  test: Test;
  hints: readonly Hint[];
  /** Matches have an id greater than this. */
  afterId: number;
  pageSize: number;
  /** Lower-case names; undefined when all fields are wanted. */
  includeFields: ReadonlySet<string> | undefined;
};

type Reading = {
  entity: Entity;
  orConditions: number;
  userConditions: number;
  hints: Hint[];
  afterId: number;
};

const OR_LIMIT = 500;
const PAGE_LIMIT = 500;
// biome-ignore format: a table of words
const operators: ReadonlySet<string> = new Set([
  'eq', 'noteq', 'gt', 'gte', 'lt', 'lte', 'beginswith', 'endswith', 'contains', 'exist', 'notexist', 'in', 'notin',
]);

/**
 * Reads the body of a search; fact sheet autotask §2.4. An operator that does not exist is dropped together with its
 * condition, as the vendor does it. Throws Refusal with the vendor's text for what the vendor refuses.
 */
export function readQuery(entity: Entity, body: Members | undefined): Query {
  const filter = body?.get('filter');
  if (body === undefined || filter === undefined || filter === null) throw new Refusal(texts.noFilters);
  if (!Array.isArray(filter)) throw new Refusal(assumed.badQuery('Filter is not an array.'));
  const reading: Reading = {
    entity,
    orConditions: 0,
    userConditions: 0,
    hints: [],
    afterId: Number.NEGATIVE_INFINITY,
  };
  const tests = readItems(filter, reading, 'and');
  if (reading.orConditions > OR_LIMIT) throw new Refusal(texts.tooManyOrs);
  return {
    test: allOf(tests),
    hints: reading.hints,
    afterId: reading.afterId,
    pageSize: readPageSize(body.get('maxrecords')),
    includeFields: readIncludeFields(entity, body.get('includefields')),
  };
}

function readPageSize(value: unknown): number {
  if (value === undefined || value === null) return PAGE_LIMIT;
  const size = Number(value);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_LIMIT) throw new Refusal(assumed.maxRecords);
  return size;
}

function readIncludeFields(entity: Entity, value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new Refusal(assumed.badQuery('IncludeFields is not an array.'));
  const names = value.map((name) => String(name));
  for (const name of names) {
    const isKnown = entity.byName.has(name.toLowerCase()) || name.toLowerCase() === 'userdefinedfields';
    if (!isKnown) throw new Refusal(texts.unknownField(name, entity.singular));
  }
  return names.length === 0 ? undefined : new Set(names.map((name) => name.toLowerCase()));
}

/** `place` says what joins these items; hints are taken only where every item must hold. */
function readItems(items: readonly unknown[], reading: Reading, place: 'and' | 'or' | 'inner'): Test[] {
  const tests: Test[] = [];
  for (const item of items) {
    const members = membersOf(item);
    if (!members) throw new Refusal(assumed.badQuery('A filter item is not an object.'));
    const test = readItem(members, reading, place);
    if (test) tests.push(test);
  }
  return tests;
}

function readItem(members: Members, reading: Reading, place: 'and' | 'or' | 'inner'): Test | undefined {
  const operator = String(members.get('op') ?? '').toLowerCase();
  if (operator === 'and' || operator === 'or') return readGroup(operator, members, reading, place);
  if (!operators.has(operator)) return undefined;
  const condition = {
    operator,
    field: String(members.get('field') ?? ''),
    value: members.get('value'),
    isUserField: members.get('udf') === true,
  };
  countOrs(condition, reading, place);
  return readCondition(condition, reading, place === 'and');
}

function readGroup(
  operator: 'and' | 'or',
  members: Members,
  reading: Reading,
  place: 'and' | 'or' | 'inner',
): Test | undefined {
  const items = members.get('items');
  if (!Array.isArray(items)) throw new Refusal(assumed.badQuery('A group has no items.'));
  if (operator === 'and' && place === 'or') reading.orConditions += 1;
  const inner = operator === 'or' ? 'or' : place === 'and' ? 'and' : 'inner';
  const tests = readItems(items, reading, inner);
  if (tests.length === 0) return undefined;
  return operator === 'and' ? allOf(tests) : (row) => tests.some((test) => test(row));
}

/** Each value of `in` counts as one OR condition, and so does each member of an `or` group. */
function countOrs(condition: Condition, reading: Reading, place: 'and' | 'or' | 'inner'): void {
  if (condition.operator === 'in' && Array.isArray(condition.value))
    reading.orConditions += condition.value.length;
  else if (place === 'or') reading.orConditions += 1;
}

function readCondition(condition: Condition, reading: Reading, isCertain: boolean): Test {
  const { entity } = reading;
  if (isUserCondition(condition)) {
    reading.userConditions += 1;
    if (reading.userConditions > 1) throw new Refusal(assumed.udfOnce);
    return userCondition(entity, condition);
  }
  const field = entity.byName.get(condition.field.toLowerCase());
  if (!field) throw new Refusal(texts.unknownField(condition.field, entity.singular));
  if (!field.isQueryable) throw new Refusal(assumed.notQueryable(field.name, entity.singular));
  const { test, equals } = valueTest(field, condition);
  if (isCertain && equals) reading.hints.push({ field: field.name, values: equals });
  if (isCertain && field.name === 'id' && typeof condition.value === 'number') {
    if (condition.operator === 'gt') reading.afterId = Math.max(reading.afterId, condition.value);
    if (condition.operator === 'gte') reading.afterId = Math.max(reading.afterId, condition.value - 1);
  }
  return test;
}

function allOf(tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0] as Test;
  return (row) => tests.every((test) => test(row));
}
