/** The fields of an entity with their picklists, as the tenant has them (fact sheet autotask §2.6). */
import type { Read } from '../contract.ts';
import { type Entity, readFields } from './client.ts';
import type { Connection } from './connection.ts';
import type { EntityField } from './types.ts';

/** Short enough that a value added in Autotask appears while one waits; one answer serves all its fields. */
const cacheMs = 10 * 60_000;

export type FieldReader = (entity: Entity) => Promise<Read<EntityField[]>>;

/** Remembers each entity's fields for ten minutes; failures are not remembered. */
export function createFieldReader(connection: Connection): FieldReader {
  const cache = new Map<Entity, { since: number; fields: Promise<Read<EntityField[]>> }>();

  return (entity) => {
    const kept = cache.get(entity);
    if (kept && connection.now() - kept.since < cacheMs) return kept.fields;
    const fields = readFields(connection, entity);
    const entry = { since: connection.now(), fields };
    cache.set(entity, entry);
    const forget = () => cache.get(entity) === entry && cache.delete(entity);
    fields.then((read) => read.kind === 'refused' && forget(), forget);
    return fields;
  };
}

/** A field by its name; names of parents come capitalised either way (§2.6). */
export function findField(fields: readonly EntityField[], name: string): EntityField | undefined {
  return fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
}
