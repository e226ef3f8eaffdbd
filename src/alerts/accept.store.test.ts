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
