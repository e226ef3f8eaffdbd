/** The values of select fields and account filters, from the tenant's picklists (fact sheet autotask §5). */
import type { Choice, Read } from '../contract.ts';
import type { Entity } from './client.ts';
import { type FieldReader, findField } from './fieldReader.ts';
import type { EntityField, PicklistValue } from './types.ts';

/** Where each list lives (§5.1). */
const sources: Readonly<Record<string, { entity: Entity; field: string }>> = {
  ticketCategory: { entity: 'Tickets', field: 'ticketCategory' },
  ticketType: { entity: 'Tickets', field: 'ticketType' },
  ticketStatus: { entity: 'Tickets', field: 'status' },
  ticketQueue: { entity: 'Tickets', field: 'queueID' },
  ticketSource: { entity: 'Tickets', field: 'source' },
  priorities: { entity: 'Tickets', field: 'priority' },
  issueType: { entity: 'Tickets', field: 'issueType' },
  subIssueType: { entity: 'Tickets', field: 'subIssueType' },
  noteType: { entity: 'TicketNotes', field: 'noteType' },
  noteVisibility: { entity: 'TicketNotes', field: 'publish' },
  accountType: { entity: 'Companies', field: 'companyType' },
  classification: { entity: 'Companies', field: 'classification' },
  marketSegment: { entity: 'Companies', field: 'marketSegmentID' },
};

/** Lists that {@link createChoices} answers for, by our keys. */
export const choiceLists: readonly string[] = Object.keys(sources);

/** Reads lists on request. */
export function createChoices(fieldsOf: FieldReader): (list: string) => Promise<Read<Choice[]>> {
  return async (list) => {
    const source = Object.hasOwn(sources, list) ? sources[list] : undefined;
    if (!source) return { kind: 'refused', reason: 'invalid', text: `Autotask has no list named ${list}.` };
    const fields = await fieldsOf(source.entity);
    return fields.kind === 'ok' ? listChoices(fields.value, source.field) : fields;
  };
}

/** Exported for its tables. Refused when the tenant has no such field. */
export function listChoices(fields: readonly EntityField[], name: string): Read<Choice[]> {
  const field = findField(fields, name);
  if (!field) {
    return {
      kind: 'refused',
      reason: 'serverError',
      text: `Autotask's answer has changed: no field "${name}".`,
    };
  }
  const parents = field.picklistParentValueField
    ? findField(fields, field.picklistParentValueField)
    : undefined;
  const activeParents =
    parents && new Set(parents.picklistValues?.filter((p) => p.isActive).map((p) => p.value));
  const choices = (field.picklistValues ?? [])
    .toSorted((a, b) => (a.sortOrder ?? 0) - (b.sortOrder ?? 0) || a.label.localeCompare(b.label, 'en'))
    .map((value) => toChoice(name, value, isUsable(name, value, activeParents)));
  return { kind: 'ok', value: choices };
}

/** Task notes, as usual for integrations (§4.2); internal only (decision 20). They outweigh the tenant's default. */
const ourDefaults: Readonly<Record<string, string>> = { noteType: '3', publish: '2' };

function toChoice(field: string, value: PicklistValue, isActive: boolean): Choice {
  const ours = ourDefaults[field];
  return {
    id: value.value,
    label: value.label,
    isActive,
    isDefault: ours === undefined ? value.isDefaultValue === true : value.value === ours,
    ...(value.parentValue ? { parentId: value.parentValue } : {}),
    // 1 shows notes in the client portal, 4 to co-managing people of the client (§4.2).
    ...(field === 'publish' && value.value !== '2' ? { isClientVisible: true } : {}),
  };
}

/** A child of an inactive parent stays active in the list, yet cannot be used (§5.2). */
function isUsable(
  field: string,
  value: PicklistValue,
  activeParents: ReadonlySet<string> | undefined,
): boolean {
  if (!value.isActive) return false;
  if (field === 'noteType' && isSystemNoteType(value.value)) return false;
  return !value.parentValue || !activeParents || activeParents.has(value.parentValue);
}

/** 13–101 are Autotask's own (workflow, survey, portal, merge …); 1–3 and those of the tenant are for us (§4.2). */
function isSystemNoteType(value: string): boolean {
  return Number(value) >= 13 && Number(value) <= 101;
}
