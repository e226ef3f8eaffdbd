import { type Answer, jsonAnswer } from '../common/answers.ts';
import type { Row } from '../common/table.ts';
import type { Call } from './call.ts';
import type { Entity } from './entities.ts';
import { type Members, parseMembers } from './members.ts';
import type { PagePlace } from './pagingTokens.ts';
import { type Query, readQuery } from './query.ts';
import { assumed, noRoute, refuse, wrongMethod } from './refusals.ts';
import { renderRow } from './render.ts';
import type { Tenant } from './tenant.ts';

const URL_LIMIT = 2048;

/** Reads one record. Missing or hidden ones are `{"item":null}` with 200 (fact sheet autotask §2.2). */
export function readOne(tenant: Tenant, entity: Entity, id: number, parentId?: number): Answer {
  const row = tenant.tables[entity.name].get(id);
  const isChild = parentId === undefined || row?.[entity.parent?.field ?? ''] === parentId;
  if (!row || !isChild || isRestricted(tenant, entity)) return jsonAnswer(200, { item: null });
  return jsonAnswer(200, { item: renderRow(tenant, entity, row) });
}

/** The children of a record, as the search for its id would give them. */
export function listChildren(call: Call, entity: Entity, parentId: number): Answer {
  const field = entity.parent?.field ?? '';
  const search = JSON.stringify({ filter: [{ op: 'eq', field, value: parentId }] });
  return searchPage({ ...call, method: 'GET', search }, entity, parseMembers(search), undefined);
}

/** `/Entity/query`, by POST with a body or by GET with `search`. */
export function search(call: Call, entity: Entity): Answer {
  const tooLong = refuseLongUrl(call);
  if (tooLong) return tooLong;
  return searchPage(call, entity, parseMembers(searchText(call)), undefined);
}

/** `/Entity/query/count`. */
export function count(call: Call, entity: Entity): Answer {
  const tooLong = refuseLongUrl(call);
  if (tooLong) return tooLong;
  const query = readQuery(entity, parseMembers(searchText(call)));
  let queryCount = 0;
  for (const _ of matches(call, entity, query, Number.NEGATIVE_INFINITY)) queryCount += 1;
  return jsonAnswer(200, { queryCount });
}

/** A further page: the method of the first page again, with the same search (fact sheet autotask §2.5). */
export function searchNext(call: Call, entity: Entity): Answer {
  const place = call.tenant.paging.find(call.query.get('paging') ?? '');
  if (!place) return refuse(assumed.expiredPage);
  if (place.entity !== entity.name) return noRoute(call.path);
  if (place.method !== call.method) return wrongMethod(call.method);
  return searchPage(call, entity, parseMembers(searchText(call)), place);
}

function searchText(call: Call): string {
  return call.method === 'GET' ? call.search : call.body;
}

/** The web server in front refuses long addresses; the shape of its answer is an assumption. */
function refuseLongUrl(call: Call): Answer | undefined {
  return call.method === 'GET' && call.fullUrlLength > URL_LIMIT ? noRoute(call.path) : undefined;
}

function searchPage(
  call: Call,
  entity: Entity,
  body: Members | undefined,
  place: PagePlace | undefined,
): Answer {
  const query = readQuery(entity, body);
  const start = place?.starts.at(-1) ?? Number.NEGATIVE_INFINITY;
  const pageSize = place?.pageSize ?? query.pageSize;
  const rows: Row[] = [];
  let hasMore = false;
  for (const row of matches(call, entity, query, start)) {
    hasMore = rows.length === pageSize;
    if (hasMore) break;
    rows.push(row);
  }
  const starts = place?.starts ?? [start];
  const lastId = rows.at(-1)?.id ?? start;
  return jsonAnswer(200, {
    items: rows.map((row) => renderRow(call.tenant, entity, row, query.includeFields)),
    pageDetails: {
      count: rows.length,
      requestCount: pageSize,
      prevPageUrl: starts.length > 1 ? pageUrl(call, entity, pageSize, starts.slice(0, -1)) : null,
      nextPageUrl: hasMore ? pageUrl(call, entity, pageSize, [...starts, lastId]) : null,
    },
  });
}

function pageUrl(call: Call, entity: Entity, pageSize: number, starts: readonly number[]): string {
  const token = call.tenant.paging.issue({ entity: entity.name, method: call.method, pageSize, starts });
  const search = call.method === 'GET' ? `search=${encodeURIComponent(call.search)}&` : '';
  return `${call.apiUrl}/V1.0/${entity.name}/query/next?${search}paging=${encodeURIComponent(token)}`;
}

function* matches(call: Call, entity: Entity, query: Query, start: number): Generator<Row> {
  const { tenant } = call;
  if (isRestricted(tenant, entity) || call.distortion === 'emptyResult') return;
  const test = call.distortion === 'ignoreFilter' ? () => true : query.test;
  for (const row of candidates(call, entity, query, Math.max(start, query.afterId))) {
    if (test(row) && tenant.isFound(entity.name, row)) yield row;
  }
}

/** Goes through the smallest list that an index offers, and through the whole table only when none does. */
function* candidates(call: Call, entity: Entity, query: Query, afterId: number): Generator<Row> {
  const table = call.tenant.tables[entity.name];
  const lists = call.distortion
    ? []
    : query.hints.map((hint) => table.lookUp(hint.field, hint.values)).filter((ids) => ids !== undefined);
  const shortest = lists.sort((a, b) => a.length - b.length)[0];
  if (!shortest) return yield* table.after(call.distortion ? Number.NEGATIVE_INFINITY : afterId);
  for (const id of shortest) {
    const row = id > afterId ? table.get(id) : undefined;
    if (row) yield row;
  }
}

function isRestricted(tenant: Tenant, entity: Entity): boolean {
  const { restrictedRows } = tenant.settings;
  return Array.isArray(restrictedRows) ? restrictedRows.includes(entity.name) : restrictedRows;
}
