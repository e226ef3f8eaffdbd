import type { Entity } from './entities.ts';
import { Refusal, texts } from './refusals.ts';
import type { Operation } from './settings.ts';
import type { Tenant } from './tenant.ts';

/** Leaves with the permission text unless the API user may do this (fact sheet autotask §1.4). */
export function requireRight(tenant: Tenant, entity: Entity, operation: Operation): void {
  if (!hasRight(tenant, entity, operation)) throw new Refusal(texts.noPermission(operation));
}

export function hasRight(tenant: Tenant, entity: Entity, operation: Operation): boolean {
  return tenant.settings.rights[entity.name]?.[operation] !== false;
}
