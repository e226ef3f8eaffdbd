/** What is decided is said in the words of the PSA: names are kept when steps and mappings are saved. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConnectionApi, goodTickets, path, startConnectionApi } from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let id: string;
let organizationId: string;
beforeAll(async () => {
  api = await startConnectionApi();
  id = await api.activate();
  const organization = { name: 'Northwind', externalRefs: ['org-17'] };
  organizationId = (await api.call('POST', '/organizations', { body: organization })).body.id;
});
afterAll(() => api.close());

const rows = (text: string) => api.db.inWorkspace(api.workspaceId, async (tx) => (await tx.query(text)).rows);

async function put(more: string, body: object, headers: Record<string, string> = {}): Promise<void> {
  const answer = await api.call('PUT', path(id, more), { body, headers });
  expect(answer.status).toBe(200);
}

/** The sentences about an alert of the organization. */
async function wordsOf(members: object = {}, connectionId = id): Promise<string> {
  const alert = {
    source: 'edr',
    externalId: 'e1',
    title: 'Odd sign-in',
    severity: 'medium',
    eventType: 'iam.login',
    organization: { externalId: 'org-17' },
    ...members,
  };
  const answer = await api.call('POST', path(connectionId, '/preview'), { body: { alert } });
  expect(answer.status).toBe(200);
  return answer.body.words.join('\n');
}

/** Of a list of the PSA, what it calls a value. */
async function labelOf(list: string, value: string): Promise<string> {
  const { body } = await api.call('GET', path(id, `/choices?field=${list}`));
  return body.items.find((item: { id: string }) => item.id === value).label;
}

describe('the sentences', () => {
  it('name priority, issue type, contact and contract, as soon as they are chosen', async () => {
    const overrides = [{ eventType: 'iam.login', issueType: '10' }];
    await put('/steps/accounts', { catchAllAccountId: '201', attachContacts: true });
    await put('/steps/tickets', { ...goodTickets, alertOverrides: overrides });
    await put('/steps/contracts', { addContracts: true });
    const mapping = { organizationId, accountId: '202', contactId: '31003', contractId: '29683612' };
    await put('/mappings', { mappings: [mapping] });
    const words = await wordsOf();
    const [priority, issueType] = [await labelOf('priorities', '2'), await labelOf('issueType', '10')];
    expect(words).toContain(`priority ${priority} (id 2), due in`);
    expect(words).toContain(`Issue type ${issueType} (id 10) by event type iam.login.`);
    expect(words).toContain('Contact: Bo Berg (id 31003);');
    expect(words).toContain('Contract Managed services (id 29683612) is chosen in the mapping.');
  });

  it('of a draft do so too', async () => {
    expect(await wordsOf({}, await api.complete('Draft'))).toMatch(/priority \D+ \(id 2\), due in/);
  });

  it('forget people who are chosen no more', async () => {
    const contacts = () => rows(`select id from directory_names where list = 'contact' order by id`);
    await put('/steps/accounts', {
      catchAllAccountId: '201',
      catchAllContactId: '31001',
      attachContacts: true,
    });
    expect(await contacts()).toEqual([{ id: '31001' }, { id: '31003' }]);
    await put('/mappings', { mappings: [{ organizationId, accountId: '202', contactId: '31002' }] });
    expect(await contacts()).toEqual([{ id: '31001' }, { id: '31002' }]);
    await put('/steps/accounts', { catchAllAccountId: '201', attachContacts: true });
    expect(await contacts()).toEqual([{ id: '31002' }]);
  });

  it('of what was chosen before names were kept, or was renamed since, have them after the daily look', async () => {
    const tomorrow = async () => {
      await rows('update contract_checks set due_at = clock_timestamp()');
      await api.connections.checkContracts();
    };
    const version = async () => (await rows('select settings_version::int as n from workspaces'))[0].n;
    await put('/steps/tickets', goodTickets);
    await rows(`delete from directory_names where list = 'priorities'`);
    await rows(`update directory_names set name = 'Old' where list <> 'priorities'`);
    await rows('update workspaces set settings_version = settings_version + 1');
    expect(await wordsOf()).toContain('priority 2, due in');
    await api.connections.checkContracts();
    await tomorrow();
    expect(await wordsOf()).toContain(`priority ${await labelOf('priorities', '2')} (id 2), due in`);
    // Nothing is new the day after: the settings stay as they are.
    const before = await version();
    await tomorrow();
    expect(await version()).toBe(before);
  });
});

describe('a severity that is set to no ticket', () => {
  const priorities = (low: string | null, informational: string | null) => ({
    ...goodTickets,
    priorities: { ...goodTickets.priorities, low, informational },
  });
  const today = () => rows(`select to_char(now() at time zone 'UTC', 'FMDD Mon YYYY') as day`);

  it('says since when, by whom and why, until it has a priority again', async () => {
    await put('/steps/tickets', priorities('2', '2'));
    await put('/steps/tickets', priorities(null, '2'), { 'herald-reason': 'too noisy' });
    const [{ day }] = await today();
    const since = `(set on ${day} by the API key admin key, reason given: “too noisy”).`;
    const skip = 'No ticket: severity low is set to no ticket in PSA ';
    expect(await wordsOf({ severity: 'low' })).toContain(skip + since);
    // What is saved later for another reason is not why.
    await put('/steps/tickets', priorities(null, null), { 'herald-reason': 'those too' });
    expect(await wordsOf({ severity: 'low' })).toContain(skip + since);
    expect(await wordsOf({ severity: 'informational' })).toContain('reason given: “those too”');
    await put('/steps/tickets', priorities('2', null));
    expect(await wordsOf({ severity: 'low' })).toContain('A ticket goes to PSA.');
    await put('/steps/tickets', priorities(null, null));
    expect(await wordsOf({ severity: 'low' })).toContain(`${skip}(set on ${day} by the API key admin key).`);
  });

  it('of which that was not kept says only that it is so', async () => {
    await rows(`update connections set no_ticket = '{}'`);
    await put('/steps/tickets', priorities(null, null), { 'herald-reason': 'nothing new' });
    expect(await wordsOf({ severity: 'low' })).toContain('is set to no ticket in PSA.');
  });
});
