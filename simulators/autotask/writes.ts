import { type Answer, jsonAnswer } from '../common/answers.ts';
import type { EffectNote } from '../common/ledger.ts';
import type { Change, Row } from '../common/table.ts';
import type { Call } from './call.ts';
import { checkFields, type Draft, valueAfter } from './checks.ts';
import type { Entity, EntityName } from './entities.ts';
import { type Input, readInput } from './input.ts';
import { parseMembers } from './members.ts';
import { checkNote, noteMovesTicket, stampNote } from './noteRules.ts';
import { assumed, Refusal, texts } from './refusals.ts';
import { requireRight } from './rights.ts';
import { apiUserResourceId, type Tenant } from './tenant.ts';
import { checkTicket, completeTicket, stampTicket } from './ticketRules.ts';
import { runWorkflow } from './workflow.ts';

/** What an entity adds to the general rules. */
type EntityRules = {
  complete?: (draft: Draft) => void;
  check?: (draft: Draft) => void;
  stamp: (draft: Draft, nowText: string) => void;
  /** Changes of other records that belong to the write. */
  also?: (draft: Draft, nowText: string) => Change;
};

const rules: Partial<Record<EntityName, EntityRules>> = {
  Tickets: { complete: completeTicket, check: checkTicket, stamp: stampTicket },
  TicketNotes: { check: checkNote, stamp: stampNote, also: noteMovesTicket },
  Companies: { complete: activeByDefault, stamp: stampCompany },
  CompanyLocations: { complete: activeByDefault, stamp: () => {} },
  Contacts: { stamp: stampContact },
  Contracts: { check: checkContract, stamp: () => {} },
  Services: { complete: activeByDefault, stamp: stampService },
};

/** POST: answers 200 with nothing but the new id (fact sheet autotask §2.3). */
export function create(call: Call, entity: Entity, parentId: number | undefined): Answer {
  const { tenant } = call;
  requireRight(tenant, entity, 'create');
  const input = readBodyInput(call, entity, true);
  const draft: Draft = { tenant, entity, kind: 'create', before: undefined, sent: input.values };
  placeUnderParent(draft, parentId);
  const own = rules[entity.name];
  own?.complete?.(draft);
  checkFields(draft);
  own?.check?.(draft);
  const nowText = new Date(tenant.now()).toISOString();
  own?.stamp(draft, nowText);
  const row = newRow(tenant, entity, draft, input);
  const insert: Change = { op: 'insert', table: entity.name, row };
  const changes = own?.also ? [insert, own.also(draft, nowText)] : [insert];
  tenant.commit(effectNote(call, entity, 'Created', row), changes);
  if (tenant.settings.searchLagMs > 0) {
    tenant.tables[entity.name].hideUntil(row.id, tenant.now() + tenant.settings.searchLagMs);
  }
  afterWrite(call, entity, row, 'create');
  return jsonAnswer(200, { itemId: row.id });
}

/** PATCH changes what it is sent; PUT makes everything else null (fact sheet autotask §2.3). */
export function update(call: Call, entity: Entity, parentId: number | undefined): Answer {
  const { tenant } = call;
  requireRight(tenant, entity, 'update');
  const input = readBodyInput(call, entity, false);
  if (input.id === undefined) throw new Refusal(texts.requiredField('id'));
  const before = tenant.tables[entity.name].get(input.id);
  const isChild = parentId === undefined || before?.[entity.parent?.field ?? ''] === parentId;
  if (!before || !isChild) throw new Refusal(assumed.noSuchRecord);
  const kind = call.method === 'PUT' ? 'put' : 'patch';
  const draft: Draft = { tenant, entity, kind, before, sent: input.values };
  const asked = Object.keys(input.values);
  if (kind === 'put') clearTheRest(draft);
  const own = rules[entity.name];
  checkFields(draft);
  own?.check?.(draft);
  const nowText = new Date(tenant.now()).toISOString();
  own?.stamp(draft, nowText);
  const set = { ...draft.sent };
  if (input.userValues) set.userDefinedFields = { ...(before.userDefinedFields ?? {}), ...input.userValues };
  const change: Change = { op: 'update', table: entity.name, id: before.id, set };
  const changes = own?.also ? [change, own.also(draft, nowText)] : [change];
  tenant.commit(effectNote(call, entity, 'Patched', { ...before, ...set }, asked), changes);
  afterWrite(call, entity, before, 'patch');
  return jsonAnswer(200, { itemId: before.id });
}

/** DELETE, which only children of companies have. */
export function remove(call: Call, entity: Entity, parentId: number, id: number): Answer {
  const { tenant } = call;
  requireRight(tenant, entity, 'delete');
  const row = tenant.tables[entity.name].get(id);
  if (!row || row[entity.parent?.field ?? ''] !== parentId) throw new Refusal(texts.deleteMissing);
  tenant.commit(effectNote(call, entity, 'Deleted', row), [{ op: 'delete', table: entity.name, id }]);
  return jsonAnswer(200, { itemId: id });
}

function readBodyInput(call: Call, entity: Entity, isCreate: boolean): Input {
  const members = parseMembers(call.body);
  if (!members) throw new Refusal(assumed.notJson);
  return readInput(entity, members, isCreate);
}

function placeUnderParent(draft: Draft, parentId: number | undefined): void {
  const field = draft.entity.parent?.field;
  if (field === undefined || parentId === undefined) return;
  const given = draft.sent[field];
  if (given !== undefined && given !== null && given !== parentId)
    throw new Refusal(assumed.otherParent(field));
  draft.sent[field] = parentId;
}

function clearTheRest(draft: Draft): void {
  for (const field of draft.entity.fields) {
    if (!field.isReadOnly && !field.isCreateOnly && !(field.name in draft.sent))
      draft.sent[field.name] = null;
  }
}

function newRow(tenant: Tenant, entity: Entity, draft: Draft, input: Input): Row {
  const row: Row = { id: tenant.tables[entity.name].takeId() };
  for (const [name, value] of Object.entries(draft.sent)) {
    if (value !== null && value !== undefined) row[name] = value;
  }
  if (input.userValues) row.userDefinedFields = input.userValues;
  return row;
}

const effectNames: Partial<Record<EntityName, string>> = {
  Tickets: 'ticket',
  TicketNotes: 'note',
  Companies: 'company',
  CompanyLocations: 'location',
  Contacts: 'contact',
  Contracts: 'contract',
  Services: 'service',
  TicketCategories: 'category',
};

function effectNote(call: Call, entity: Entity, verb: string, row: Row, changed?: string[]): EffectNote {
  const ticket =
    entity.name === 'TicketNotes' ? call.tenant.tables.Tickets.get(Number(row.ticketID)) : undefined;
  return {
    request: call.n,
    effect: `${effectNames[entity.name] ?? entity.name}${verb}`,
    by: 'api',
    id: row.id,
    ticketID: row.ticketID,
    ticketNumber: row.ticketNumber ?? ticket?.ticketNumber,
    externalID: row.externalID ?? ticket?.externalID,
    title: row.title ?? row.companyName,
    companyID: row.companyID ?? ticket?.companyID,
    contactID: row.contactID ?? ticket?.contactID,
    status: row.status,
    changed,
  };
}

function afterWrite(call: Call, entity: Entity, row: Row, kind: 'create' | 'patch'): void {
  if (entity.name === 'Tickets') runWorkflow(call.tenant, kind, row.id, call.n);
  if (entity.name === 'TicketNotes' && kind === 'create') {
    runWorkflow(call.tenant, 'note', Number(row.ticketID), call.n);
  }
}

function activeByDefault(draft: Draft): void {
  draft.sent.isActive ??= true;
}

function stampCompany(draft: Draft, nowText: string): void {
  if (draft.kind === 'create') {
    draft.sent.createDate = nowText;
    draft.sent.createdByResourceID = apiUserResourceId;
  }
  draft.sent.lastActivityDate = nowText;
  draft.sent.lastTrackedModifiedDateTime = nowText;
}

function stampContact(draft: Draft, nowText: string): void {
  if (draft.kind === 'create') draft.sent.createDate = nowText;
  draft.sent.lastActivityDate = nowText;
  draft.sent.lastModifiedDate = nowText;
}

function checkContract(draft: Draft): void {
  const start = String(valueAfter(draft, 'startDate'));
  if (String(valueAfter(draft, 'endDate')) <= start) throw new Refusal(texts.contractDates);
}

function stampService(draft: Draft, nowText: string): void {
  if (draft.kind === 'create') {
    draft.sent.createDate = nowText;
    draft.sent.creatorResourceID = apiUserResourceId;
  }
  draft.sent.lastModifiedDate = nowText;
  draft.sent.updateResourceID = apiUserResourceId;
}
