import type { Answer } from '../common/answers.ts';
import type { Call } from './call.ts';
import { childByPath, type Entity, entityByPath } from './entities.ts';
import { thresholdInformation } from './limits.ts';
import { entityInformation, fieldInformation, userFieldInformation } from './metadata.ts';
import { count, listChildren, readOne, search, searchNext } from './reads.ts';
import { noRoute, Refusal, refuse, wrongMethod } from './refusals.ts';
import { requireRight } from './rights.ts';
import { create, remove, update } from './writes.ts';

/** What answers a path: by method, so that another method is 405. */
export type Route = {
  /** The path with ids left out, as counters name it. */
  name: string;
  methods: Readonly<Record<string, (call: Call) => Answer>>;
};

/** Finds the route of a path below `/V1.0`, given in its segments. Undefined is 404. */
export function findRoute(segments: readonly string[]): Route | undefined {
  const lower = segments.map((segment) => segment.toLowerCase());
  if (lower.length === 1 && lower[0] === 'thresholdinformation') {
    return { name: '/ThresholdInformation', methods: { GET: (call) => thresholdInformation(call.tenant) } };
  }
  const entity = entityByPath.get(lower[0] ?? '');
  if (!entity) return undefined;
  const rest = lower.slice(1);
  return rest.length > 1 && isId(rest[0])
    ? childRoute(entity, Number(rest[0]), rest.slice(1))
    : rootRoute(entity, rest);
}

/** Runs the call on its route; a Refusal becomes its answer. */
export function handleCall(route: Route | undefined, call: Call): Answer {
  if (!route) return noRoute(call.path);
  const handler = route.methods[call.method];
  if (!handler) return wrongMethod(call.method);
  try {
    return handler(call);
  } catch (error) {
    if (error instanceof Refusal) return refuse(...error.errors);
    throw error;
  }
}

function rootRoute(entity: Entity, rest: readonly string[]): Route | undefined {
  const path = rest.join('/');
  const name = `/${entity.name}`;
  if (path === '') {
    if (entity.methods.length === 0) return undefined;
    return { name, methods: writeMethods(entity, entity.methods, undefined) };
  }
  if (isId(path))
    return { name: `${name}/{id}`, methods: { GET: guarded(entity, readById(entity, Number(path))) } };
  if (path === 'query') return { name: `${name}/query`, methods: both(entity, search) };
  if (path === 'query/count') return { name: `${name}/query/count`, methods: both(entity, count) };
  if (path === 'query/next') return { name: `${name}/query/next`, methods: both(entity, searchNext) };
  return informationRoute(entity, name, path);
}

/** Below a record: the children, one of them, and their metadata. Searching there is 404. */
function childRoute(parent: Entity, parentId: number, rest: readonly string[]): Route | undefined {
  const entity = childByPath.get(`${parent.name.toLowerCase()}/${rest[0]}`);
  if (!entity?.parent) return undefined;
  const name = `/${parent.name}/{id}/${entity.parent.segment}`;
  const path = rest.slice(1).join('/');
  if (path === '') {
    const list = guarded(entity, (call: Call) => listChildren(call, entity, parentId));
    return { name, methods: { GET: list, ...writeMethods(entity, entity.parent.methods, parentId) } };
  }
  if (!isId(path)) return informationRoute(entity, name, path);
  const id = Number(path);
  const read = guarded(entity, (call: Call) => readOne(call.tenant, entity, id, parentId));
  const erase = { DELETE: (call: Call) => remove(call, entity, parentId, id) };
  return { name: `${name}/{id}`, methods: { GET: read, ...(entity.canDelete ? erase : {}) } };
}

function informationRoute(entity: Entity, name: string, path: string): Route | undefined {
  if (path === 'entityinformation') {
    const methods = { GET: (call: Call) => entityInformation(call.tenant, entity) };
    return { name: `${name}/entityInformation`, methods };
  }
  if (path === 'entityinformation/fields') {
    const methods = { GET: (call: Call) => fieldInformation(call.tenant, entity) };
    return { name: `${name}/entityInformation/fields`, methods };
  }
  if (path === 'entityinformation/userdefinedfields') {
    const methods = { GET: () => userFieldInformation(entity) };
    return { name: `${name}/entityInformation/userDefinedFields`, methods };
  }
  return undefined;
}

function writeMethods(
  entity: Entity,
  methods: readonly string[],
  parentId: number | undefined,
): Record<string, (call: Call) => Answer> {
  const handlers: Record<string, (call: Call) => Answer> = {};
  if (methods.includes('POST')) handlers.POST = (call) => create(call, entity, parentId);
  if (methods.includes('PATCH')) handlers.PATCH = (call) => update(call, entity, parentId);
  if (methods.includes('PUT')) handlers.PUT = (call) => update(call, entity, parentId);
  return handlers;
}

function readById(entity: Entity, id: number): (call: Call) => Answer {
  return (call) => readOne(call.tenant, entity, id);
}

function both(entity: Entity, handler: (call: Call, entity: Entity) => Answer): Route['methods'] {
  const run = guarded(entity, (call: Call) => handler(call, entity));
  return { GET: run, POST: run };
}

/** Reading and searching need the same right. */
function guarded(entity: Entity, handler: (call: Call) => Answer): (call: Call) => Answer {
  return (call) => {
    requireRight(call.tenant, entity, 'query');
    return handler(call);
  };
}

function isId(segment: string | undefined): boolean {
  return segment !== undefined && /^-?\d+$/.test(segment);
}
