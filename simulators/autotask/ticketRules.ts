import { type Draft, valueAfter } from './checks.ts';
import { assumed, Refusal, texts } from './refusals.ts';
import { apiUserResourceId, resourceRoles } from './tenant.ts';

const completeStatus = 5;
const standardCategory = 3;
const defaultTicketType = 1;
const hourMs = 3_600_000;
/** What a service level that a category sets gives as time to the due date. */
const categoryDueHours = 24;

/** Fills in what the ticket's category supplies, before anything is checked. */
export function completeTicket(draft: Draft): void {
  if (draft.kind !== 'create') return;
  const { tenant, sent } = draft;
  sent.ticketCategory ??= standardCategory;
  const defaults = categoryDefaults(draft);
  for (const [own, field] of defaultsOf) if (defaults?.[own] !== undefined) sent[field] ??= defaults[own];
  sent.ticketType ??= defaultTicketType;
  if (defaults?.serviceLevelAgreementID !== undefined) {
    sent.dueDateTime ??= new Date(tenant.now() + categoryDueHours * hourMs).toISOString();
  }
}

/** Title, status and priority are asked from the caller even if the category has a default for them (assumption). */
const defaultsOf: readonly [string, string][] = [
  ['queueID', 'queueID'],
  ['sourceID', 'source'],
  ['issueTypeID', 'issueType'],
  ['subIssueTypeID', 'subIssueType'],
  ['ticketTypeID', 'ticketType'],
  ['serviceLevelAgreementID', 'serviceLevelAgreementID'],
];

function categoryDefaults(draft: Draft): Record<string, unknown> | undefined {
  const table = draft.tenant.tables.TicketCategoryFieldDefaults;
  const [id] = table.lookUp('ticketCategoryID', [draft.sent.ticketCategory]) ?? [];
  return id === undefined ? undefined : table.get(id);
}

/** The ticket's own rules; fact sheet autotask §3.3 and §4.1. Throws Refusal at the first that is broken. */
export function checkTicket(draft: Draft): void {
  if (draft.before && draft.tenant.lockedTickets.has(draft.before.id))
    throw new Refusal(assumed.lockedTicket);
  checkDueDate(draft);
  checkAssignment(draft);
  checkCategoryDemands(draft);
  checkSubIssue(draft);
  checkOwners(draft);
  checkCompletion(draft);
}

function checkDueDate(draft: Draft): void {
  if (draft.kind === 'patch' && !('dueDateTime' in draft.sent)) return;
  if (valueAfter(draft, 'dueDateTime') === undefined) throw new Refusal(texts.dueDate);
}

function checkAssignment(draft: Draft): void {
  const touched = ['queueID', 'assignedResourceID', 'assignedResourceRoleID'].some(
    (field) => field in draft.sent,
  );
  if (draft.kind === 'patch' && !touched) return;
  const resource = valueAfter(draft, 'assignedResourceID');
  const role = valueAfter(draft, 'assignedResourceRoleID');
  const hasQueue = valueAfter(draft, 'queueID') !== undefined;
  if (!hasQueue && resource === undefined && role === undefined) throw new Refusal(texts.noQueueOrResource);
  if ((resource === undefined) !== (role === undefined)) throw new Refusal(texts.halfResource);
  if (resource !== undefined && !resourceRoles.get(Number(resource))?.includes(Number(role))) {
    throw new Refusal(texts.resourceRole);
  }
}

function checkCategoryDemands(draft: Draft): void {
  if (draft.kind === 'patch') return;
  const category = String(valueAfter(draft, 'ticketCategory'));
  for (const field of draft.tenant.settings.categoryRequires[category] ?? []) {
    if (valueAfter(draft, field) === undefined) throw new Refusal(texts.categoryDemands(field));
  }
}

function checkSubIssue(draft: Draft): void {
  if (!('subIssueType' in draft.sent) && !('issueType' in draft.sent)) return;
  const subIssue = valueAfter(draft, 'subIssueType');
  if (subIssue === undefined) return;
  const parent = draft.tenant.picklists.find('Tickets', 'subIssueType', subIssue)?.parentValue;
  if (parent !== valueAfter(draft, 'issueType')) throw new Refusal(texts.subIssue);
}

/** Contact, contract and location belong to the company or its parent; judged when one of them changes. */
function checkOwners(draft: Draft): void {
  const { tenant } = draft;
  const company = Number(valueAfter(draft, 'companyID'));
  const parent = tenant.tables.Companies.get(company)?.parentCompanyID;
  const isOurs = (owner: unknown): boolean => owner === company || (parent !== undefined && owner === parent);
  const changed = (field: string): boolean => field in draft.sent || 'companyID' in draft.sent;
  const contact = valueAfter(draft, 'contactID');
  if (contact !== undefined && changed('contactID')) {
    if (!isOurs(tenant.tables.Contacts.get(Number(contact))?.companyID))
      throw new Refusal(texts.foreignContact);
  }
  const contract = valueAfter(draft, 'contractID');
  if (contract !== undefined && changed('contractID')) {
    if (!isOurs(tenant.tables.Contracts.get(Number(contract))?.companyID)) {
      throw new Refusal(texts.foreignContract(contract, company));
    }
  }
  const location = valueAfter(draft, 'companyLocationID');
  if (location !== undefined && changed('companyLocationID')) {
    if (!isOurs(tenant.tables.CompanyLocations.get(Number(location))?.companyID)) {
      throw new Refusal(texts.foreignLocation(location));
    }
  }
}

function checkCompletion(draft: Draft): void {
  const completes = draft.sent.status === completeStatus && draft.before?.status !== completeStatus;
  if (!completes) return;
  for (const field of draft.tenant.settings.completionRequires) {
    if (valueAfter(draft, field) === undefined) throw new Refusal(texts.categoryDemands(field));
  }
}

/** The fields that the server sets itself. */
export function stampTicket(draft: Draft, nowText: string): void {
  const { tenant, sent } = draft;
  if (draft.kind === 'create') {
    sent.ticketNumber = tenant.nextTicketNumber();
    sent.createDate = nowText;
    sent.creatorResourceID = apiUserResourceId;
    sent.creatorType = 1;
    sent.companyLocationID ??= primaryLocation(draft);
  }
  sent.lastActivityDate = nowText;
  sent.lastActivityPersonType = 1;
  sent.lastActivityResourceID = apiUserResourceId;
  sent.lastTrackedModificationDateTime = nowText;
  stampCompletion(draft, nowText);
}

function stampCompletion(draft: Draft, nowText: string): void {
  if (!('status' in draft.sent) || draft.sent.status === draft.before?.status) return;
  const isComplete = draft.sent.status === completeStatus;
  if (!isComplete && draft.before?.status !== completeStatus) return;
  draft.sent.completedDate = isComplete ? nowText : null;
  draft.sent.completedByResourceID = isComplete ? apiUserResourceId : null;
}

function primaryLocation(draft: Draft): number | null {
  const table = draft.tenant.tables.CompanyLocations;
  const ids = table.lookUp('companyID', [draft.sent.companyID]) ?? [];
  return ids.find((id) => table.get(id)?.isPrimary === true) ?? null;
}
