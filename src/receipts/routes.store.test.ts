import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IntakeServer, least, startIntake } from '../../test/intake/server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

describe('GET /deliveries?q=', () => {
  const find = async (q: string) => {
    const { status, body } = await server.get(`/deliveries?q=${encodeURIComponent(q)}`);
    return [status, body.items?.length];
  };

  it('finds by title and external id; what means something to the database is plain text', async () => {
    const alert = least({ title: 'Needle 100%_ in a stack', externalId: 'needle-id-17' });
    await server.post(JSON.stringify(alert));
    expect(await find('NEEDLE 100%_')).toEqual([200, 1]);
    expect(await find('needle-id-1')).toEqual([200, 1]);
    expect(await find('needle%stack')).toEqual([200, 0]);
    expect((await find('x'.repeat(201)))[0]).toBe(400);
  });

  it('a NUL is no trouble for the server', async () => {
    expect((await find('a\0b'))[0]).toBeLessThan(500);
  });
});
