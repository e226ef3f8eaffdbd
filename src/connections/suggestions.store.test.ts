import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ConnectionApi,
  fieldsOf,
  goodTickets,
  path,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
let id: string;
beforeAll(async () => {
  api = await startConnectionApi();
  id = await api.complete();
});
afterAll(() => api.close());

const make = async (name: string) => (await api.call('POST', '/organizations', { body: { name } })).body.id;
const suggestions = async () => (await api.call('GET', path(id, '/suggestions'))).body.items;

describe('suggestions', () => {
  it('name an active account for each unmapped organization that one is like', async () => {
    const dental = await make('NORTHWIND DENTAL, Inc.');
    const near = await make('Nobody There At All');
    await make('Gone');
    await make('Zzyzx Holdings');
    const items = await suggestions();
    expect(items).toEqual([
      {
        organizationId: near,
        accountId: '203',
        accountName: 'Nobody There LLC',
        match: 'near',
        score: expect.any(Number),
      },
      { organizationId: dental, accountId: '202', accountName: 'Northwind Dental', match: 'exact', score: 1 },
    ]);
    const mappings = [{ organizationId: dental, accountId: '202' }];
    await api.call('PUT', path(id, '/mappings'), { body: { mappings, ignoredAccountIds: ['203'] } });
    expect(await suggestions()).toEqual([]);
  });

  it('of a connection of another workspace are not there', async () => {
    expect((await api.call('GET', path(id, '/suggestions'), { key: api.other.key })).status).toBe(404);
  });
});

describe('the filters of accounts', () => {
  it('come with their values counted, if asked for', async () => {
    const plain = await api.call('GET', path(id, '/accounts?limit=200'));
    expect(plain.body.facets).toBeUndefined();
    const { body } = await api.call('GET', path(id, '/accounts?limit=200&facets=true'));
    const [types] = body.facets.filter(({ filter }: { filter: string }) => filter === 'accountType');
    const customers = plain.body.items.filter(
      ({ filters }: { filters: { accountType?: string } }) => filters.accountType === '1',
    );
    expect(types.values).toContainEqual({ value: '1', count: customers.length });
  });
});

describe('a preview of what is not saved', () => {
  const preview = (body: object) => api.call('POST', path(id, '/preview'), { body });
  const alert = (n: number) => ({
    source: 'edr',
    externalId: `evt-${n}`,
    title: `Alert ${n}`,
    severity: 'high',
    organization: { externalId: 'n-1' },
    user: { email: n < 3 ? 'ana@northwind.example' : `u${n}@northwind.example` },
  });

  it('shows the ticket as the given values make it, and stores nothing', async () => {
    const tickets = { ...goodTickets, ticketSubject: 'New: {{ alert.title }}' };
    const { status, body } = await preview({ alert: alert(1), steps: { tickets } });
    expect([status, body.ticket.title]).toEqual([200, 'New: Alert 1']);
    expect((await preview({ alert: alert(1) })).body.ticket.title).toContain('ana@northwind.example');
  });

  it('shows the issue types of a row that is not saved, and which row that is (req 84–88)', async () => {
    const tickets = {
      ...goodTickets,
      issueType: '10',
      subIssueType: '136',
      alertOverrides: [{ eventType: 'iam.outside_location', issueType: '11', subIssueType: '140' }],
      iocOverrides: [{ ruleId: 'ioc-7', issueType: '12' }],
    };
    const typesOf = async (members: object) =>
      (await preview({ alert: { ...alert(1), ...members }, steps: { tickets } })).body.issueTypes;
    const eventType = 'iam.outside_location';
    expect(await typesOf({ eventType })).toEqual({
      issueType: '11',
      subIssueType: '140',
      chosenBy: { by: 'event type', match: eventType },
    });
    expect(await typesOf({ eventType, rule: { kind: 'ioc', id: 'ioc-7' } })).toEqual({
      issueType: '12',
      subIssueType: null,
      chosenBy: { by: 'IOC rule', match: 'ioc-7' },
    });
    expect(await typesOf({})).toEqual({ issueType: '10', subIssueType: '136', chosenBy: null });
  });

  it('refuses values as saving would, at the field and the character', async () => {
    const tickets = { ...goodTickets, ticketSubject: 'For {{ alert.nothing }}', ticketQueue: undefined };
    const answer = await preview({ alert: alert(1), steps: { tickets } });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer)).toEqual([
      ['steps.tickets.ticketSubject', 'template'],
      ['steps.tickets.ticketQueue', 'required'],
    ]);
    expect(answer.body.errors[0].message).toContain('character ');
  });

  it('shows how recent alerts would group', async () => {
    expect((await preview({ recent: true })).body).toMatchObject({ status: 404, code: 'noAlerts' });
    for (const n of [1, 2, 3]) {
      const body = alert(n);
      await api.db.inWorkspace(api.workspaceId, (tx) =>
        tx.query(
          `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
           values ($1, nextval('alert_ids'), $2, '', 'edr', $3, 3, $4, $5, '[]')`,
          [
            api.workspaceId,
            Buffer.from(body.externalId),
            body.externalId,
            body.title,
            JSON.stringify({ ...body, originalSeverity: 'high', flags: [] }),
          ],
        ),
      );
    }
    const { body } = await preview({ recent: true });
    expect(body.recent.map(({ title, group }: { title: string; group: number }) => [title, group])).toEqual([
      ['Alert 3', 1],
      ['Alert 2', 2],
      ['Alert 1', 2],
    ]);
    expect(body.ticket.title).toContain('u3@northwind.example');
  });
});
