import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Reply, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest({ companies: 1200, settings: { penalties: false } });
});
afterAll(() => simulator.close());

const everything = { Filter: [{ op: 'exist', field: 'id' }] };

/** Follows an address that the simulator gave. */
const follow = (url: string, method: string, body?: unknown): Promise<Reply> =>
  simulator.api(method, `/${url.slice(simulator.url.length)}`, body);

const idsOf = (reply: Reply): number[] => reply.json.items.map((item: { id: number }) => item.id);

describe('pages of a search', () => {
  it('are 500 rows unless fewer are asked for, in the order of ids', async () => {
    const { json } = await simulator.api('POST', '/Companies/query', everything);
    const ids = json.items.map((item: { id: number }) => item.id);
    expect(ids).toHaveLength(500);
    expect(ids).toEqual(ids.toSorted((a: number, b: number) => a - b));
    expect(json.pageDetails).toMatchObject({ count: 500, requestCount: 500, prevPageUrl: null });
  });

  it('lead through everything once when POST is repeated with the same body', async () => {
    let reply = await simulator.api('POST', '/Companies/query', everything);
    const seen = idsOf(reply);
    while (reply.json.pageDetails.nextPageUrl) {
      reply = await follow(reply.json.pageDetails.nextPageUrl, 'POST', everything);
      seen.push(...idsOf(reply));
    }
    expect(seen).toHaveLength(1201);
    expect(new Set(seen).size).toBe(1201);
    expect(reply.json.pageDetails).toMatchObject({ count: 201, requestCount: 500, nextPageUrl: null });
  });

  it('lead back as well', async () => {
    const first = await simulator.api('POST', '/Companies/query', everything);
    const second = await follow(first.json.pageDetails.nextPageUrl, 'POST', everything);
    const back = await follow(second.json.pageDetails.prevPageUrl, 'POST', everything);
    expect(idsOf(back)).toEqual(idsOf(first));
  });

  it('MaxRecords is the size of a page, not a total', async () => {
    const { json } = await simulator.api('POST', '/Companies/query', { ...everything, MaxRecords: 10 });
    expect(json.items).toHaveLength(10);
    expect(json.pageDetails).toMatchObject({ count: 10, requestCount: 10 });
    expect(json.pageDetails.nextPageUrl).toContain('/V1.0/Companies/query/next?paging=');
  });

  it('can be had without tokens by asking for greater ids', async () => {
    const seen: number[] = [];
    for (let last = -1, size = 500; size === 500; ) {
      const page = await simulator.api('POST', '/Companies/query', {
        Filter: [{ op: 'gt', field: 'id', value: last }],
      });
      seen.push(...idsOf(page));
      size = page.json.items.length;
      last = seen.at(-1) ?? last;
    }
    expect(seen).toHaveLength(1201);
  });

  it('a page that is exactly full and the last has no next', async () => {
    const filter = [{ op: 'lt', field: 'id', value: 210 }];
    const { json } = await simulator.api('POST', '/Companies/query', { Filter: filter, MaxRecords: 10 });
    expect([json.items.length, json.pageDetails.nextPageUrl]).toEqual([10, null]);
  });

  it('of a POST are not had by GET', async () => {
    const { json } = await simulator.api('POST', '/Companies/query', everything);
    const reply = await follow(json.pageDetails.nextPageUrl, 'GET');
    expect(reply.status).toBe(405);
    expect(reply.json.Message).toContain("http method 'GET'");
  });

  it('need the body again', async () => {
    const { json } = await simulator.api('POST', '/Companies/query', everything);
    const reply = await follow(json.pageDetails.nextPageUrl, 'POST');
    expect(reply.status).toBe(500);
    expect(reply.json.errors[0]).toContain('Parameter name: filters');
  });

  it('of a GET are had by GET, the search being in the address', async () => {
    const search = encodeURIComponent(JSON.stringify({ ...everything, MaxRecords: 300 }));
    let reply = await simulator.api('GET', `/Companies/query?search=${search}`);
    const seen = idsOf(reply);
    while (reply.json.pageDetails.nextPageUrl) {
      reply = await follow(reply.json.pageDetails.nextPageUrl, 'GET');
      seen.push(...idsOf(reply));
    }
    expect(seen).toHaveLength(1201);
  });

  it('are forgotten after fifty others', async () => {
    const { json } = await simulator.api('POST', '/Companies/query', everything);
    for (let at = 0; at < 50; at += 1)
      await simulator.api('POST', '/Contacts/query', { ...everything, MaxRecords: 1 });
    const reply = await follow(json.pageDetails.nextPageUrl, 'POST', everything);
    expect(reply.json).toEqual({ errors: ['The requested page is no longer available.'] });
  });
});

describe('GET searches', () => {
  it('are refused when the address is over 2048 characters', async () => {
    const value = 'x'.repeat(2100);
    const search = encodeURIComponent(
      JSON.stringify({ filter: [{ op: 'eq', field: 'companyName', value }] }),
    );
    expect((await simulator.api('GET', `/Companies/query?search=${search}`)).status).toBe(404);
  });

  it('need a search', async () => {
    expect((await simulator.api('GET', '/Companies/query')).status).toBe(500);
  });
});

describe('children', () => {
  it('are listed under their parent, paged like a search', async () => {
    const [contact] = (await simulator.api('POST', '/Contacts/query', { ...everything, MaxRecords: 1 })).json
      .items;
    const { json } = await simulator.api('GET', `/Companies/${contact.companyID}/Contacts`);
    expect(json.items.map((item: { id: number }) => item.id)).toContain(contact.id);
    expect(json.pageDetails.nextPageUrl).toBeNull();
  });

  it('are read under their own parent only', async () => {
    const own = await simulator.api('GET', '/Companies/0/Contacts/30000');
    const foreign = await simulator.api('GET', '/Companies/201/Contacts/30000');
    expect([own.json.item.id, foreign.json.item]).toEqual([30_000, null]);
  });
});
