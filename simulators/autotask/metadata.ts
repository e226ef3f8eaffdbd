import { type Answer, jsonAnswer } from '../common/answers.ts';
import type { Entity } from './entities.ts';
import type { Field } from './fields.ts';
import type { Picklists, PicklistValue } from './picklists.ts';
import { hasRight } from './rights.ts';
import type { Tenant } from './tenant.ts';
import { type UserField, userFieldsOf } from './userFields.ts';

/** `entityInformation`: what the API user may do with the entity (fact sheet autotask §2.6). */
export function entityInformation(tenant: Tenant, entity: Entity): Answer {
  const methods = [...entity.methods, ...(entity.parent?.methods ?? [])];
  const canCreate = methods.includes('POST') && hasRight(tenant, entity, 'create');
  const canUpdate = methods.includes('PATCH') && hasRight(tenant, entity, 'update');
  const canDelete = entity.canDelete && hasRight(tenant, entity, 'delete');
  const canQuery = hasRight(tenant, entity, 'query');
  return jsonAnswer(200, {
    info: {
      name: entity.singular,
      canCreate,
      canDelete,
      canQuery,
      canUpdate,
      userAccessForCreate: access(canCreate),
      userAccessForDelete: access(canDelete),
      userAccessForQuery: access(canQuery),
      userAccessForUpdate: access(canUpdate),
      hasUserDefinedFields: entity.hasUserDefinedFields,
      supportsWebhookCallouts: webhookEntities.has(entity.name),
    },
  });
}

const webhookEntities: ReadonlySet<string> = new Set(['Tickets', 'TicketNotes', 'Companies', 'Contacts']);

function access(isAllowed: boolean): string {
  return isAllowed ? 'All' : 'None';
}

const prepared = new WeakMap<Picklists, Map<string, string>>();

/** `entityInformation/fields`. The text is prepared once, until a picklist changes. */
export function fieldInformation(tenant: Tenant, entity: Entity): Answer {
  const known = prepared.get(tenant.picklists) ?? new Map<string, string>();
  prepared.set(tenant.picklists, known);
  const key = `${entity.name} ${tenant.picklists.version} ${tenant.settings.parentFieldCase}`;
  let body = known.get(key);
  if (body === undefined) {
    body = JSON.stringify({ fields: entity.fields.map((field) => describeField(tenant, entity, field)) });
    known.set(key, body);
  }
  return { status: 200, body, contentType: 'application/json; charset=utf-8' };
}

export function userFieldInformation(entity: Entity): Answer {
  return jsonAnswer(200, { fields: userFieldsOf(entity.name).map(describeUserField) });
}

function describeField(tenant: Tenant, entity: Entity, field: Field): Record<string, unknown> {
  const parent = field.picklistParent ?? '';
  const values = tenant.picklists.values(entity.name, field.name);
  return {
    name: field.name,
    dataType: field.dataType,
    length: field.length,
    isRequired: field.isRequired,
    isReadOnly: field.isReadOnly,
    isQueryable: field.isQueryable,
    isReference: field.reference !== undefined,
    referenceEntityType: field.reference ?? '',
    isPickList: field.isPickList,
    picklistValues: field.isPickList ? values.map(describeValue) : null,
    picklistParentValueField:
      tenant.settings.parentFieldCase === 'pascal'
        ? parent.charAt(0).toUpperCase() + parent.slice(1)
        : parent,
    isSupportedWebhookField: entity.name === 'Tickets' && !field.isReadOnly,
  };
}

function describeValue(value: PicklistValue): Record<string, unknown> {
  return {
    value: String(value.value),
    label: value.label,
    isDefaultValue: value.isDefaultValue,
    sortOrder: value.sortOrder,
    parentValue: value.parentValue === undefined ? '' : String(value.parentValue),
    isActive: value.isActive,
    isSystem: value.isSystem,
  };
}

function describeUserField(field: UserField): Record<string, unknown> {
  const values = field.values.map((value, at) => ({
    value,
    label: value,
    isDefaultValue: false,
    sortOrder: at + 1,
    parentValue: '',
    isActive: true,
    isSystem: false,
  }));
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    length: 255,
    description: '',
    isRequired: field.isRequired,
    isReadOnly: false,
    isQueryable: true,
    isReference: false,
    referenceEntityType: '',
    isPickList: values.length > 0,
    picklistValues: values.length > 0 ? values : null,
    picklistParentValueField: '',
    defaultValue: '',
    isSupportedWebhookField: false,
  };
}
