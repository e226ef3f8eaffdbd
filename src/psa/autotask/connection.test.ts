import { describe, expect, it } from 'vitest';
import { createConnection } from './connection.ts';
import { reply, type ScriptedHttp, scriptedHttp, zoneReply } from './scriptedHttp.ts';
import { scriptedCredentials as credentials } from './scriptedSession.ts';
import { vendorLookUpUrl } from './zone.ts';

const call = { method: 'POST', path: '/Tickets/query', body: { a: 1 } } as const;
const hour = 3_600_000;

function connect({ http }: ScriptedHttp, now: () => number = () => 0, change: Record<string, string> = {}) {
  return createConnection({ credentials: { ...credentials, ...change }, http, lookUp: vendorLookUpUrl, now });
}

describe('a call', () => {
  it('carries the three headers, the endpoint of the limit, and its body (fact sheet §1.3, §3.4)', async () => {
    const script = scriptedHttp([reply(200, {})]);
    await connect(script).send(call);
    expect(script.calls()).toEqual([
      {
        endpoint: 'Tickets',
        method: 'POST',
        url: 'https://webservices14.autotask.net/ATServicesRest/V1.0/Tickets/query',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          ApiIntegrationCode: 'CODE0001',
          UserName: 'k3y@MSP.EXAMPLE',
          Secret: 'S3cr$t#1',
        },
        body: '{"a":1}',
      },
    ]);
  });

  it('hands on the permit of a write, and only of that', async () => {
    const script = scriptedHttp([reply(200, {})]);
    const permit = () => true;
    await connect(script).send({ ...call, permit });
    expect(script.requests.map((request) => request.permit)).toEqual([undefined, permit]);
  });

  it('is answered with whatever came, and never sent again', async () => {
    for (const status of [200, 301, 403, 404, 408, 429, 500, 502]) {
      const script = scriptedHttp([reply(status, {})]);
      expect(await connect(script).send(call)).toMatchObject({ kind: 'replied', reply: { status } });
      expect(script.calls()).toHaveLength(1);
    }
  });
});

describe('credentials that no header can carry', () => {
  it.each([
    ['username', ''],
    ['secret', 'two\r\nlines'],
    ['secret', 'nul\u0000'],
    ['integrationCode', 'CODE\u2028'],
  ])('are refused without a call: %s %j', async (field, value) => {
    const script = scriptedHttp([reply(200, {})]);
    const exchange = await connect(script, () => 0, { [field]: value }).send(call);
    expect(exchange).toMatchObject({ kind: 'refused', reason: 'auth', field });
    expect(script.requests).toEqual([]);
  });
});

describe('the zone look-up', () => {
  it('carries no credentials and is not counted', async () => {
    const script = scriptedHttp([reply(200, {})]);
    await connect(script).send(call);
    expect(script.requests[0]).toEqual({
      endpoint: 'zoneInformation',
      method: 'GET',
      url: `${vendorLookUpUrl.url}?user=k3y%40MSP.EXAMPLE`,
      headers: { accept: 'application/json' },
      counted: false,
    });
  });

  it('is made once for 12 hours, also by calls at the same time', async () => {
    let now = 0;
    const script = scriptedHttp([reply(200, {})]);
    const connection = connect(script, () => now);
    await Promise.all([connection.send(call), connection.send(call), connection.findZone()]);
    now = 12 * hour - 1;
    await connection.send(call);
    expect(script.requests.length - script.calls().length).toBe(1);
    now = 12 * hour;
    await connection.send(call);
    expect(script.requests.length - script.calls().length).toBe(2);
  });

  it.each([
    ['an unknown user', reply(500, { errors: ['Zone information could not be determined'] }), 'auth'],
    ['an outage', reply(500, ''), 'serverError'],
    ['an outage as HTML', reply(502, '<html>'), 'serverError'],
    ['a deadlock', reply(500, { errors: ['deadlock victim'] }), 'serverError'],
    ['a limit', reply(429, ''), 'rateLimited'],
    ['an answer without url', reply(200, { zoneName: 'x' }), 'serverError'],
    ['a foreign host', reply(200, { url: 'https://evil.example/ATServicesRest/' }), 'serverError'],
  ])('that meets %s refuses the call without sending it', async (_, zone, reason) => {
    const script = scriptedHttp([reply(200, {})], [zone]);
    expect(await connect(script).send(call)).toMatchObject({ kind: 'refused', reason });
    expect(script.calls()).toEqual([]);
  });

  it('that failed is made again by the next call', async () => {
    const script = scriptedHttp([reply(200, {})], [reply(502, ''), zoneReply()]);
    const connection = connect(script);
    await connection.send(call);
    expect(await connection.send(call)).toMatchObject({ kind: 'replied' });
  });
});

describe('a refused login (promise P8)', () => {
  it('is final when the zone has not moved: one call, one more look-up', async () => {
    const script = scriptedHttp([reply(401, '')]);
    expect(await connect(script).send(call)).toMatchObject({ reply: { status: 401 } });
    expect(script.calls()).toHaveLength(1);
    expect(script.requests).toHaveLength(3);
  });

  it('is tried once more when the zone has moved', async () => {
    const script = scriptedHttp([reply(401, ''), reply(200, {})], [zoneReply(), zoneReply('webservices5')]);
    expect(await connect(script).send(call)).toMatchObject({ reply: { status: 200 } });
    expect(script.calls().map(({ url }) => new URL(url).host)).toEqual([
      'webservices14.autotask.net',
      'webservices5.autotask.net',
    ]);
  });

  it('at the new zone too is final', async () => {
    const script = scriptedHttp([reply(401, '')], [zoneReply(), zoneReply('webservices5')]);
    expect(await connect(script).send(call)).toMatchObject({ reply: { status: 401 } });
    expect(script.calls()).toHaveLength(2);
  });

  it('is final when the look-up fails', async () => {
    const script = scriptedHttp([reply(401, '')], [zoneReply(), reply(502, '')]);
    expect(await connect(script).send(call)).toMatchObject({ reply: { status: 401 } });
    expect(script.calls()).toHaveLength(1);
  });
});
