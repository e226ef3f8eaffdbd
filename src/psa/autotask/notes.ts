/** Adding notes to tickets, and finding them again by their last line. */
import type { z } from 'zod';
import type { Finding, NoteDraft, Outcome, Permit, Read, Receipt, Refusal } from '../contract.ts';
import { createNote, largestPage, query } from './client.ts';
import type { Connection } from './connection.ts';
import { picklistId, recordId } from './ids.ts';
import { plainText } from './plainText.ts';
import { noteRow } from './types.ts';
import { ticketLink } from './zone.ts';

/** How far the vendor's clock and ours may differ. */
const clockSkewMs = 10 * 60_000;
/** 20,000 notes since the first try: more is not a search but a mistake. */
const pageLimit = 40;

type NoteRow = z.output<typeof noteRow>;

/** Fact sheet autotask §6.6. A title is always sent: a ticket category may demand one (§4.2). */
export async function sendNote(
  connection: Connection,
  ticketRef: string,
  draft: NoteDraft,
  permit: Permit,
): Promise<Outcome> {
  const ticketID = recordId(ticketRef);
  if (ticketID === undefined) return noSuchTicket();
  const noteType = picklistId(draft.values.noteType ?? '');
  if (noteType === undefined) return notChosen('noteType', 'note type');
  const publish = picklistId(draft.values.noteVisibility ?? '');
  if (publish === undefined) return notChosen('noteVisibility', 'visibility');
  const note = {
    ticketID,
    title: plainText(draft.title),
    description: plainText(draft.text),
    noteType,
    publish,
  };
  const outcome = await createNote(connection, note, permit);
  if (outcome.kind === 'done') return { kind: 'done', receipt: receiptOf(connection, ticketRef, outcome.id) };
  // 404 for the address of its notes.
  const isMissing = outcome.kind === 'refused' && outcome.reason === 'notFound';
  return isMissing ? { ...outcome, field: 'ticket' } : outcome;
}

/** §6.6: notes carry no key of ours, so the ones since the first try are read. */
export async function findNoteByKey(
  connection: Connection,
  ticketRef: string,
  { key, notBefore }: { key: string; notBefore: Date },
): Promise<Finding> {
  const ticketID = recordId(ticketRef);
  if (ticketID === undefined) return { kind: 'none' };
  const rows = await readNotesSince(connection, ticketID, notBefore);
  if (rows.kind === 'refused') return { ...rows, kind: 'failed' };
  const receipts = rows.value
    .filter((row) => lastLine(row.description ?? '') === `ref ${key}`)
    .map((row) => receiptOf(connection, ticketRef, row.id));
  const [receipt, ...surplus] = receipts;
  return receipt ? { kind: 'found', receipt, surplus } : { kind: 'none' };
}

/** All notes of a ticket since a time of our clock, in the order of their ids. */
export async function readNotesSince(
  connection: Connection,
  ticketID: number,
  notBefore: Date,
): Promise<Read<NoteRow[]>> {
  const since = `${new Date(notBefore.getTime() - clockSkewMs).toISOString().slice(0, 19)}Z`;
  const notes: NoteRow[] = [];
  let lastId = 0;
  for (let page = 0; page < pageLimit; page += 1) {
    const rows = await query(connection, 'TicketNotes', {
      row: noteRow,
      include: ['id', 'ticketID', 'description'],
      conditions: [
        { op: 'gt', field: 'id', value: lastId },
        { op: 'eq', field: 'ticketID', value: ticketID },
        { op: 'gte', field: 'createDateTime', value: since },
      ],
    });
    if (rows.kind === 'refused') return rows;
    const ordered = rows.value.toSorted((a, b) => a.id - b.id);
    if (ordered.some((row) => row.ticketID !== ticketID || row.id <= lastId)) return filterIgnored;
    notes.push(...ordered);
    if (ordered.length < largestPage) return { kind: 'ok', value: notes };
    lastId = ordered.at(-1)!.id;
  }
  return { kind: 'refused', reason: 'invalid', text: 'The ticket has more new notes than can be searched.' };
}

const filterIgnored: Refusal = {
  kind: 'refused',
  reason: 'serverError',
  text: 'Autotask ignored the search condition and answered with other notes.',
};

/** People and Autotask may leave blank lines after it. */
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)!.trim();
}

/** The link is that of the ticket: Autotask has no page for a note. */
function receiptOf(connection: Connection, ticketRef: string, id: number): Receipt {
  const link = ticketLink(connection.zone(), ticketRef);
  return { ref: String(id), ...(link ? { link } : {}) };
}

function noSuchTicket(): Refusal {
  return {
    kind: 'refused',
    reason: 'notFound',
    field: 'ticket',
    text: 'The ticket id is not one of Autotask.',
  };
}

function notChosen(field: string, words: string): Refusal {
  return {
    kind: 'refused',
    reason: 'invalid',
    field,
    text: `The ${words} of the note is not an Autotask id.`,
  };
}
