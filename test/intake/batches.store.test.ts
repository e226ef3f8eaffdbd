/** Many alerts in one request (promises I-23), and alerts of organizations that nobody knows (I-24). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../src/intake/formats.ts';
import { canary, expectProblem } from './expectations.ts';
import type { Answer } from './rawHttp.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

const many = (count: number) => Array.from({ length: count }, () => least());
const post = (alerts: unknown) => server.post(JSON.stringify(alerts));
const statesOf = (answer: Answer): string[] =>
  answer.body.results.map(({ status }: { status: string }) => status);
const idsOf = (answer: Answer): string[] => answer.body.results.map(({ id }: { id: string }) => id);

describe('how many', () => {
  it('none is refused', async () => expectProblem(await post([]), 400, 'emptyBatch'));

  it('501 are refused as one, and none is stored', async () => {
    const before = await server.count();
    expectProblem(await post(many(501)), 413, 'tooManyAlerts');
    expect(await server.count()).toBe(before);
  });

  it.each([1, 2, 500])('%i are stored, each with an id of its own, in their order', async (count) => {
    const alerts = many(count);
    const before = await server.count();
    const answer = await post(alerts);
    expect(answer.status).toBe(202);
    expect(answer.body.results.map((one: { externalId: string }) => one.externalId)).toEqual(
      alerts.map(({ externalId }) => externalId),
    );
    expect(new Set(statesOf(answer))).toEqual(new Set(['accepted']));
    const ids = idsOf(answer).map(Number);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(await server.count()).toBe(before + count);
  });

  it('a list of one bad alert answers for it, a single bad alert is 422', async () => {
    const bad = { ...least(), title: 5 };
    const listed = await post([bad]);
    expect([listed.status, ...statesOf(listed)]).toEqual([202, 'rejected']);
    expectProblem(await post(bad), 422, 'invalid');
  });
});

describe('one bad alert', () => {
  const bad = [
    null,
    17,
    canary,
    [],
    [least()],
    {},
    { ...least(), severity: undefined },
    { ...least(), externalId: 17 },
    { ...least(), source: ' ' },
    { ...least(), organization: canary },
    { ...least(), events: {} },
    { ...least(), events: Array(5_001).fill({}) },
    { ...least(), labels: { a: { b: canary } } },
    { ...least(), externalId: 'x'.repeat(30_000) },
  ];

  it.each(bad)('%# spoils no other', async (one) => {
    const alerts = [least(), one, least()];
    const answer = await post(alerts);
    expect([answer.status, ...statesOf(answer)]).toEqual([202, 'accepted', 'rejected', 'accepted']);
    const [first, refused, last] = answer.body.results;
    expect(refused.id).toBeUndefined();
    expect(refused.error).toMatchObject({ code: 'invalid', message: expect.stringMatching(/\.$/) });
    expect(answer.text).not.toContain(canary);
    for (const { id, externalId } of [first, last]) {
      expect((await server.get(`/alerts/${id}`)).body).toMatchObject({ id, externalId });
    }
    const again = await post(alerts);
    expect(statesOf(again)).toEqual(['duplicate', 'rejected', 'duplicate']);
    expect(again.body.results[1]).toEqual(refused);
  });

  it('500 of them are 500 refusals, and nothing is stored', async () => {
    const before = await server.count();
    const answer = await post(Array.from({ length: 500 }, (_, n) => bad[n % bad.length]));
    expect(answer.status).toBe(202);
    expect(new Set(statesOf(answer))).toEqual(new Set(['rejected']));
    expect(await server.count()).toBe(before);
  });
});

describe('the same alert twice in one request', () => {
  it('is stored once, under one id', async () => {
    const alert = least();
    const answer = await post([alert, least(), alert]);
    expect(statesOf(answer)).toEqual(['accepted', 'accepted', 'duplicate']);
    expect(idsOf(answer)[0]).toBe(idsOf(answer)[2]);
  });

  it('with another severity is a change of it, in the order of the request', async () => {
    const alert = least({ severity: 'low' });
    const answer = await post([alert, { ...alert, severity: 'critical' }, { ...alert, title: 'Other' }]);
    expect(statesOf(answer)).toEqual(['accepted', 'updated', 'updated']);
    const { body } = await server.get(`/alerts/${idsOf(answer)[0]}`);
    expect(body).toMatchObject({ revision: 3, title: 'Other', severity: 'low' });
    expect(body.revisions.map((one: { severity: string }) => one.severity)).toEqual(['low', 'critical']);
  });

  it('composed and decomposed letters are one id, capitals another (I-30)', async () => {
    const composed = 'caf\u00e9';
    const alerts = [composed, 'cafe\u0301', 'CAF\u00c9'].map((externalId) => least({ externalId }));
    const [first, second, third] = idsOf(await post(alerts));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('500 times at once by 8 senders is stored once', async () => {
    const alert = least();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(Array(500).fill(alert))));
    expect(new Set(answers.flatMap(idsOf)).size).toBe(1);
    const states = answers.flatMap(statesOf);
    expect(states.filter((state) => state === 'accepted')).toHaveLength(1);
    expect(states.filter((state) => state === 'duplicate')).toHaveLength(3_999);
  });
});

const titleOf = (alert: unknown) => (alert as { title: string }).title;

describe('what is acknowledged', () => {
  it('is stored, whatever comes beside it', async () => {
    const senders = Array.from({ length: 20 }, (_, sender) =>
      Array.from({ length: 50 }, (_, n) =>
        (sender + n) % 7 === 0 ? { bad: n } : least({ title: `t ${n}` }),
      ),
    );
    const answers = await Promise.all(senders.map(post));
    const acknowledged = answers.flatMap((answer, sender) =>
      answer.body.results.flatMap((result: { id?: string; externalId: string }, n: number) =>
        result.id === undefined ? [] : [{ ...result, title: titleOf(senders[sender]?.[n]) }],
      ),
    );
    const { rows } = await server.db.inWorkspace(server.workspaceId, (tx) =>
      tx.query('select id, external_id, title from alerts where id = any($1::bigint[])', [
        acknowledged.map(({ id }) => id),
      ]),
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    expect(byId.size).toBe(acknowledged.length);
    for (const { id, externalId, title } of acknowledged) {
      expect(byId.get(id)).toMatchObject({ external_id: externalId, title });
    }
  });
});

describe('organizations (I-24, decision 22)', () => {
  it.each([
    ['an unknown one', { externalId: 'nobody-knows' }],
    ['none', undefined],
    ['an empty one', {}],
    ['one of odd names', { name: '\u202E\0', domain: '\r\n' }],
  ])(
    '%s: the alert is taken, unassigned, and owes its ticket to the catch-all account',
    async (_name, organization) => {
      const answer = await post(least({ organization }));
      expect(answer.status).toBe(202);
      const { body } = await server.get(`/alerts/${idsOf(answer)[0]}`);
      expect(body.organization).toBeNull();
      expect(body.deliveries).toHaveLength(1);
      expect(body.deliveries[0].state).toBe('pending');
      expect(body.trace.length).toBeGreaterThan(0);
    },
  );

  it('a source that nobody has heard of is taken', async () => {
    expect((await post(least({ source: 'never-seen' }))).status).toBe(202);
  });
});

describe('other formats', () => {
  it.each(formatNames)(
    '%s: what is no alert of it is refused by itself, and repeats nothing',
    async (format) => {
      const body = JSON.stringify([{ canary }, null, 17, [canary]]);
      const sent = { path: `/intake/${format}`, headers: { 'content-type': 'application/json' }, body };
      const answer = await server.send(sent);
      expect(answer.status).toBe(202);
      expect(new Set(statesOf(answer))).toEqual(new Set(['rejected']));
      expect(answer.text).not.toContain(canary);
      expect((await server.send(sent)).text).toBe(answer.text);
    },
  );
});
