import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest();
});
beforeEach(() => simulator.state.reset());
afterAll(() => simulator.close());

describe('paths and methods', () => {
  it.each([
    ['PATCH', '/Tickets/88001', 405],
    ['DELETE', '/Tickets/88001', 405],
    ['GET', '/Tickets', 405],
    ['POST', '/TicketNotes', 404],
    ['POST', '/Contacts', 404],
    ['POST', '/Tickets/1/Notes/query', 404],
    ['DELETE', '/Tickets/1/Notes/2', 405],
    ['POST', '/TicketCategories', 405],
    ['POST', '/Companies/201', 405],
    ['POST', '/ContractServices/query', 404],
    ['POST', '/ContractServiceAdjustments', 404],
    ['POST', '/ContractServiceAdjustments/query', 404],
    ['GET', '/ContractServiceUnits/query', 404],
    ['GET', '/TicketWebhooks/entityInformation', 404],
    ['GET', '/Nonsense', 404],
    ['GET', '//ATServicesRest/V2.0/Tickets/1', 404],
    ['POST', '//ATServicesRest/V2.0/Tickets/query', 404],
    ['POST', '/ThresholdInformation', 405],
  ])('%s %s answers %i in the form of the web framework', async (method, path, status) => {
    const reply = await simulator.api(method, path, method === 'GET' ? undefined : {});
    expect(reply.status).toBe(status);
    expect(Object.keys(reply.json)).toEqual(['Message']);
  });

  it('names the method in a 405 word for word', async () => {
    const reply = await simulator.api('GET', '/Tickets');
    expect(reply.json.Message).toBe("The requested resource does not support http method 'GET'.");
  });

  it.each([
    '//ATServicesRest/V1.0/Companies/0',
    '//atservicesrest/v1.0/companies/0',
    '//ATSERVICESREST//V1.0/COMPANIES/0',
  ])('%s finds the same record', async (path) => {
    const reply = await simulator.api('GET', path);
    expect(reply.json.item.id).toBe(0);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('lists a version 2 that does not exist', async () => {
    const reply = await simulator.plain('GET', '/atservicesrest/VersionInformation');
    expect(reply.json).toEqual({ apiVersions: ['V1.0', 'V2.0'] });
  });

  it('sends no rate-limit headers', async () => {
    const reply = await simulator.api('GET', '/Companies/0');
    expect(Object.keys(reply.headers).filter((name) => /limit|retry/i.test(name))).toEqual([]);
  });
});

describe('zone look-up', () => {
  const user = encodeURIComponent('api.user@msp.example');

  it('needs no credentials and gives an address that ends in a slash', async () => {
    const reply = await simulator.plain('GET', `/atservicesrest/v1.0/zoneInformation?user=${user}`);
    expect(reply.status).toBe(200);
    expect(reply.json.url).toBe(`${simulator.url}/ATServicesRest/`);
    expect(reply.json.webUrl).toBe(`${simulator.url}/`);
    expect(reply.json.ci).toBeTypeOf('number');
  });

  it.each(['?user=', '?user=nobody%40msp.example', ''])('refuses "%s" with 500', async (query) => {
    const reply = await simulator.plain('GET', `/ATServicesRest/V1.0/ZoneInformation${query}`);
    expect(reply.status).toBe(500);
    expect(reply.json.errors).toEqual(['Zone information could not be determined']);
  });

  it('can put a double slash into the address, which works as well', async () => {
    await simulator.plain('POST', '/control/set', { zoneDoubleSlash: true });
    const zone = await simulator.plain('GET', `/atservicesrest/v1.0/zoneInformation?user=${user}`);
    expect(zone.json.url).toBe(`${simulator.url}//ATServicesRest/`);
    expect((await simulator.api('GET', '///ATServicesRest/V1.0/Companies/0')).status).toBe(200);
  });

  it('after a move the old address is 401 and the look-up gives the new one', async () => {
    await simulator.plain('POST', '/control/set', { zoneMoved: true });
    expect((await simulator.api('GET', '/Companies/0')).status).toBe(401);
    const zone = await simulator.plain('GET', `/atservicesrest/v1.0/zoneInformation?user=${user}`);
    const base = new URL(zone.json.url).pathname.replace(/\/$/, '');
    expect((await simulator.api('GET', `/${base}/V1.0/Companies/0`)).status).toBe(200);
  });
});
