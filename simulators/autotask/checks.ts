import type { Row } from '../common/table.ts';
import { type Entity, type EntityName, entities } from './entities.ts';
import type { Field } from './fields.ts';
import { Refusal, texts } from './refusals.ts';
import { resourceRoles, type Tenant } from './tenant.ts';

/** A write that is being checked. */
export type Draft = {
  tenant: Tenant;
  entity: Entity;
  kind: 'create' | 'patch' | 'put';
  /** The stored record; undefined at create. */
  before: Row | undefined;
  /** Fields that change; rules may add to them. */
  sent: Record<string, unknown>;
};

/** The value that the field would have after the write, undefined for none. */
export function valueAfter(draft: Draft, field: string): unknown {
  const value = field in draft.sent ? draft.sent[field] : draft.before?.[field];
  return value === null ? undefined : value;
}

/** Rules that hold for every entity: required fields, lengths, lists, references. Throws Refusal at the first broken one. */
export function checkFields(draft: Draft): void {
  for (const field of draft.entity.fields) {
    if (field.isRequired) checkRequired(draft, field);
  }
  for (const [name, value] of Object.entries(draft.sent)) {
    const field = draft.entity.byName.get(name.toLowerCase());
    if (field && value !== null) checkValue(draft, field, value);
  }
}

/** A PATCH is asked only about what it sends; create and PUT must have everything. */
function checkRequired(draft: Draft, field: Field): void {
  if (draft.kind === 'patch' && !(field.name in draft.sent)) return;
  const value = valueAfter(draft, field.name);
  if (value !== undefined && value !== '') return;
  const text = field.reference ? texts.requiredReference(field.name) : texts.requiredField(field.name);
  throw new Refusal(text);
}

function checkValue(draft: Draft, field: Field, value: unknown): void {
  if (field.dataType === 'string' && field.length > 0 && String(value).length > field.length) {
    throw new Refusal(texts.tooLong(field.name), texts.tooLongSecond);
  }
  // A value that is stored already does not block a write, even if it was switched off since (assumption).
  if (draft.before?.[field.name] === value) return;
  if (field.isPickList) checkPicklist(draft, field, value);
  if (field.reference) checkReference(draft, field, Number(value));
}

function checkPicklist(draft: Draft, field: Field, value: unknown): void {
  const found = draft.tenant.picklists.find(draft.entity.name, field.name, value);
  if (!found?.isActive) throw new Refusal(texts.picklistValue(value, field.name));
}

const referenced: Record<string, EntityName> = {
  Company: 'Companies',
  Contact: 'Contacts',
  Contract: 'Contracts',
  CompanyLocation: 'CompanyLocations',
  Ticket: 'Tickets',
  TicketCategory: 'TicketCategories',
};

/** References that the simulator takes as they come: it has no records for them, and nothing hangs on them. */
const unchecked: ReadonlySet<string> = new Set([
  'Role',
  'Country',
  'Currency',
  'TaxRegion',
  'OrganizationalLevelAssociation',
  'BillingCode',
]);

function checkReference(draft: Draft, field: Field, id: number): void {
  const type = field.reference ?? '';
  if (unchecked.has(type)) return;
  if (type === 'Resource') {
    if (!resourceRoles.has(id)) throw badReference(draft.tenant, field, id);
    return;
  }
  const name = referenced[type];
  if (!name) throw new Refusal(texts.otherReference(field.name));
  const row = draft.tenant.tables[name].get(id);
  if (!row || !isActive(name, row)) throw badReference(draft.tenant, field, id);
}

/** Contacts keep the flag as a number, the others as a boolean; contracts and tickets have none. */
function isActive(name: EntityName, row: Row): boolean {
  return !entities[name].byName.has('isactive') || row.isActive === true || row.isActive === 1;
}

function badReference(tenant: Tenant, field: Field, id: number): Refusal {
  const text =
    tenant.settings.referenceText === 'old'
      ? texts.badReferenceOld(field.name, id)
      : texts.badReference(field.name, field.reference ?? '');
  return new Refusal(text);
}
