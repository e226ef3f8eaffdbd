import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../http/fixtures/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

describe('the workspace', () => {
  it('starts with everything on', async () => {
    const { body } = await api.call('GET', '/workspaces/current', { key: api.keys.read });
    expect(body).toMatchObject({
      id: api.workspaceId,
      timeZone: 'UTC',
      newOrganizations: { enabled: true, tickets: true, email: true },
      wayOutMinutes: 10,
      retentionDays: 400,
    });
    expect((await api.call('GET', '/workspaces')).body).toEqual({ items: [body], nextCursor: null });
  });

  it('is changed in part, and new organizations start as it says', async () => {
    const body = { name: 'Acme IT', timeZone: 'Europe/Lisbon', newOrganizations: { tickets: false } };
    const changed = await api.call('PATCH', '/workspaces/current', { body });
    expect(changed.body).toMatchObject({
      name: 'Acme IT',
      timeZone: 'Europe/Lisbon',
      newOrganizations: { enabled: true, tickets: false, email: true },
    });
    const organization = await api.call('POST', '/organizations', { body: { name: 'New' } });
    expect(organization.body.delivery).toEqual({ enabled: true, tickets: false, email: true });
  });

  it('raises the settings version, so that everybody notices', async () => {
    const before = (await api.settings.get(api.workspaceId)).version;
    await api.call('PUT', '/workspaces/current', { body: { retentionDays: 30 } });
    const after = await api.db.inWorkspace(api.workspaceId, (tx) => api.settings.inStep(tx, api.workspaceId));
    expect(after.version).toBeGreaterThan(before);
    expect(after.workspace.retentionDays).toBe(30);
  });

  it('a change meant for another revision is refused', async () => {
    const { headers } = await api.call('GET', '/workspaces/current');
    const change = (tag: string) =>
      api.call('PATCH', '/workspaces/current', { body: { wayOutMinutes: 5 }, headers: { 'if-match': tag } });
    const first = await change(String(headers.etag));
    expect(first.status).toBe(200);
    const second = await change(String(headers.etag));
    expect([second.status, second.body.lastChange?.by]).toEqual([412, 'admin key']);
    expect((await change(String(first.headers.etag))).status).toBe(200);
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ timeZone: '+01:00' }, 'timeZone'],
    [{ wayOutMinutes: 0 }, 'wayOutMinutes'],
    [{ retentionDays: 1.5 }, 'retentionDays'],
    [{ newOrganizations: { sms: true } }, 'newOrganizations.sms'],
    [{ id: 'x' }, 'id'],
  ])('%j is refused', async (body, field) => {
    const answer = await api.call('PATCH', '/workspaces/current', { body });
    expect([answer.status, answer.body.errors[0].field]).toEqual([422, field]);
  });

  it('is changed by administrators only', async () => {
    const options = { key: api.keys.read, body: { name: 'x' } };
    expect((await api.call('PATCH', '/workspaces/current', options)).status).toBe(403);
  });

  it('of somebody else is not there', async () => {
    const headers = { 'herald-workspace': api.other.workspaceId };
    expect((await api.call('GET', '/workspaces/current', { headers })).status).toBe(404);
    expect((await api.call('GET', '/workspaces', { key: api.other.key })).body.items[0].name).toBe('Other');
  });
});
