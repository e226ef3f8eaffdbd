import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IntakeServer, least, startIntake } from '../../test/intake/server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

/** Sends the same alert again and again; answers what it was taken for, its last status, and what it owes. */
async function send(...states: (string | undefined)[]) {
  const first = least({ organization: undefined });
  const taken: string[] = [];
  let id = '';
  for (const [n, status] of states.entries()) {
    const alert = { ...first, description: `Version ${n}`, ...(status === undefined ? {} : { status }) };
    const { body } = await server.post(JSON.stringify(alert), {});
    taken.push(body.results[0].status);
    id = body.results[0].id;
  }
  const { body } = await server.get(`/alerts/${id}`);
  return { taken, status: body.status, owed: body.deliveries.length };
}

describe('an alert sent again', () => {
  it('without a change that counts owes no note, however its status is spelled', async () => {
    expect(await send(undefined, 'new', 'NEW', undefined)).toEqual({
      taken: ['accepted', 'updated', 'updated', 'updated'],
      status: 'NEW',
      owed: 1,
    });
  });

  it('without a status has the one before: said again it is no change', async () => {
    expect(await send('resolved', undefined, 'Resolved')).toMatchObject({ status: 'Resolved', owed: 1 });
    expect(await send('resolved', undefined, undefined)).toMatchObject({ status: 'resolved', owed: 1 });
  });

  it('with another status owes a note', async () => {
    expect(await send('new', undefined, 'resolved')).toMatchObject({ status: 'resolved', owed: 2 });
    expect(await send('resolved', undefined, 'new')).toMatchObject({ status: 'new', owed: 2 });
  });
});

describe('an alert that was changed later', () => {
  /** The first of two came in an hour ago, was changed 50 minutes ago, and again now. */
  async function changedLater(title: string) {
    const first = least({ title, organization: undefined });
    const second = least({ title, organization: undefined });
    const taken = await server.post(JSON.stringify(first), {});
    const id = taken.body.results[0].id;
    const past = (table: string, minutes: number, column = 'id') =>
      server.db.inWorkspace(server.workspaceId, (tx) =>
        tx.query(
          `update ${table} set received_at = now() - interval '1 minute' * ${minutes} where ${column} = $1`,
          [id],
        ),
      );
    await past('alerts', 60);
    await server.post(JSON.stringify({ ...first, description: 'changed' }), {});
    await past('alerts', 50);
    await server.post(JSON.stringify(second), {});
    await server.post(JSON.stringify({ ...first, description: 'changed again' }), {});
    return id as string;
  }
  const minutesSince = (time: string) => Math.round((Date.now() - Date.parse(time)) / 60_000);

  it('keeps its place, and the time at which it came first', async () => {
    const id = await changedLater('Keeps its place');
    const { items } = (await server.get('/alerts?limit=2')).body;
    expect(items.map((one: { title: string }) => one.title)).toEqual(['Keeps its place', 'Keeps its place']);
    expect(items[1].id).toBe(id);
    expect(items.map((one: { firstReceivedAt: string }) => minutesSince(one.firstReceivedAt))).toEqual([
      0, 60,
    ]);
    expect(minutesSince(items[1].receivedAt)).toBe(0);
    expect(items[0].firstReceivedAt).toBe(items[0].receivedAt);
    const { body } = await server.get(`/alerts/${id}`);
    expect(body.firstReceivedAt).toBe(items[1].firstReceivedAt);
  });

  it('is found by the time of its last change, as the filter says', async () => {
    const id = await changedLater('Found by its change');
    const find = async (minutes: number, side: 'from' | 'to') => {
      const time = new Date(Date.now() - minutes * 60_000).toISOString();
      const { items } = (await server.get(`/alerts?q=${encodeURIComponent('Found by')}&${side}=${time}`))
        .body;
      return items.map((one: { id: string }) => one.id);
    };
    expect(await find(5, 'from')).toContain(id);
    expect(await find(30, 'to')).not.toContain(id);
  });
});
