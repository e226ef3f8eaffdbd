import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  goodCredentials,
  goodTickets,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

const path = (id: string, more = '') => `/psa/connections/${id}${more}`;
const draft = async () =>
  (await api.call('POST', '/psa/connections', { body: { kind: 'autotask' } })).body.id as string;
const get = async (id: string) => (await api.call('GET', path(id))).body;
const fieldsOf = (answer: { body: { errors?: { field: string; code: string }[] } }) =>
  (answer.body.errors ?? []).map(({ field, code }) => [field, code]);
const organization = async (name: string) =>
  (await api.call('POST', '/organizations', { body: { name } })).body.id as string;

describe('kinds', () => {
  it('say what can be set, with help', async () => {
    const { body } = await api.call('GET', '/psa/kinds', { key: api.keys.read });
    expect(body.items).toHaveLength(1);
    const [kind] = body.items;
    expect(kind.fields.map((field: { key: string }) => field.key)).toContain('catchAllAccountId');
    expect(
      kind.fields.find((field: { key: string }) => field.key === 'ticketSubject').presets.length,
    ).toBeGreaterThan(3);
    expect(kind.accountFilters.map((one: { key: string }) => one.key)).toEqual([
      'accountType',
      'classification',
      'marketSegment',
    ]);
    expect(kind.setup.steps.length).toBeGreaterThan(3);
  });
});

describe('a draft', () => {
  it('says what comes next', async () => {
    const made = await api.call('POST', '/psa/connections', { body: { kind: 'autotask', name: 'Our PSA' } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'Our PSA',
      status: 'draft',
      health: { state: 'ok' },
      isDefault: false,
      counts: { waiting: 0, held: 0, failed: 0 },
      directory: { state: 'none', loaded: 0, total: null },
      steps: {},
    });
    expect(
      made.body.next.map((one: { step: string; complete: boolean }) => [one.step, one.complete]),
    ).toEqual([
      ['credentials', false],
      ['accounts', false],
      ['tickets', false],
      ['contracts', true],
    ]);
    expect((await api.call('GET', '/psa/connections?q=our')).body.items).toEqual([made.body]);
  });

  it.each([
    [{ kind: 'unknown' }, 422, 'kind'],
    [{ kind: 'autotask', name: '' }, 422, 'name'],
    [{ kind: 'autotask', status: 'active' }, 422, 'status'],
  ])('%j is refused', async (body, status, field) => {
    const answer = await api.call('POST', '/psa/connections', { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
  });

  it('is no default, and cannot be paused or resumed', async () => {
    const id = await draft();
    expect((await api.call('PATCH', path(id), { body: { isDefault: true } })).status).toBe(422);
    expect((await api.call('POST', path(id, '/pause'))).body.code).toBe('notFinished');
    expect((await api.call('POST', path(id, '/resume'))).body.code).toBe('notFinished');
  });

  it('has nothing to choose from before its credentials', async () => {
    const id = await draft();
    for (const list of ['/choices?field=ticketQueue', '/contacts?accountId=201']) {
      expect((await api.call('GET', path(id, list))).body.code).toBe('credentialsMissing');
    }
    expect((await api.call('POST', path(id, '/verify'))).body.code).toBe('credentialsMissing');
    expect((await api.call('POST', path(id, '/refresh'))).body.code).toBe('credentialsMissing');
    const answer = await api.call('PUT', path(id, '/steps/tickets'), { body: goodTickets });
    expect(answer.body.code).toBe('credentialsMissing');
    const contracts = await api.call('PUT', path(id, '/steps/contracts'), { body: { addContracts: false } });
    expect(contracts.body.steps.contracts).toEqual({ addContracts: false, syncUsers: false });
  });
});

describe('credentials', () => {
  it('are verified, sealed, never answered, and start the loading of accounts', async () => {
    const id = await draft();
    const answer = await api.call('PUT', path(id, '/steps/credentials'), { body: goodCredentials });
    expect(answer.status).toBe(200);
    expect(answer.body.checks.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
    expect(answer.body.steps.credentials).toEqual({
      username: goodCredentials.username,
      secret: { isSet: true },
      integrationCode: { isSet: true },
    });
    await api.directory.idle();
    const { directory } = await get(id);
    expect(directory.state).toBe('ready');
    expect(directory.total).toBe(directory.loaded);
    expect(directory.loaded).toBeGreaterThan(20);
    const { rows } = await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query('select steps::text || sealed::text as text from connections where id = $1', [id]),
    );
    for (const text of [rows[0].text, answer.text, api.logLines.join('')]) {
      expect(text).not.toContain(goodCredentials.secret);
      expect(text).not.toContain(goodCredentials.integrationCode);
    }
  });

  it('that the PSA refuses replace nothing, and the answer says why', async () => {
    const id = await api.connect();
    const body = { ...goodCredentials, secret: 'wrong' };
    const answer = await api.call('PUT', path(id, '/steps/credentials'), { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'credentialsInvalid']);
    expect(answer.body.detail).toContain('credentials are invalid');
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.text).not.toContain('wrong"');
    const verified = await api.call('POST', path(id, '/verify'));
    expect(verified.body.ok).toBe(true);
    expect((await get(id)).health).toEqual({ state: 'ok' });
  });

  it('a secret that is left out stays', async () => {
    const id = await api.connect();
    const { username } = goodCredentials;
    expect((await api.call('PUT', path(id, '/steps/credentials'), { body: { username } })).status).toBe(200);
    expect((await api.call('POST', path(id, '/verify'))).body.ok).toBe(true);
  });

  it('that stop working are found by a check, which stops all further calls until a person acts', async () => {
    const id = await api.complete();
    api.simulator.state.settings.credentials = { ...goodCredentials, secret: 'Changed-2' };
    try {
      const verified = await api.call('POST', path(id, '/verify'));
      expect(verified.body.ok).toBe(false);
      const seen = await get(id);
      expect(seen.health.state).toBe('attention');
      expect((await api.call('GET', path(id, '/choices?field=ticketQueue'))).body.code).toBe(
        'needsAttention',
      );
      const renewed = await api.call('PUT', path(id, '/steps/credentials'), {
        body: { ...goodCredentials, secret: 'Changed-2' },
      });
      expect([renewed.status, renewed.body.health]).toEqual([200, { state: 'ok' }]);
    } finally {
      api.simulator.state.settings.credentials = goodCredentials;
    }
  });
});

describe('the accounts step', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/steps/accounts'), { body });

  it('takes an active account, and says what it stored', async () => {
    const id = await api.connect();
    const answer = await put(id, {
      catchAllAccountId: '201',
      catchAllContactId: '31001',
      attachContacts: true,
    });
    expect(answer.body.steps.accounts).toEqual({
      catchAllAccountId: '201',
      catchAllContactId: '31001',
      attachContacts: true,
    });
  });

  it.each([
    ['no catch-all', {}, ['catchAllAccountId', 'required']],
    ['an unknown account', { catchAllAccountId: '999999' }, ['catchAllAccountId', 'notFound']],
    ['an inactive account', { catchAllAccountId: '204' }, ['catchAllAccountId', 'inactive']],
    [
      "somebody else's contact",
      { catchAllAccountId: '201', catchAllContactId: '31002' },
      ['catchAllContactId', 'notFound'],
    ],
    [
      'no contact at all',
      { catchAllAccountId: '203', attachContacts: true },
      ['catchAllAccountId', 'noContact'],
    ],
    ['an unknown member', { catchAllAccountId: '201', queue: '1' }, ['queue', 'unknown']],
  ])('%s is refused', async (_name, body, error) => {
    const answer = await put(await api.connect(), body);
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
  });

  it('names the account that lacks a contact; without attaching it may', async () => {
    const id = await api.connect();
    const answer = await put(id, { catchAllAccountId: '203', attachContacts: true });
    expect(answer.body.detail).toContain('Nobody There LLC has no contact');
    expect((await put(id, { catchAllAccountId: '203', attachContacts: false })).status).toBe(200);
  });
});

describe('the contracts step', () => {
  it('is complete untouched; with the sync on, day and service are asked for', async () => {
    const id = await draft();
    const put = (body: object) => api.call('PUT', path(id, '/steps/contracts'), { body });
    expect(fieldsOf(await put({ syncUsers: true }))).toEqual([
      ['syncDay', 'required'],
      ['defaultServiceId', 'required'],
    ]);
    expect((await put({ syncUsers: true, syncDay: 31, defaultServiceId: '4' })).status).toBe(200);
  });
});

describe('the tickets step', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/steps/tickets'), { body });

  it('takes what the PSA has', async () => {
    const id = await api.connect();
    const rows = { alertOverrides: [{ eventType: 'iam.login', issueType: '10' }] };
    const answer = await put(id, { ...goodTickets, ...rows });
    expect(answer.body.steps.tickets).toMatchObject({ ...goodTickets, ...rows });
  });

  it.each([
    [{ ticketQueue: '12345' }, ['ticketQueue', 'notFound']],
    [{ ticketQueue: '29682837' }, ['ticketQueue', 'inactive']],
    [{ ticketSubject: '{{ alert.title' }, ['ticketSubject', 'template']],
    [{ priorities: { ...goodTickets.priorities, high: '99' } }, ['priorities.high', 'notFound']],
    [{ alertOverrides: [{ eventType: 'x' }] }, ['alertOverrides[0].issueType', 'required']],
    [{ noteTitle: undefined }, ['noteTitle', 'required']],
  ])('%j is refused', async (change, error) => {
    const answer = await put(await api.connect(), { ...goodTickets, ...change });
    expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
  });
});

describe('lists of the PSA', () => {
  it('accounts are searched, filtered and paged from what was loaded', async () => {
    const id = await api.connect();
    const found = await api.call('GET', path(id, '/accounts?q=northwind'));
    expect(found.body.items).toMatchObject([
      { id: '202', name: 'Northwind Dental', isIgnored: false, organizationIds: [] },
    ]);
    const all: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', path(id, `/accounts?limit=7${cursor}`));
      all.push(...body.items.map((item: { id: string }) => item.id));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor !== '');
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('204');
    const customers = await api.call('GET', path(id, '/accounts?accountType=1&limit=200'));
    const types = customers.body.items.map(
      (item: { filters: { accountType: string } }) => item.filters.accountType,
    );
    expect(new Set(types)).toEqual(new Set(['1']));
    expect(types.length).toBeLessThan(all.length);
    expect((await api.call('GET', path(id, '/accounts?color=red'))).status).toBe(400);
  });

  it('contacts are those of one account, page by page', async () => {
    const id = await api.connect();
    const first = await api.call('GET', path(id, '/contacts?accountId=202&limit=1'));
    const second = await api.call(
      'GET',
      path(id, `/contacts?accountId=202&limit=1&cursor=${first.body.nextCursor}`),
    );
    expect([...first.body.items, ...second.body.items].map((one: { name: string }) => one.name)).toEqual([
      'Ana Lima',
      'Bo Berg',
    ]);
    expect(second.body.nextCursor).toBeNull();
    const other = await api.call('GET', path(id, `/contacts?accountId=201&cursor=${first.body.nextCursor}`));
    expect(other.body.code).toBe('invalidCursor');
  });

  it('choices are those of a declared list, by parent if asked', async () => {
    const id = await api.connect();
    const queues = await api.call('GET', path(id, '/choices?field=ticketQueue'));
    expect(queues.body.items).toContainEqual({
      id: '8',
      label: 'Monitoring Alert',
      isActive: true,
      isDefault: false,
    });
    const subs = await api.call('GET', path(id, '/choices?field=subIssueType&parent=10'));
    expect(new Set(subs.body.items.map((one: { parentId: string }) => one.parentId))).toEqual(
      new Set(['10']),
    );
    expect((await api.call('GET', path(id, '/choices?field=__proto__'))).status).toBe(400);
  });

  it('contracts and services say that they are not there', async () => {
    const id = await draft();
    for (const what of ['contracts', 'services']) {
      const answer = await api.call('GET', path(id, `/${what}`));
      expect([answer.status, answer.body.code]).toEqual([501, 'notAvailable']);
    }
  });
});

describe('mappings', () => {
  const put = (id: string, body: object) => api.call('PUT', path(id, '/mappings'), { body });

  it('are replaced as a set; ignored accounts are not offered', async () => {
    const id = await api.connect();
    const [one, two] = [await organization('Map 1'), await organization('Map 2')];
    const body = {
      mappings: [
        { organizationId: one, accountId: '202', contactId: '31003', unitPrice: 4.5 },
        { organizationId: two, accountId: '202' },
      ],
      ignoredAccountIds: ['203'],
    };
    const answer = await put(id, body);
    expect(answer.body.mappings).toMatchObject([
      {
        organizationId: one,
        organizationName: 'Map 1',
        accountName: 'Northwind Dental',
        contactId: '31003',
        unitPrice: 4.5,
      },
      { organizationId: two, accountId: '202', contactId: null },
    ]);
    const { items } = (await api.call('GET', path(id, '/accounts?mapped=true'))).body;
    expect(items).toMatchObject([{ id: '202', organizationIds: [one, two].sort() }]);
    expect((await api.call('GET', path(id, '/accounts?q=nobody'))).body.items).toEqual([]);
    expect((await api.call('GET', path(id, '/accounts?q=nobody&ignored=true'))).body.items).toHaveLength(1);
    const emptied = await put(id, { mappings: [] });
    expect(emptied.body).toMatchObject({ mappings: [], ignoredAccountIds: ['203'] });
  });

  it('refuse what cannot be', async () => {
    const id = await api.connect();
    const known = await organization('Refused');
    const row = { organizationId: known, accountId: '202' };
    const cases: [object, string[]][] = [
      [{ mappings: [row, { ...row, accountId: '201' }] }, ['mappings[1].organizationId', 'duplicate']],
      [
        { mappings: [{ ...row, organizationId: crypto.randomUUID() }] },
        ['mappings[0].organizationId', 'notFound'],
      ],
      [{ mappings: [{ ...row, accountId: '999999' }] }, ['mappings[0].accountId', 'notFound']],
      [{ mappings: [{ ...row, accountId: '204' }] }, ['mappings[0].accountId', 'inactive']],
      [{ mappings: [{ ...row, contactId: '31001' }] }, ['mappings[0].contactId', 'notFound']],
      [{ mappings: [row], ignoredAccountIds: ['202'] }, ['mappings[0].accountId', 'ignored']],
      [{ mappings: [{ ...row, extra: 1 }] }, ['mappings[0].extra', 'unknown']],
    ];
    for (const [body, error] of cases) {
      const answer = await put(id, body);
      expect([answer.status, fieldsOf(answer)]).toEqual([422, [error]]);
    }
    const theirs = await api.call('POST', '/organizations', { key: api.other.key, body: { name: 'Theirs' } });
    const stolen = await put(id, { mappings: [{ ...row, organizationId: theirs.body.id }] });
    expect(fieldsOf(stolen)).toEqual([['mappings[0].organizationId', 'notFound']]);
  });

  it('with attaching on, each account needs a contact, and switching on later asks the same', async () => {
    const id = await api.connect();
    const mappings = [{ organizationId: await organization('No contact'), accountId: '203' }];
    expect((await put(id, { mappings })).status).toBe(200);
    const accounts = { catchAllAccountId: '201', attachContacts: true };
    const later = await api.call('PUT', path(id, '/steps/accounts'), { body: accounts });
    expect(later.body.detail).toContain('Nobody There LLC has no contact');
    await put(id, { mappings: [] });
    expect((await api.call('PUT', path(id, '/steps/accounts'), { body: accounts })).status).toBe(200);
    const answer = await put(id, { mappings });
    expect([fieldsOf(answer), answer.body.detail]).toEqual([
      [['mappings[0].accountId', 'noContact']],
      expect.stringContaining('Nobody There LLC'),
    ]);
  });
});

describe('who may', () => {
  const writes: [string, string, object | undefined][] = [
    ['POST', '', { kind: 'autotask' }],
    ['PATCH', '/ID', { name: 'x' }],
    ['DELETE', '/ID', undefined],
    ['PUT', '/ID/steps/credentials', goodCredentials],
    ['PUT', '/ID/steps/accounts', { catchAllAccountId: '201' }],
    ['PUT', '/ID/steps/tickets', goodTickets],
    ['PUT', '/ID/steps/contracts', {}],
    ['PUT', '/ID/mappings', { mappings: [] }],
    ['POST', '/ID/verify', undefined],
    ['POST', '/ID/refresh', undefined],
    ['POST', '/ID/finish', undefined],
    ['POST', '/ID/pause', undefined],
    ['POST', '/ID/resume', undefined],
    ['POST', '/ID/test-ticket', { accountId: '202' }],
  ];
  const reads = [
    '',
    '/mappings',
    '/accounts',
    '/contacts?accountId=1',
    '/choices?field=ticketQueue',
    '/contracts',
    '/services',
  ];

  it.each(writes)(
    '%s %s is refused to a read-only key, and not there for another workspace',
    async (method, url, body) => {
      const id = await draft();
      const target = `/psa/connections${url.replace('ID', id)}`;
      const options = body === undefined ? {} : { body };
      expect((await api.call(method, target, { ...options, key: api.keys.read })).status).toBe(403);
      expect((await api.call(method, target, { ...options, key: api.keys.intake })).status).toBe(403);
      if (url !== '')
        expect((await api.call(method, target, { ...options, key: api.other.key })).status).toBe(404);
    },
  );

  it.each(reads)('GET …%s is not there for another workspace', async (url) => {
    const id = await draft();
    expect((await api.call('GET', path(id, url), { key: api.other.key })).status).toBe(404);
    expect((await api.call('GET', path(id, url), { key: api.keys.intake })).status).toBe(403);
  });

  it('a preview is not there for another workspace', async () => {
    const options = { key: api.other.key, body: { alertId: '1' } };
    expect((await api.call('POST', path(await draft(), '/preview'), options)).status).toBe(404);
  });
});
