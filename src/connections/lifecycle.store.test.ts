import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockVersion } from '../settings/index.ts';
import {
  type ConnectionApi,
  fieldsOf,
  goodCredentials,
  path,
  startConnectionApi,
} from './fixtures/connectionApi.ts';

let api: ConnectionApi;
beforeAll(async () => {
  api = await startConnectionApi();
});
afterAll(() => api.close());

async function storeDelivery(connectionId: string, state = 'pending'): Promise<string> {
  const { rows } = await api.db.inWorkspace(api.workspaceId, (tx) =>
    tx.query(
      `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                               settings_version, trace)
       values ($1, nextval('delivery_ids'), nextval('alert_ids'), 1, $2, $3, 3, 1, '[]') returning id`,
      [api.workspaceId, connectionId, state],
    ),
  );
  return rows[0].id;
}

async function deliveryOf(id: string): Promise<[string, string | null]> {
  const { rows } = await api.db.inWorkspace(api.workspaceId, (tx) =>
    tx.query('select delivery_state, reason from deliveries where id = $1', [id]),
  );
  return [rows[0].delivery_state, rows[0].reason];
}

describe('finish, pause, resume, removal', () => {
  it('an incomplete connection names step and field', async () => {
    const id = await api.connect();
    const answer = await api.call('POST', path(id, '/finish'), { body: {} });
    expect(answer.status).toBe(422);
    const fields = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toContain('accounts.catchAllAccountId');
    expect(fields).toContain('tickets.ticketQueue');
  });

  it('the number of unmapped organizations is confirmed once; the first finished is the default', async () => {
    await api.organization('Unmapped');
    const id = await api.complete('First');
    const { body } = await api.call('GET', path(id, '/mappings'));
    const refused = await api.call('POST', path(id, '/finish'));
    expect([refused.status, refused.body.code]).toEqual([409, 'unmappedOrganizations']);
    expect(refused.body.errors[0].count).toBe(body.unmappedOrganizations);
    expect(refused.body.detail).toContain(String(body.unmappedOrganizations));
    const wrong = await api.call('POST', path(id, '/finish'), {
      body: { confirmUnmapped: body.unmappedOrganizations + 1 },
    });
    expect(wrong.status).toBe(409);
    const done = await api.call('POST', path(id, '/finish'), {
      body: { confirmUnmapped: body.unmappedOrganizations },
    });
    expect(done.body).toMatchObject({ status: 'active', isDefault: true });
    const second = await api.complete('Second');
    const other = await api.call('POST', path(second, '/finish'), { body: { confirmUnmapped: true } });
    expect(other.body).toMatchObject({ status: 'active', isDefault: false });
    const target = (await api.call('GET', '/organizations?q=Unmapped')).body.items[0];
    expect(target).toMatchObject({
      hint: null,
      ticketTarget: { connectionId: id, accountName: 'Catch & Co', isCatchAll: true },
    });
    await api.call('PATCH', path(second), { body: { isDefault: true } });
    expect([(await api.get(id)).isDefault, (await api.get(second)).isDefault]).toEqual([false, true]);
    expect((await api.call('DELETE', path(second))).body.code).toBe('isDefault');
    await api.call('PATCH', path(id), { body: { isDefault: true } });
    expect((await api.call('DELETE', path(second))).status).toBe(204);
    expect((await api.call('GET', path(second))).status).toBe(404);
  });

  it('a pause keeps the settings; what is held has to be spoken for', async () => {
    const id = await api.activate();
    const waits = await storeDelivery(id);
    const paused = await api.call('POST', path(id, '/pause'), { body: { reason: 'Maintenance' } });
    expect(paused.body).toMatchObject({ status: 'paused', pauseReason: 'Maintenance' });
    expect((await api.get(id)).counts).toEqual({ waiting: 0, held: 1, failed: 0 });
    expect(await deliveryOf(waits)).toEqual(['held', 'pause']);
    expect((await api.call('POST', path(id, '/resume'))).body.code).toBe('heldDeliveries');
    const resumed = await api.call('POST', path(id, '/resume'), { body: { held: 'deliver' } });
    expect([resumed.body.status, resumed.body.pauseReason]).toEqual(['active', null]);
    expect(await deliveryOf(waits)).toEqual(['pending', null]);
    expect(api.woken.at(-1)).toBe(id);
    await api.call('POST', path(id, '/pause'));
    await api.call('POST', path(id, '/resume'), { body: { held: 'leave' } });
    expect(await deliveryOf(waits)).toEqual(['skipped', 'pause']);
  });

  it('what was held for credentials is not touched by a pause, and goes on with good ones', async () => {
    const id = await api.activate();
    const waits = await storeDelivery(id);
    await api.connections.stop(api.workspaceId, id, 'The PSA refuses the login.');
    expect(await deliveryOf(waits)).toEqual(['held', 'credentials']);
    expect((await api.get(id)).health).toMatchObject({
      state: 'attention',
      reason: 'The PSA refuses the login.',
    });
    await api.call('POST', path(id, '/pause'));
    expect((await api.call('POST', path(id, '/resume'))).body.status).toBe('active');
    expect(await deliveryOf(waits)).toEqual(['held', 'credentials']);
    expect((await api.call('POST', path(id, '/verify'))).body.ok).toBe(true);
    expect(await deliveryOf(waits)).toEqual(['pending', null]);
    expect((await api.get(id)).health).toEqual({ state: 'ok' });
  });

  it('stopped once more, it holds what has come back since', async () => {
    const id = await api.activate();
    const stop = () => api.connections.stop(api.workspaceId, id, 'The PSA refuses the login.');
    await stop();
    const late = await storeDelivery(id);
    await stop();
    expect(await deliveryOf(late)).toEqual(['held', 'credentials']);
  });

  it('finished, it has a lease that the sweep of any worker finds', async () => {
    const leases = async (id: string) =>
      (
        await api.db.unfenced((tx) =>
          tx.query('select epoch, holder from leases where channel_id = $1', [id]),
        )
      ).rows;
    const id = await api.complete();
    expect(await leases(id)).toEqual([]);
    await api.call('POST', path(id, '/finish'), { body: { confirmUnmapped: true } });
    expect(await leases(id)).toEqual([{ epoch: '0', holder: null }]);
  });

  it('a late refusal of the old credentials stops nothing, and what it held goes on', async () => {
    const id = await api.activate();
    const revision = async () => (await api.connections.open(api.workspaceId, id))?.revision;
    const old = await revision();
    await api.call('PUT', path(id, '/steps/credentials'), { body: goodCredentials });
    const held = await storeDelivery(id, 'held');
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(`update deliveries set reason = 'credentials' where id = $1`, [held]),
    );
    await api.connections.stop(api.workspaceId, id, 'The old password is refused.', old);
    expect((await api.get(id)).health).toEqual({ state: 'ok' });
    expect(await deliveryOf(held)).toEqual(['pending', null]);
    await api.connections.stop(api.workspaceId, id, 'The new password is refused.', await revision());
    expect((await api.get(id)).health).toMatchObject({ reason: 'The new password is refused.' });
    expect(await deliveryOf(held)).toEqual(['held', 'credentials']);
    expect((await api.connections.open(api.workspaceId, id))?.needsPerson).toBe(true);
  });

  it('counts what is being sent by its attempt', async () => {
    const id = await api.activate();
    const sent = await storeDelivery(id, 'sending');
    await api.db.inWorkspace(api.workspaceId, async (tx) => {
      await tx.query(
        `insert into writes (workspace_id, id, connection_id, group_id, generation, seq, write_kind, write_key,
                             delivery_ids, draft, trace)
         values ($1, $3::bigint, $2, $3::bigint, 1, 1, 'ticket', 'k', array[$3::bigint], '{}', '[]')`,
        [api.workspaceId, id, sent],
      );
      await tx.query(
        `insert into attempts (workspace_id, write_id, n, connection_id, epoch, attempt_state)
         values ($1, $3::bigint, 1, $2, 1, 'sending')`,
        [api.workspaceId, id, sent],
      );
    });
    expect((await api.get(id)).counts).toEqual({ waiting: 1, held: 0, failed: 0 });
    expect((await api.call('DELETE', path(id, '?force=true'))).body.code).toBe('deliveriesUnderWay');
  });

  it('is not removed while deliveries wait, unless they are given up, and never while one is under way', async () => {
    const id = await api.activate('Removed');
    const waits = await storeDelivery(id);
    const refused = await api.call('DELETE', path(id));
    expect([refused.status, refused.body.code]).toEqual([409, 'deliveriesOpen']);
    expect(refused.body.errors).toMatchObject([{ field: 'force', count: 1 }]);
    const underWay = await storeDelivery(id, 'uncertain');
    expect((await api.call('DELETE', path(id, '?force=true'))).body.code).toBe('deliveriesUnderWay');
    await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query(`update deliveries set delivery_state = 'delivered' where id = $1`, [underWay]),
    );
    expect((await api.call('DELETE', path(id, '?force=true'))).status).toBe(204);
    expect(await deliveryOf(waits)).toEqual(['skipped', 'connectionRemoved']);
  });

  it('gives up what waits before the removal shuts out the intake', async () => {
    const id = await api.activate('Removed while alerts come');
    const waits = await storeDelivery(id);
    let removing: ReturnType<typeof api.call> | undefined;
    // As an alert that is being accepted: no change of settings commits meanwhile.
    await api.db.inWorkspace(api.workspaceId, async (tx) => {
      await lockVersion(tx, api.workspaceId);
      removing = api.call('DELETE', path(id, '?force=true'));
      await expect.poll(() => deliveryOf(waits)).toEqual(['skipped', 'connectionRemoved']);
      expect((await api.get(id)).name).toBe('Removed while alerts come');
    });
    expect((await removing)?.status).toBe(204);
  });

  it('a change meant for another revision is refused', async () => {
    const id = await api.draft();
    const { headers } = await api.call('GET', path(id));
    const options = { body: { name: 'Renamed' }, headers: { 'if-match': String(headers.etag) } };
    expect((await api.call('PATCH', path(id), options)).status).toBe(200);
    const second = await api.call('PATCH', path(id), options);
    expect([second.status, second.body.lastChange?.by]).toEqual([412, 'admin key']);
  });
});

describe('trying out', () => {
  const alert = {
    source: 'edr',
    externalId: 'e1',
    title: 'Odd sign-in',
    severity: 'high',
    user: { email: 'ana@x.example' },
    organization: { externalId: 'unknown-1' },
  };

  it('a preview says in words what would happen, also for a draft', async () => {
    const id = await api.complete();
    const answer = await api.call('POST', path(id, '/preview'), { key: api.keys.read, body: { alert } });
    expect(answer.status).toBe(200);
    expect(answer.body.ticket.title).toBe('Security alerts for ana@x.example');
    expect(answer.body).toMatchObject({ accountId: '201', priority: '1', grouping: { alone: false } });
    expect(answer.body.words.length).toBeGreaterThan(1);
  });

  it.each([
    [{}, 422, 'alert'],
    [{ alert: { title: 'x' } }, 422, 'alert.source'],
    [{ alertId: '1', alert }, 422, 'alert'],
  ])('%j is no preview', async (body, status, field) => {
    const answer = await api.call('POST', path(await api.connect(), '/preview'), { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
  });

  it('an alert that is not there has none', async () => {
    expect(
      (await api.call('POST', path(await api.connect(), '/preview'), { body: { alertId: '999' } })).status,
    ).toBe(404);
  });

  it('a test ticket goes to an account that exists, from a complete connection', async () => {
    const body = { accountId: '202', contactId: '31002' };
    const test = async (id: string, order: object = body) =>
      api.call('POST', path(id, '/test-ticket'), { body: order });
    expect((await test(await api.connect())).status).toBe(422);
    expect((await test(await api.complete())).body.code).toBe('notFinished');
    const id = await api.activate();
    const sent = await test(id);
    expect(sent.body).toEqual({ outcome: 'pending', alertId: expect.any(String), text: 'It is on its way.' });
    const { rows } = await api.db.inWorkspace(api.workspaceId, (tx) =>
      tx.query('select channel_id, directed from deliveries where alert_id = $1', [sent.body.alertId]),
    );
    expect(rows).toEqual([{ channel_id: id, directed: { accountId: '202', contactId: '31002' } }]);
    expect(fieldsOf(await test(id, { accountId: '999999' }))).toEqual([['accountId', 'notFound']]);
    expect(fieldsOf(await test(id, { ...body, contactId: '31001' }))).toEqual([['contactId', 'notFound']]);
    api.testTicket.problem = 'The queue does not exist.';
    expect((await test(id)).body).toMatchObject({ outcome: 'failed', text: 'The queue does not exist.' });
    await api.call('POST', path(id, '/pause'));
    expect((await test(id)).body.code).toBe('paused');
  });
});
