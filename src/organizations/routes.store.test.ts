import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/types.ts';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';
import { findOrganization } from '../plan/index.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const make = async (body: object) => (await api.call('POST', '/organizations', { body })).body;

/** An unassigned alert as acceptance stores it; answers the reference that stands in. */
async function storeAlert(
  source: string,
  externalId: string,
  inWorkspace = api.workspaceId,
): Promise<string> {
  const alert: Alert = {
    source,
    externalId: `alert-${crypto.randomUUID()}`,
    title: 'Odd sign-in',
    severity: 'high',
    originalSeverity: 'high',
    organization: { externalId },
    flags: [],
  };
  return api.db.inWorkspace(inWorkspace, async (tx) => {
    const finding = findOrganization(alert, await api.settings.inStep(tx, inWorkspace));
    const reference = finding.kind === 'unassigned' ? finding.reference! : '';
    await tx.query(
      `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, unassigned_reference, severity,
                           title, body, trace)
       values ($1, nextval('alert_ids'), $2, '', $3, $4, $5, 3, $6, $7, '[]')`,
      [
        inWorkspace,
        Buffer.from(alert.externalId),
        source,
        alert.externalId,
        reference,
        alert.title,
        JSON.stringify(alert),
      ],
    );
    return reference;
  });
}

describe('an organization', () => {
  it('is made with references in either form, and answered in one', async () => {
    const body = {
      name: 'Northwind',
      externalRefs: ['org-17', { kind: 'domain', value: 'northwind.example', source: 'edr' }, 'org-17'],
      delivery: { email: false },
    };
    const answer = await api.call('POST', '/organizations', { body });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Northwind',
      externalRefs: [
        { kind: 'id', value: 'org-17' },
        { kind: 'domain', value: 'northwind.example', source: 'edr' },
      ],
      delivery: { enabled: true, tickets: true, email: false },
      connectionId: null,
      ticketTarget: null,
      hint: 'PSA & email has no effect yet: neither a PSA connection nor e-mail is set up.',
    });
    expect((await api.call('GET', `/organizations/${answer.body.id}`)).body).toEqual(answer.body);
  });

  it('is changed in part', async () => {
    const { id } = await make({ name: 'Contoso', externalRefs: ['c-1'] });
    const off = await api.call('PATCH', `/organizations/${id}`, { body: { delivery: { enabled: false } } });
    expect(off.body).toMatchObject({
      name: 'Contoso',
      externalRefs: [{ kind: 'id', value: 'c-1' }],
      delivery: { enabled: false, tickets: true, email: true },
    });
    const renamed = await api.call('PATCH', `/organizations/${id}`, {
      body: { name: 'Contoso Ltd', externalRefs: [] },
    });
    expect(renamed.body).toMatchObject({
      name: 'Contoso Ltd',
      externalRefs: [],
      delivery: { enabled: false },
    });
  });

  it('is planned with as soon as it was answered', async () => {
    const { id } = await make({ name: 'Fabrikam', externalRefs: ['f-1'] });
    const snapshot = await api.db.inWorkspace(api.workspaceId, (tx) =>
      api.settings.inStep(tx, api.workspaceId),
    );
    expect(snapshot.references.get('id|f-1')).toEqual([id]);
  });

  it('a change meant for another revision is refused', async () => {
    const { id } = await make({ name: 'Etag' });
    const { headers } = await api.call('GET', `/organizations/${id}`);
    const options = { body: { name: 'x' }, headers: { 'if-match': String(headers.etag) } };
    expect((await api.call('PATCH', `/organizations/${id}`, options)).status).toBe(200);
    const second = await api.call('PATCH', `/organizations/${id}`, options);
    expect([second.status, second.body.code]).toEqual([412, 'changedMeanwhile']);
    expect(second.body.lastChange).toEqual({ by: 'admin key', at: expect.any(String) });
    expect(second.body.detail).toMatch(/last by admin key on \d{4}-\d\d-\d\d at \d\d:\d\d UTC\./);
  });

  it('is removed, unless deliveries of it are open', async () => {
    const { id } = await make({ name: 'Gone' });
    expect((await api.call('DELETE', `/organizations/${id}`)).status).toBe(204);
    expect((await api.call('GET', `/organizations/${id}`)).status).toBe(404);
    const { id: busy } = await make({ name: 'Busy', externalRefs: ['busy-1'] });
    await storeAlert('edr', 'other');
    await api.db.inWorkspace(api.workspaceId, async (tx) => {
      const { rows } = await tx.query(
        'update alerts set organization_id = $1 where id = (select max(id) from alerts) returning id',
        [busy],
      );
      await tx.query(
        `insert into deliveries (workspace_id, id, alert_id, revision, channel_id, delivery_state, severity,
                                 settings_version, trace)
         values ($1, nextval('delivery_ids'), $2, 1, $3, 'pending', 3, 1, '[]')`,
        [api.workspaceId, rows[0].id, crypto.randomUUID()],
      );
    });
    const refused = await api.call('DELETE', `/organizations/${busy}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'deliveriesOpen']);
  });

  it.each([
    [{}, 'name'],
    [{ name: 'x', externalRefs: [{ kind: 'phone', value: '1' }] }, 'externalRefs[0].kind'],
    [{ name: 'x', externalRefs: [''] }, 'externalRefs[0]'],
    [{ name: 'x', delivery: { sms: true } }, 'delivery.sms'],
    [{ name: 'x', connectionId: crypto.randomUUID() }, 'connectionId'],
    [{ name: 'x', accountId: '1' }, 'accountId'],
  ])('%j is refused', async (body, field) => {
    const answer = await api.call('POST', '/organizations', { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, field]);
  });

  it('is changed by administrators only', async () => {
    const { id } = await make({ name: 'Safe' });
    const key = api.keys.read;
    expect((await api.call('GET', `/organizations/${id}`, { key })).status).toBe(200);
    expect((await api.call('POST', '/organizations', { key, body: { name: 'x' } })).status).toBe(403);
    expect((await api.call('PATCH', `/organizations/${id}`, { key, body: { name: 'x' } })).status).toBe(403);
    expect((await api.call('DELETE', `/organizations/${id}`, { key })).status).toBe(403);
    expect(
      (await api.call('POST', `/organizations/${id}/assign`, { key, body: { reference: 'x' } })).status,
    ).toBe(403);
  });

  it('of another workspace is not there', async () => {
    const { id } = await make({ name: 'Ours' });
    const key = api.other.key;
    const name = { name: 'x' };
    expect((await api.call('GET', `/organizations/${id}`, { key })).status).toBe(404);
    expect((await api.call('PATCH', `/organizations/${id}`, { key, body: name })).status).toBe(404);
    expect((await api.call('DELETE', `/organizations/${id}`, { key })).status).toBe(404);
    expect((await api.call('GET', '/organizations', { key })).body.items).toEqual([]);
  });
});

describe('the list', () => {
  it('is sorted by name, searched, and paged without gaps', async () => {
    const { body: made } = await api.call('GET', '/organizations?limit=200');
    for (const name of ['zeta 1', 'Zeta 2', 'zeta 3']) await make({ name, externalRefs: [`ref-${name}`] });
    const names: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.call('GET', `/organizations?q=ZETA&limit=2${cursor}`);
      names.push(...body.items.map((item: { name: string }) => item.name));
      cursor = body.nextCursor ? `&cursor=${body.nextCursor}` : '';
    } while (cursor !== '');
    expect(names).toEqual(['zeta 1', 'Zeta 2', 'zeta 3']);
    expect((await api.call('GET', '/organizations?q=ref-zeta%202')).body.items).toHaveLength(1);
    expect((await api.call('GET', '/organizations?limit=200')).body.items).toHaveLength(
      made.items.length + 3,
    );
  });

  it('a cursor of another list is refused', async () => {
    const { body } = await api.call('GET', '/api-keys?limit=1');
    const answer = await api.call('GET', `/organizations?cursor=${body.nextCursor}`);
    expect([answer.status, answer.body.code]).toEqual([400, 'invalidCursor']);
  });
});

describe('unassigned references', () => {
  it('are listed with their alerts, and leave the list when assigned', async () => {
    await storeAlert('edr', 'stranger-1');
    const reference = await storeAlert('edr', 'stranger-1');
    await storeAlert('mail', 'stranger-1');
    const listed = await api.call('GET', '/organizations/unassigned', { key: api.keys.read });
    expect(listed.body.items).toMatchObject([
      { kind: 'id', value: 'stranger-1', source: 'mail', alerts: 1 },
      { kind: 'id', value: 'stranger-1', source: 'edr', alerts: 2, reference },
    ]);
    const { id } = await make({ name: 'Stranger' });
    const assigned = await api.call('POST', `/organizations/${id}/assign`, { body: { reference } });
    expect(assigned.body.externalRefs).toEqual([{ kind: 'id', value: 'stranger-1', source: 'edr' }]);
    const left = await api.call('GET', '/organizations/unassigned');
    expect(left.body.items.map((item: { source: string }) => item.source)).toEqual(['mail']);
    const again = await api.call('POST', `/organizations/${id}/assign`, { body: { reference } });
    expect(again.body.externalRefs).toHaveLength(1);
  });

  it('are paged', async () => {
    await storeAlert('pages', 'p-1');
    await storeAlert('pages', 'p-2');
    const first = await api.call('GET', '/organizations/unassigned?limit=1');
    const second = await api.call('GET', `/organizations/unassigned?limit=1&cursor=${first.body.nextCursor}`);
    expect([first.body.items[0].value, second.body.items[0].value]).toEqual(['p-2', 'p-1']);
  });

  it('that no alert has, or only one of another workspace, cannot be assigned', async () => {
    const reference = await storeAlert('edr', 'theirs', api.other.workspaceId);
    const { id } = await make({ name: 'Nobody' });
    const answer = await api.call('POST', `/organizations/${id}/assign`, { body: { reference } });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, 'reference']);
  });
});
