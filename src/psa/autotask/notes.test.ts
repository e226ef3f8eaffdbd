import { describe, expect, it } from 'vitest';
import type { NoteDraft } from '../contract.ts';
import { reply } from './scriptedHttp.ts';
import { always, openScripted, rows } from './scriptedSession.ts';

const key = 'A-7K3Q9M2F';

const note: NoteDraft = {
  key: `${key}/0001`,
  title: 'Alert repeated',
  text: `Seen again.\nref ${key}/0001`,
  values: { noteType: '3', noteVisibility: '2' },
  notBefore: new Date('2026-11-20T12:00:00Z'),
};

describe('adding and finding a note', () => {
  it('is written under its ticket (fact sheet §6.6)', async () => {
    const { session, calls, bodies } = openScripted(reply(200, { itemId: 550771 }));
    expect(await session.addNote('88123', note, always)).toMatchObject({
      kind: 'done',
      receipt: { ref: '550771' },
    });
    expect(calls()[0]?.url).toMatch(/\/V1\.0\/Tickets\/88123\/Notes$/);
    expect(calls()[0]?.endpoint).toBe('Tickets');
    expect(bodies()).toEqual([
      { ticketID: 88123, title: note.title, description: note.text, noteType: 3, publish: 2 },
    ]);
  });

  it.each([
    ['404', reply(404, { Message: 'No HTTP resource was found.' })],
    [
      'a bad reference',
      reply(500, {
        errors: ['Reference value on field: ticketID of type: Ticket does not exist or is invalid.'],
      }),
    ],
  ])('to a ticket that is gone (%s) is refused as not found', async (_, answer) => {
    expect(await openScripted(answer).session.addNote('88123', note, always)).toMatchObject({
      kind: 'refused',
      reason: 'notFound',
      field: 'ticket',
    });
  });

  it.each([
    ['noteType', { noteVisibility: '2' }],
    ['noteVisibility', { noteType: '3' }],
  ])('without %s is refused without a call', async (field, values) => {
    const { session, calls } = openScripted();
    expect(await session.addNote('1', { ...note, values: values as never }, always)).toMatchObject({ field });
    expect(calls()).toEqual([]);
  });

  it('asks for the notes since ten minutes before the first try', async () => {
    const { session, bodies } = openScripted(rows());
    expect(await session.findNote('88123', note)).toEqual({ kind: 'none' });
    expect(bodies()[0]?.Filter[0].items).toEqual([
      { op: 'gt', field: 'id', value: 0 },
      { op: 'eq', field: 'ticketID', value: 88123 },
      { op: 'gte', field: 'createDateTime', value: '2026-11-20T11:50:00Z' },
    ]);
  });

  it('knows its note by the last line alone, compared exactly', async () => {
    const of = (id: number, description: string | null) => ({ id, ticketID: 88123, description });
    const answer = rows(
      of(1, `ref ${key}/0001\nquoted above`),
      of(2, `text\nref ${key}/00011`),
      of(3, `text\nref ${key.toLowerCase()}/0001`),
      of(4, null),
      of(5, `text ref ${key}/0001`),
      of(6, `text\r\nref ${key}/0001\r\n\n`),
      of(7, `text\nref ${key}/0001`),
    );
    expect(await openScripted(answer).session.findNote('88123', note)).toMatchObject({
      kind: 'found',
      receipt: { ref: '6' },
      surplus: [{ ref: '7' }],
    });
  });

  it('turns pages by id until one is not full', async () => {
    const page = (from: number, count: number) =>
      rows(...Array.from({ length: count }, (_, n) => ({ id: from + n, ticketID: 88123, description: 'x' })));
    const { session, bodies } = openScripted(page(1, 500), page(501, 500), page(1_001, 3));
    expect(await session.findNote('88123', note)).toEqual({ kind: 'none' });
    expect(bodies().map((body) => body.Filter[0].items[0].value)).toEqual([0, 500, 1_000]);
  });

  it('fails when notes of another ticket come, or the same page for ever', async () => {
    const foreign = rows({ id: 1, ticketID: 5, description: 'x' });
    expect((await openScripted(foreign).session.findNote('88123', note)).kind).toBe('failed');
    const same = Array.from({ length: 500 }, (_, n) => ({ id: n + 1, ticketID: 88123, description: 'x' }));
    const { session, calls } = openScripted(rows(...same));
    expect((await session.findNote('88123', note)).kind).toBe('failed');
    expect(calls()).toHaveLength(2);
  });
});
