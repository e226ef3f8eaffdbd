import type { EntityName } from './entities.ts';

export type UserField = {
  name: string;
  label: string;
  type: 'string' | 'integer';
  /** A list takes one of these values; empty for free text. */
  values: readonly string[];
  /** Marked required in the vendor's screens; the API does not enforce it (fact sheet autotask §4.1). */
  isRequired: boolean;
};

/** User-defined fields of the simulated tenant, invented. */
const userFields: Partial<Record<EntityName, readonly UserField[]>> = {
  Tickets: [
    {
      name: 'Alert severity',
      label: 'Alert severity',
      type: 'string',
      values: ['Low', 'Medium', 'High', 'Critical'],
      isRequired: false,
    },
    { name: 'Site code', label: 'Site code', type: 'string', values: [], isRequired: false },
    { name: 'Reviewed by', label: 'Reviewed by', type: 'string', values: [], isRequired: true },
  ],
  Companies: [{ name: 'Service tier', label: 'Service tier', type: 'string', values: [], isRequired: false }],
};

export function userFieldsOf(entity: EntityName): readonly UserField[] {
  return userFields[entity] ?? [];
}

export function findUserField(entity: EntityName, name: string): UserField | undefined {
  return userFieldsOf(entity).find((field) => field.name.toLowerCase() === name.toLowerCase());
}
