import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goodTicket, knownCompanies, startForTest, type TestSimulator } from './testing.ts';

let simulator: TestSimulator;
beforeAll(async () => {
  simulator = await startForTest({ companies: 4, sample: knownCompanies });
  const tickets = [
    goodTicket({ title: 'Alpha', externalID: 'alrt-A', priority: 1 }),
    goodTicket({ title: 'beta', externalID: 'alrt-B', priority: 2, resolution: 'done', status: 5 }),
    goodTicket({ title: 'Gamma alpha', externalID: 'other', priority: 4, companyID: 202 }),
    goodTicket({ title: 'Delta', priority: 2, userDefinedFields: [{ name: 'Site code', value: 'X1' }] }),
  ];
  for (const ticket of tickets) await simulator.api('POST', '/Tickets', ticket);
});
afterAll(() => simulator.close());

const search = (filter: unknown, more: object = {}) =>
  simulator.api('POST', '/Tickets/query', { Filter: filter, ...more });

/** The tickets by their title's first letter. */
async function found(filter: unknown): Promise<string> {
  const { json } = await search(filter);
  return json.items.map((item: { title: string }) => item.title[0]).join('');
}

const all = 'AbGD';

describe('conditions', () => {
  it.each([
    ['eq', { op: 'eq', field: 'title', value: 'ALPHA' }, 'A'],
    ['eq on an index', { op: 'eq', field: 'externalID', value: 'ALRT-a' }, 'A'],
    ['eq with digits as text', { op: 'eq', field: 'companyID', value: '202' }, 'G'],
    ['noteq', { op: 'noteq', field: 'priority', value: 2 }, 'AG'],
    ['noteq leaves out nulls', { op: 'noteq', field: 'externalID', value: 'alrt-A' }, 'bG'],
    ['gt', { op: 'gt', field: 'id', value: 88_002 }, 'GD'],
    ['gte', { op: 'gte', field: 'id', value: 88_002 }, 'bGD'],
    ['lt', { op: 'lt', field: 'id', value: 88_002 }, 'A'],
    ['lte', { op: 'lte', field: 'id', value: 88_002 }, 'Ab'],
    ['beginsWith', { op: 'beginsWith', field: 'externalID', value: 'ALRT-' }, 'Ab'],
    ['endsWith', { op: 'endsWith', field: 'title', value: 'alpha' }, 'AG'],
    ['contains', { op: 'contains', field: 'title', value: 'ALPH' }, 'AG'],
    ['exist', { op: 'exist', field: 'resolution' }, 'b'],
    ['notExist', { op: 'notExist', field: 'externalID' }, 'D'],
    ['in', { op: 'in', field: 'priority', value: [1, 4] }, 'AG'],
    ['in on ids', { op: 'in', field: 'id', value: [88_004, 88_001, 99] }, 'AD'],
    ['notIn', { op: 'notIn', field: 'priority', value: [1, 4] }, 'bD'],
    ['dates', { op: 'gt', field: 'createDate', value: '2020-01-01' }, all],
    ['dates in the future', { op: 'gt', field: 'createDate', value: '2199-01-01T00:00:00Z' }, ''],
    ['a user-defined field', { op: 'eq', field: 'site code', udf: true, value: 'x1' }, 'D'],
    ['keys and names in other cases', { OP: 'EQ', Field: 'PRIORITY', VALUE: 4 }, 'G'],
  ])('%s', async (_case, condition, expected) => {
    expect(await found([condition])).toBe(expected);
  });

  it.each([
    [
      'members of the array are joined by and',
      [
        { op: 'eq', field: 'priority', value: 2 },
        { op: 'exist', field: 'externalID' },
      ],
      'b',
    ],
    [
      'or group',
      [
        {
          op: 'or',
          items: [
            { op: 'eq', field: 'priority', value: 1 },
            { op: 'eq', field: 'priority', value: 4 },
          ],
        },
      ],
      'AG',
    ],
    [
      'or inside and',
      [
        {
          op: 'and',
          items: [
            { op: 'eq', field: 'companyID', value: 201 },
            {
              op: 'or',
              items: [
                { op: 'noteq', field: 'status', value: 5 },
                { op: 'exist', field: 'completedDate' },
              ],
            },
          ],
        },
      ],
      'AbD',
    ],
    ['an empty array finds everything', [], all],
    ['an operator that does not exist is ignored', [{ op: 'noteExist', field: 'externalID' }], all],
    [
      'an ignored operator leaves its neighbours in force',
      [
        { op: 'equals', field: 'priority', value: 1 },
        { op: 'eq', field: 'priority', value: 2 },
      ],
      'bD',
    ],
    ['text for a 64-bit id finds nothing', [{ op: 'eq', field: 'id', value: '88001' }], ''],
    ['text for a 64-bit id is greater than nothing', [{ op: 'gt', field: 'id', value: '0' }], ''],
  ])('%s', async (_case, filter, expected) => {
    expect(await found(filter)).toBe(expected);
  });

  it('true finds active contacts although the field is a number', async () => {
    const reply = await simulator.api('POST', '/Contacts/query', {
      filter: [
        { op: 'eq', field: 'isActive', value: true },
        { op: 'eq', field: 'companyID', value: 201 },
      ],
    });
    expect(reply.json.items.map((item: { id: number }) => item.id)).toEqual([31_001]);
  });

  it('company 0 is there, and is left out by an id greater than 0', async () => {
    const count = (op: string) =>
      simulator.api('POST', '/Companies/query/count', { Filter: [{ op, field: 'id', value: 0 }] });
    expect((await count('gte')).json.queryCount).toBe((await count('gt')).json.queryCount + 1);
  });
});

describe('refusals', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => at);

  it.each([
    [
      'unknown field',
      [{ op: 'eq', field: 'companyName', value: 'x' }],
      'Unable to find companyName in the Ticket Entity.',
    ],
    [
      'a user-defined field without udf',
      [{ op: 'eq', field: 'Site code', value: 'x' }],
      'Unable to find Site code in the Ticket Entity.',
    ],
    [
      'field that is not queryable',
      [{ op: 'eq', field: 'creatorType', value: 1 }],
      'creatorType of the Ticket Entity is not queryable.',
    ],
    [
      'text for a number',
      [{ op: 'eq', field: 'status', value: 'material' }],
      "Conversion failed when converting varchar 'material' to data type int",
    ],
    [
      'null',
      [{ op: 'eq', field: 'externalID', value: null }],
      'Invalid query syntax. A null value cannot be compared for externalID.',
    ],
    [
      'more than 500 values',
      [{ op: 'in', field: 'id', value: many(501) }],
      "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
    ],
    [
      'more than 500 members of a group',
      [{ op: 'or', items: many(501).map((value) => ({ op: 'eq', field: 'id', value })) }],
      "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
    ],
    [
      'two lists that are too long together',
      [
        { op: 'in', field: 'id', value: many(251) },
        { op: 'in', field: 'companyID', value: many(250) },
      ],
      "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions.",
    ],
    [
      'two user-defined fields',
      [
        { op: 'exist', field: 'Site code', udf: true },
        { op: 'exist', field: 'Alert severity', udf: true },
      ],
      'Invalid query syntax. Only one user-defined field may be queried at a time.',
    ],
    [
      'contains on a number',
      [{ op: 'contains', field: 'status', value: 1 }],
      'Invalid query syntax. contains is for text only.',
    ],
    [
      'in without an array',
      [{ op: 'in', field: 'id', value: 1 }],
      'Invalid query syntax. in needs an array.',
    ],
    [
      'no date',
      [{ op: 'gt', field: 'createDate', value: 'soon' }],
      'Conversion failed when converting date and/or time from character string.',
    ],
  ])('%s', async (_case, filter, text) => {
    const reply = await search(filter);
    expect(reply.status).toBe(500);
    expect(reply.json).toEqual({ errors: [text] });
  });

  it('accepts 500 values', async () => {
    expect((await search([{ op: 'in', field: 'id', value: many(500) }])).status).toBe(200);
  });

  it.each([
    ['no filter', {}],
    ['no body', ''],
  ])('%s names the missing parameter', async (_case, body) => {
    const reply = await simulator.api('POST', '/Tickets/query', body);
    expect(reply.status).toBe(500);
    expect(reply.json.errors[0]).toContain('Parameter name: filters');
  });

  it.each([501, 0, -1, 1.5])('refuses MaxRecords %d', async (size) => {
    expect((await search([], { MaxRecords: size })).json.errors).toEqual([
      'MaxRecords must be between 1 and 500.',
    ]);
  });

  it('refuses an unknown name in IncludeFields', async () => {
    const reply = await search([], { IncludeFields: ['id', 'nonsense'] });
    expect(reply.json.errors).toEqual(['Unable to find nonsense in the Ticket Entity.']);
  });
});

describe('rows', () => {
  it('carry all fields in camel case, nulls included', async () => {
    const [row] = (await search([])).json.items;
    expect(row).toMatchObject({
      id: 88_001,
      ticketNumber: expect.any(String),
      rmmAlertID: null,
      problemTicketId: null,
    });
  });

  it('IncludeFields trims them but keeps id and user-defined fields', async () => {
    const [row] = (await search([], { IncludeFields: ['TICKETNUMBER'], sort: 'title' })).json.items;
    expect(Object.keys(row).sort()).toEqual(['id', 'ticketNumber', 'userDefinedFields']);
  });

  it('are not trimmed when one is read by id', async () => {
    const { item } = (await simulator.api('GET', '/Tickets/88001?IncludeFields=title')).json;
    expect(item.status).toBe(1);
  });

  it('a missing one is null with 200', async () => {
    const reply = await simulator.api('GET', '/Tickets/1');
    expect([reply.status, reply.json]).toEqual([200, { item: null }]);
  });

  it('are counted by query/count, by POST and by GET', async () => {
    const filter = [{ op: 'eq', field: 'priority', value: 2 }];
    const search = encodeURIComponent(JSON.stringify({ filter }));
    expect((await simulator.api('POST', '/Tickets/query/count', { filter })).json).toEqual({ queryCount: 2 });
    expect((await simulator.api('GET', `/Tickets/query/count?search=${search}`)).json).toEqual({
      queryCount: 2,
    });
  });
});
