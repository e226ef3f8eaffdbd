import { describe, expect, it } from 'vitest';
import type { PsaReply } from '../contract.ts';
import { reply } from './scriptedHttp.ts';
import { openScripted, rows } from './scriptedSession.ts';

const ticket = (id: number, status = 5) => ({
  id,
  ticketNumber: `T20261120.000${id}`,
  status,
  companyID: 217,
  completedDate: status === 5 ? '2026-11-20T08:00:00.123' : null,
});
const mergedInto = (ticketID: number, into: number, more: object = {}) => ({
  id: 900 + ticketID,
  ticketID,
  noteType: 93,
  title: `Zusammengeführt mit T20261120.000${into}`,
  description: null,
  ...more,
});

async function stateOf(ref: string, ...script: PsaReply[]) {
  const { session, calls } = openScripted(...script);
  const read = await session.ticketStates([ref]);
  return { state: read.kind === 'ok' ? read.value.get(ref) : read, calls: calls().length };
}

describe('a completed ticket', () => {
  it('without a note of a merge is closed, since its completion, which is UTC', async () => {
    const { state, calls } = await stateOf('1', rows(ticket(1)), rows());
    expect(state).toMatchObject({ kind: 'closed', closedAt: new Date('2026-11-20T08:00:00.123Z') });
    expect(calls).toBe(2);
  });

  it('that was merged leads to the other ticket, in whatever language the note is', async () => {
    const { state } = await stateOf('1', rows(ticket(1)), rows(mergedInto(1, 2)), rows(ticket(2, 8)));
    expect(state).toMatchObject({
      kind: 'merged',
      into: { ref: '2', number: 'T20261120.0002' },
      isOpen: true,
    });
  });

  it('is followed over several merges to the end', async () => {
    const { state } = await stateOf(
      '1',
      rows(ticket(1)),
      rows(mergedInto(1, 2)),
      rows(ticket(2)),
      rows(mergedInto(2, 3)),
      rows(ticket(3, 1)),
    );
    expect(state).toMatchObject({ kind: 'merged', into: { ref: '3' }, isOpen: true });
  });

  it('merged into one that is closed says so', async () => {
    const { state } = await stateOf('1', rows(ticket(1)), rows(mergedInto(1, 2)), rows(ticket(2)), rows());
    expect(state).toMatchObject({ kind: 'merged', into: { ref: '2' }, isOpen: false });
  });

  it('merged in a circle costs a few calls and ends somewhere', async () => {
    const { calls } = await stateOf(
      '1',
      rows(ticket(1)),
      rows(mergedInto(1, 2)),
      rows(ticket(2)),
      rows(mergedInto(2, 1)),
      rows(ticket(1)),
    );
    expect(calls).toBeLessThanOrEqual(7);
  });

  it.each<[string, PsaReply[]]>([
    ['names no ticket', [rows(mergedInto(1, 2, { title: 'merged' }))]],
    ['names one that cannot be seen', [rows(mergedInto(1, 2)), rows()]],
    ['is of another kind: the filter was ignored', [rows(mergedInto(1, 2, { noteType: 3 }))]],
    ['is of another ticket: the filter was ignored', [rows(mergedInto(7, 2))]],
    [
      'may not be read',
      [
        reply(500, {
          errors: [
            'The logged in Resource does not have the adequate permissions to query this entity type.',
          ],
        }),
      ],
    ],
  ])('whose note %s counts as closed', async (_, script) => {
    const { state } = await stateOf('1', rows(ticket(1)), ...script);
    expect(state).toMatchObject({ kind: 'closed' });
  });

  it('is not judged while the notes cannot be read', async () => {
    const { state } = await stateOf('1', rows(ticket(1)), reply(503, ''));
    expect(state).toMatchObject({ kind: 'refused', reason: 'serverError' });
  });

  it('open tickets cost no further call', async () => {
    expect((await stateOf('1', rows(ticket(1, 8)))).calls).toBe(1);
  });
});
