import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNotices } from '../deliver/notices.ts';
import {
  type ConnectionApi,
  fieldsOf,
  goodTickets,
  path,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

const tell = (channelId: string, matter: string, words: string) =>
  api.db.inWorkspace(api.workspaceId, (tx) =>
    recordNotices(tx, api.workspaceId, [{ channelId, matter, words }]),
  );
const shown = async (id: string) =>
  (await api.get(id)).notices.map(({ text, times }: { text: string; times: number }) => [text, times]);

describe('the notices of a connection', () => {
  it('are shown once per matter, with how often and when', async () => {
    const id = await api.complete();
    await tell(id, 'ticketQueue', 'The queue was refused.');
    await tell(id, 'account 202', 'The account was refused.');
    await tell(id, 'ticketQueue', 'The queue was refused again.');
    expect(new Set(await shown(id))).toEqual(
      new Set([
        ['The queue was refused again.', 2],
        ['The account was refused.', 1],
      ]),
    );
    const [notice] = (await api.get(id)).notices;
    expect(Date.parse(notice.lastAt)).toBeGreaterThanOrEqual(Date.parse(notice.since));
  });

  it('are told at most once an hour each (promises J-14)', async () => {
    const id = await api.complete();
    expect(await tell(id, 'tls', 'Not trusted.')).toHaveLength(1);
    expect(await tell(id, 'tls', 'Not trusted.')).toEqual([]);
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(`update connection_notices set told_at = now() - interval '1 hour' where connection_id = $1`, [
        id,
      ]),
    );
    expect(await tell(id, 'tls', 'Not trusted.')).toEqual([{ channelId: id, words: 'Not trusted.' }]);
  });

  it('are gone when the settings or the mapping were seen to', async () => {
    const id = await api.complete();
    for (const [method, more, body] of [
      ['PUT', '/steps/tickets', goodTickets],
      ['PUT', '/mappings', { mappings: [] }],
    ] as const) {
      await tell(id, 'ticketQueue', 'The queue was refused.');
      expect((await api.call(method, path(id, more), { body })).status).toBe(200);
      expect(await shown(id)).toEqual([]);
    }
  });

  it('go with their connection', async () => {
    const id = await api.draft();
    await tell(id, 'tls', 'Not trusted.');
    expect((await api.call('DELETE', path(id))).status).toBe(204);
  });
});

describe('what happens when a ticket is closed (decision 14)', () => {
  it('is stored with the tickets step', async () => {
    const id = await api.complete();
    const closedTicket = { action: 'reopen', days: 7 };
    const answer = await api.call('PUT', path(id, '/steps/tickets'), {
      body: { ...goodTickets, closedTicket },
    });
    expect(answer.body.steps.tickets.closedTicket).toEqual(closedTicket);
  });

  it('is refused when it is none of the three', async () => {
    const id = await api.complete();
    const closedTicket = { action: 'close', days: -1 };
    const answer = await api.call('PUT', path(id, '/steps/tickets'), {
      body: { ...goodTickets, closedTicket },
    });
    expect([answer.status, fieldsOf(answer)]).toEqual([
      422,
      [
        ['closedTicket.action', 'invalid'],
        ['closedTicket.days', 'invalid'],
      ],
    ]);
  });
});
