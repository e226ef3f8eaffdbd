/** Creating, finding and watching tickets. */
import type { Finding, Outcome, Permit, Read, Refusal, TicketDraft, TicketState } from '../contract.ts';
import { type Body, countVisible, createTicket, query } from './client.ts';
import type { Connection } from './connection.ts';
import { ticketFields } from './fieldNames.ts';
import { chunk, picklistId, recordId } from './ids.ts';
import { completeStatus, followMerges, stateFields } from './merges.ts';
import { plainText } from './plainText.ts';
import { receiptOf } from './receipts.ts';
import { type TicketStateRow, ticketKeyRow, ticketStateRow } from './types.ts';

/** Ids in one query: half of Autotask's limit, with room (fact sheet autotask §2.4, §6.8). */
const idsPerCall = 200;
/** More tickets than this with one key are not read: the oldest is among the first. */
const sameKeyLimit = 50;

/** Our declared keys of the select fields, by Autotask's field. */
const picklists = [
  ['status', 'ticketStatus'],
  ['queueID', 'ticketQueue'],
  ['ticketCategory', 'ticketCategory'],
  ['ticketType', 'ticketType'],
  ['source', 'ticketSource'],
  ['issueType', 'issueType'],
  ['subIssueType', 'subIssueType'],
] as const;

/** §6.4. Without a read-back: the ticket number comes with the first look at its state. */
export async function sendTicket(
  connection: Connection,
  draft: TicketDraft,
  permit: Permit,
): Promise<Outcome> {
  const body = ticketBody(draft);
  if (body.kind === 'refused') return body;
  const outcome = await createTicket(connection, body.value, permit);
  return outcome.kind === 'done' ? { kind: 'done', receipt: receiptOf(connection, outcome.id) } : outcome;
}

/** §6.5. The key is compared here again: a filter that Autotask dropped would show us the tickets of others. */
export async function findTicketByKey(connection: Connection, key: string): Promise<Finding> {
  const rows = await query(connection, 'Tickets', {
    row: ticketKeyRow,
    include: ['id', 'ticketNumber', 'externalID'],
    conditions: [{ op: 'eq', field: 'externalID', value: key }],
    pageSize: sameKeyLimit,
  });
  if (rows.kind === 'refused') return { ...rows, kind: 'failed' };
  // Autotask ignores letter case; a row that differs in more than that was not asked for.
  if (rows.value.some((row) => row.externalID?.trim().toLowerCase() !== key.toLowerCase()))
    return filterIgnored;
  const receipts = rows.value
    .filter((row) => row.externalID === key)
    .sort((a, b) => a.id - b.id)
    .map((row) => receiptOf(connection, row.id, row.ticketNumber));
  const [receipt, ...surplus] = receipts;
  return receipt ? { kind: 'found', receipt, surplus } : { kind: 'none' };
}

/** §6.8. Ids that Autotask cannot have are left out of the answer. */
export async function readTicketStates(
  connection: Connection,
  refs: readonly string[],
): Promise<Read<Map<string, TicketState>>> {
  const ids = [...new Set(refs)].map(recordId).filter((id) => id !== undefined);
  const states = new Map<string, TicketState>();
  for (const part of chunk(ids, idsPerCall)) {
    const refusal = await readPart(connection, part, states);
    if (refusal) return refusal;
  }
  return { kind: 'ok', value: states };
}

async function readPart(
  connection: Connection,
  ids: readonly number[],
  states: Map<string, TicketState>,
): Promise<Refusal | undefined> {
  const rows = await query(connection, 'Tickets', {
    row: ticketStateRow,
    include: stateFields,
    conditions: [{ op: 'in', field: 'id', value: ids }],
  });
  if (rows.kind === 'refused') return rows;
  if (rows.value.some((row) => !ids.includes(row.id))) return { ...filterIgnored, kind: 'refused' };
  if (rows.value.length === 0) {
    const blind = await refuseIfBlind(connection);
    if (blind) return blind;
  }
  const completed = rows.value.filter(({ status }) => status === completeStatus);
  const merged = await followMerges(connection, completed);
  if (merged.kind === 'refused') return merged;
  for (const id of ids) states.set(String(id), { kind: 'gone' });
  for (const row of rows.value) {
    states.set(String(row.id), merged.value.get(row.id) ?? stateOf(connection, row));
  }
  return undefined;
}

function stateOf(connection: Connection, row: TicketStateRow): TicketState {
  const receipt = receiptOf(connection, row.id, row.ticketNumber);
  const accountId = String(row.companyID);
  if (row.status !== completeStatus) return { kind: 'open', receipt, accountId };
  const closedAt = utcDate(row.completedDate);
  return { kind: 'closed', receipt, accountId, ...(closedAt && { closedAt }) };
}

/** §2.7: a time without a zone is UTC. */
function utcDate(text: string | null | undefined): Date | undefined {
  if (!text) return undefined;
  const date = new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * A security level that hides tickets answers 200 with no rows (§1.4). Taking that for "all gone" would open new
 * tickets everywhere, so one more call asks whether the API user sees any ticket at all.
 */
async function refuseIfBlind(connection: Connection): Promise<Refusal | undefined> {
  const visible = await countVisible(connection, 'Tickets');
  if (visible.kind === 'refused') return visible;
  if (visible.value > 0) return undefined;
  const text =
    'The API user sees no tickets in Autotask any more. Check its security level and Line of Business.';
  return { kind: 'refused', reason: 'invalid', text };
}

const filterIgnored = {
  kind: 'failed',
  reason: 'serverError',
  text: 'Autotask ignored the search condition and answered with other records.',
} as const satisfies Finding;

/** Optional fields are sent only when they were chosen. */
function ticketBody(draft: TicketDraft): Read<Body> {
  const body: Body = {
    title: plainText(draft.title),
    description: plainText(draft.description),
    // To the second: Autotask knows no finer time (§2.7).
    dueDateTime: `${draft.dueAt.toISOString().slice(0, 19)}Z`,
    externalID: draft.key,
  };
  let wrong: string | undefined;
  const put = (field: string, text: string | undefined, read: (text: string) => number | undefined) => {
    if (text === undefined || text === '') return;
    const id = read(text);
    if (id === undefined) wrong ??= field;
    else body[field] = id;
  };
  put('companyID', draft.accountId, recordId);
  put('contactID', draft.contactId, recordId);
  put('contractID', draft.contractId, recordId);
  put('priority', draft.priority, picklistId);
  for (const [field, key] of picklists) put(field, draft.values[key], picklistId);
  return wrong === undefined ? { kind: 'ok', value: body } : notAnId(wrong);
}

/** Settings that were stored by hand or for another PSA: refused here, without a call. */
function notAnId(field: string): Refusal {
  const sent = ticketFields.get(field.toLowerCase())!;
  const text = `The ${sent.words} of the ticket is not an Autotask id.`;
  return { kind: 'refused', reason: 'invalid', field: sent.key, text };
}
