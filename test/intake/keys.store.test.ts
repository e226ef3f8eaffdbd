/** Who may send and read (promises I-24), and Idempotency-Key (promise P2). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canary, expectProblem } from './expectations.ts';
import { type IntakeServer, least, startIntake } from './server.ts';

let server: IntakeServer;
beforeAll(async () => {
  server = await startIntake();
});
afterAll(() => server.close());

const json = { 'content-type': 'application/json' };
const text = (members?: Record<string, unknown>) => JSON.stringify(least(members));

describe('scopes', () => {
  it('an intake key may send and not read', async () => {
    const key = server.keys.intake;
    const sent = await server.send({ path: '/alerts', key, headers: json, body: text() });
    expect(sent.status).toBe(202);
    for (const path of ['/alerts', `/alerts/${sent.body.results[0].id}`, '/deliveries', '/deliveries/1']) {
      expectProblem(await server.send({ method: 'GET', path, key }), 403, 'forbidden');
    }
  });

  it('a read key may read and not send, retry or discard', async () => {
    const key = server.keys.read;
    const before = await server.count();
    for (const path of ['/alerts', '/intake/ocsf', '/deliveries/1/retry', '/deliveries/1/discard']) {
      expectProblem(await server.send({ path, key, headers: json, body: text() }), 403, 'forbidden');
    }
    expect(await server.count()).toBe(before);
    expect((await server.send({ method: 'GET', path: '/alerts', key })).status).toBe(200);
  });

  it('an intake key may neither retry nor discard', async () => {
    for (const what of ['retry', 'discard']) {
      const path = `/deliveries/1/${what}`;
      expectProblem(await server.send({ path, key: server.keys.intake }), 403, 'forbidden');
    }
  });

  it('are judged before the body is looked at', async () => {
    const sent = { path: '/alerts', key: server.keys.read, headers: json, body: canary };
    expectProblem(await server.send(sent), 403, 'forbidden');
  });
});

describe('keys that are none', () => {
  it('unknown, malformed, revoked and absent ones get the same words', async () => {
    const revoked = await server.makeKey('intake');
    const post = (headers: Record<string, string>) =>
      server.send({ path: '/alerts', headers: { ...json, ...headers }, body: text() });
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    expect((await post(bearer(revoked.key))).status).toBe(202);
    await server.revoke(revoked.id);
    const before = await server.count();
    const answers = await Promise.all(
      [
        bearer(revoked.key),
        bearer(`hrld_${randomBytes(32).toString('base64url')}`),
        bearer(`${server.keys.intake}x`),
        bearer(server.keys.intake.toUpperCase()),
        bearer(canary),
        bearer(''),
        { authorization: `Basic ${server.keys.intake}` },
        { authorization: server.keys.intake },
        { authorization: '' },
        bearer("' or 1=1"),
        bearer('x'.repeat(10_000)),
      ].map(post),
    );
    for (const answer of answers) expectProblem(answer, 401, 'unauthorized');
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer realm="herald"');
    expect(await server.count()).toBe(before);
  });

  it('no header at all is the same', async () => {
    const headers = { ...json, authorization: 'x' };
    expectProblem(await server.send({ path: '/alerts', headers, body: text() }), 401, 'unauthorized');
  });

  it('are never in the log', () => {
    const lines = server.logLines.join('');
    expect(lines).toContain('access.refused');
    expect(lines).not.toContain('hrld_');
    expect(lines).not.toContain(canary);
  });
});

describe('another workspace', () => {
  it('that does not exist and one that is not ours are the same', async () => {
    const get = (workspace: string) =>
      server.send({ method: 'GET', path: '/alerts', headers: { 'herald-workspace': workspace } });
    const answers = await Promise.all(
      [server.otherWorkspaceId, 'b2b0a5c0-0000-7000-8000-000000000001', canary, "' or 1=1"].map(get),
    );
    for (const answer of answers) expectProblem(answer, 404, 'notFound');
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect((await get(server.workspaceId)).status).toBe(200);
  });

  it('has alerts that do not exist here, and the same id there is another alert', async () => {
    const foreign = await server.makeKey('admin', { workspaceId: server.otherWorkspaceId });
    const alert = least();
    const ours = await server.post(JSON.stringify(alert));
    const sent = { path: '/alerts', key: foreign.key, headers: json, body: JSON.stringify(alert) };
    const theirs = await server.send(sent);
    expect([theirs.status, theirs.body.results[0].status]).toEqual([202, 'accepted']);
    const path = `/alerts/${theirs.body.results[0].id}`;
    const absent = await server.get('/alerts/999999999');
    expect((await server.get(path)).text).toBe(absent.text);
    expectProblem(absent, 404, 'notFound');
    expect((await server.send({ method: 'GET', path, key: foreign.key })).status).toBe(200);
    expect(ours.body.results[0].id).not.toBe(theirs.body.results[0].id);
  });
});

describe('a key with a source of its own', () => {
  it('makes it the source of every alert; what the sender said stays', async () => {
    const { key } = await server.makeKey('intake', { source: 'siem-1' });
    const absent = least();
    delete absent.source;
    const alerts = [least({ source: 'edr' }), absent, least({ source: 17 })];
    const answer = await server.send({ path: '/alerts', key, headers: json, body: JSON.stringify(alerts) });
    expect(answer.status).toBe(202);
    const shown = await Promise.all(
      answer.body.results.map(({ id }: { id: string }) => server.get(`/alerts/${id}`)),
    );
    expect(shown.map(({ body }) => [body.source, body.alert.source, body.alert.raw?.source])).toEqual([
      ['siem-1', 'siem-1', 'edr'],
      ['siem-1', 'siem-1', undefined],
      ['siem-1', 'siem-1', 17],
    ]);
  });

  it('keeps its alerts apart from those of others', async () => {
    const { key } = await server.makeKey('intake', { source: 'siem-2' });
    const alert = text();
    const [ours, theirs] = [
      await server.post(alert),
      await server.send({ path: '/alerts', key, headers: json, body: alert }),
    ];
    expect(theirs.body.results[0].status).toBe('accepted');
    expect(theirs.body.results[0].id).not.toBe(ours.body.results[0].id);
  });
});

describe('Idempotency-Key', () => {
  const postOnce = (key: string, body: string, path = '/alerts') =>
    server.send({ path, headers: { ...json, 'idempotency-key': key }, body });

  it('the same request again is answered with the same bytes, and stores nothing', async () => {
    const body = JSON.stringify([least(), { bad: true }, least()]);
    const first = await postOnce('once', body);
    const before = await server.count();
    const again = await postOnce('once', body);
    expect([again.status, again.text]).toEqual([202, first.text]);
    expect(await server.count()).toBe(before);
  });

  it('with another body is refused', async () => {
    const first = await postOnce('reused', text());
    expect(first.status).toBe(202);
    const before = await server.count();
    expectProblem(await postOnce('reused', text()), 409, 'idempotencyKeyReused');
    expect(await server.count()).toBe(before);
  });

  it('with the same body for another format is another request', async () => {
    const body = text();
    expect((await postOnce('formats', body)).status).toBe(202);
    expectProblem(await postOnce('formats', body, '/intake/ocsf'), 409, 'idempotencyKeyReused');
  });

  it('of another workspace is another key', async () => {
    const foreign = await server.makeKey('intake', { workspaceId: server.otherWorkspaceId });
    await postOnce('shared', text());
    const headers = { ...json, 'idempotency-key': 'shared' };
    const answer = await server.send({ path: '/alerts', key: foreign.key, headers, body: text() });
    expect(answer.status).toBe(202);
  });

  it('is free again after 24 hours', async () => {
    await postOnce('old', text());
    await server.db.inWorkspace(server.workspaceId, (tx) =>
      tx.query(`update idempotency_keys set created_at = created_at - interval '24 hours 1 second'`),
    );
    expect((await postOnce('old', text())).status).toBe(202);
  });

  it('is kept for 24 hours', async () => {
    await postOnce('fresh', text());
    await server.db.inWorkspace(server.workspaceId, (tx) =>
      tx.query(`update idempotency_keys set created_at = created_at - interval '23 hours 59 minutes'`),
    );
    expectProblem(await postOnce('fresh', text()), 409, 'idempotencyKeyReused');
  });

  it('sent many times at once is one alert', async () => {
    const body = text();
    const answers = await Promise.all(Array.from({ length: 12 }, () => postOnce('at once', body)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.results[0].id)).size).toBe(1);
  });

  it('of a request that was refused gives the same refusal again', async () => {
    for (const body of [canary, '{"title":1}', '[]']) {
      const first = await postOnce(`refused ${body.length}`, body);
      const again = await postOnce(`refused ${body.length}`, body);
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(first.status).toBeGreaterThanOrEqual(400);
      expect(first.text).not.toContain(canary);
    }
  });

  it.each(['', ' ', 'x'.repeat(256)])('of the wrong length is refused: %#', async (key) => {
    expectProblem(await postOnce(key, text()), 400, 'invalidIdempotencyKey');
  });

  it.each(['x'.repeat(255), 'é', "' or 1=1", '../../x'])('of any other characters works: %#', async (key) => {
    const body = text();
    const first = await postOnce(key, body);
    expect(first.status).toBe(202);
    expect((await postOnce(key, body)).text).toBe(first.text);
  });
});
