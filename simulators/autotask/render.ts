import type { Row } from '../common/table.ts';
import { answeredDate } from './dates.ts';
import type { Entity } from './entities.ts';
import type { Tenant } from './tenant.ts';
import { userFieldsOf } from './userFields.ts';

/**
 * A record as the API answers it: every field of the entity, null where nothing is stored. With `includeFields`
 * (lower case) only those, and still `id` and `userDefinedFields` (fact sheet autotask §2.4).
 */
export function renderRow(
  tenant: Tenant,
  entity: Entity,
  row: Row,
  includeFields?: ReadonlySet<string>,
): Record<string, unknown> {
  const rendered: Record<string, unknown> = {};
  for (const [lowerName, field] of entity.byName) {
    if (includeFields && lowerName !== 'id' && !includeFields.has(lowerName)) continue;
    const value = row[field.name] ?? null;
    rendered[field.name] =
      field.dataType === 'datetime' && value !== null
        ? answeredDate(String(value), tenant.settings.dateStyle)
        : value;
  }
  if (!includeFields && entity.parent) rendered.soapParentPropertyId = null;
  const values = (row.userDefinedFields ?? {}) as Record<string, string | null>;
  rendered.userDefinedFields = userFieldsOf(entity.name).map(({ name }) => ({
    name,
    value: values[name] ?? null,
  }));
  return rendered;
}
