/** The members of bodies and answers, read off the description of the API, in the form of the table in fields.ts. */
import { scopeOfRoute } from './routes.ts';

/** As much of JSON Schema as the description uses. */
export interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

type Content = Record<string, { schema?: Schema }>;

interface Operation {
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
}

export interface Description {
  paths: Record<string, Record<string, Operation>>;
}

/** A method of a path. */
export interface Route {
  /** Method and path. */
  route: string;
  path: string;
  isChange: boolean;
  operation: Operation;
}

/** All that are described. */
export function routesOf({ paths }: Description): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      path,
      isChange: method !== 'get',
      operation,
    })),
  );
}

const schemaOf = (content: Content | undefined): Schema | undefined => content?.['application/json']?.schema;

/** The schema of each body that a route describes. */
export function bodiesOf(description: Description): Record<string, Schema> {
  const found = routesOf(description).flatMap(({ route, operation }) => {
    const schema = schemaOf(operation.requestBody?.content);
    return schema ? [[route, schema] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Dotted names of all members: `delivery`, `delivery.email`, `mappings.accountId`; `*` = any name. */
export function membersOf(schema: Schema, above = ''): string[] {
  const { properties = {}, items, additionalProperties: others } = schema;
  const named = Object.entries(properties).flatMap(([name, inner]) => [
    above + name,
    ...membersOf(inner, `${above + name}.`),
  ]);
  const any =
    typeof others === 'object' ? [`${above}*`, ...membersOf(others, `${above}*.`)] : ([] as string[]);
  const within = [...branchesOf(schema), ...(items ? [items] : [])].flatMap((one) => membersOf(one, above));
  return [...new Set([...named, ...any, ...within])];
}

/** Whether a name that the schema does not know is refused, in every object within it. */
export function isClosed(schema: Schema): boolean {
  const { properties, items, additionalProperties: others } = schema;
  if (properties && others !== false) return false;
  const inner = [...Object.values(properties ?? {}), ...branchesOf(schema), ...(items ? [items] : [])];
  return inner.every(isClosed);
}

const branchesOf = ({ anyOf = [], oneOf = [], allOf = [] }: Schema): Schema[] => [
  ...anyOf,
  ...oneOf,
  ...allOf,
];

/** What stands in answers: by thing, the names of its members. */
type Things = Record<string, Set<string>>;

/** From those who see least to those who see most; each sees what those before it see. */
const audiences = ['anybody', 'read', 'operate', 'intake', 'admin'] as const;
export type Audience = (typeof audiences)[number];

/** What each audience sees beyond those before it; with `reading`, by routes that change nothing. */
export function answersOf(
  description: Description,
  reading: 'reading' | 'all' = 'all',
): Record<Audience, Record<string, string[]>> {
  const before: Things = {};
  const found = audiences.map((audience) => {
    const things: Things = {};
    for (const { route, path, isChange, operation } of routesOf(description)) {
      if ((scopeOfRoute[route] ?? 'anybody') !== audience || (isChange && reading === 'reading')) continue;
      for (const [status, { content }] of Object.entries(operation.responses)) {
        const schema = status === 'default' ? undefined : schemaOf(content);
        if (schema) collect(schema, thingOf(path, isChange), things);
      }
    }
    return [audience, beyond(things, before)] as const;
  });
  return Object.fromEntries(found) as Record<Audience, Record<string, string[]>>;
}

/** What an answer as a whole is: what is listed, or what is changed. */
function thingOf(path: string, isChange: boolean): string {
  const parts = path.split('/').filter((part) => part !== '');
  const firstId = parts.findIndex((part) => part.startsWith('{'));
  const before = isChange && firstId > 0 ? parts.slice(0, firstId) : parts;
  return before.filter((part) => !part.startsWith('{')).at(-1) ?? '';
}

/** Things within things are called as the member that holds them. */
function collect(schema: Schema, thing: string, things: Things): void {
  const { properties = {}, items, additionalProperties: others } = schema;
  for (const [name, inner] of Object.entries(properties)) {
    if (name === 'items' && inner.items) {
      collect(inner.items, thing, things);
      continue;
    }
    add(things, thing, name);
    collect(inner, name, things);
  }
  if (typeof others === 'object') {
    add(things, thing, '*');
    collect(others, `${thing}.*`, things);
  }
  for (const one of [...branchesOf(schema), ...(items ? [items] : [])]) collect(one, thing, things);
}

function add(things: Things, thing: string, name: string): void {
  things[thing] = (things[thing] ?? new Set()).add(name);
}

/** What is not in `before`, to which it is added. */
function beyond(things: Things, before: Things): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [thing, names] of Object.entries(things)) {
    const known = before[thing] ?? new Set();
    before[thing] = known;
    const added = [...names].filter((name) => !known.has(name));
    for (const name of added) known.add(name);
    if (added.length > 0) found[thing] = added.sort();
  }
  return found;
}
