import type { Change } from '../common/table.ts';
import type { Draft } from './checks.ts';
import { valueAfter } from './checks.ts';
import { assumed, Refusal, texts } from './refusals.ts';
import { apiUserResourceId } from './tenant.ts';

/** Note types from here on are written by the system only (fact sheet autotask §4.2). */
const firstSystemNoteType = 13;

/** The note's own rules; fact sheet autotask §4.2. Throws Refusal at the first that is broken. */
export function checkNote(draft: Draft): void {
  const { tenant, sent } = draft;
  const ticket = tenant.tables.Tickets.get(Number(valueAfter(draft, 'ticketID')));
  if (!ticket) throw new Refusal(texts.badReference('ticketID', 'Ticket'));
  if (tenant.lockedTickets.has(ticket.id)) throw new Refusal(assumed.lockedTicket);
  if (draft.kind === 'patch') {
    for (const field of ['noteType', 'publish']) {
      if (sent[field] === undefined) throw new Refusal(texts.requiredField(field));
    }
  }
  if (Number(sent.noteType) >= firstSystemNoteType && draft.before?.noteType !== sent.noteType) {
    throw new Refusal(texts.picklistValue(sent.noteType, 'noteType'));
  }
  const needsTitle = tenant.settings.noteTitleCategories.includes(Number(ticket.ticketCategory));
  const title = valueAfter(draft, 'title');
  if (needsTitle && (title === undefined || title === '')) throw new Refusal(texts.requiredField('title'));
}

export function stampNote(draft: Draft, nowText: string): void {
  if (draft.kind === 'create') {
    draft.sent.createDateTime = nowText;
    draft.sent.creatorResourceID = apiUserResourceId;
  }
  draft.sent.lastActivityDate = nowText;
}

/** A note moves the activity date of its ticket. */
export function noteMovesTicket(draft: Draft, nowText: string): Change {
  const set = {
    lastActivityDate: nowText,
    lastActivityPersonType: 1,
    lastActivityResourceID: apiUserResourceId,
  };
  return { op: 'update', table: 'Tickets', id: Number(valueAfter(draft, 'ticketID')), set };
}
