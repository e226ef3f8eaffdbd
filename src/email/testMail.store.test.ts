/** Mail that is tried out: a marked test mail, and a preview that sends nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmailApi, startEmailApi } from './fixtures/emailApi.ts';
import { mailSettings } from './fixtures/mailSettings.ts';

let api: EmailApi;
beforeAll(async () => {
  api = await startEmailApi();
});
afterAll(() => api.close());
const { forget, local, put, run } = mailSettings(() => api);
beforeEach(forget);

describe('a test mail', () => {
  const test = (body: object, key = api.keys.admin) => api.call('POST', '/email/test', { body, key });

  it('goes the whole path to this address alone, in the format asked for', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const { id } = (await api.call('POST', '/organizations', { body: { name: 'Tested' } })).body;
    api.testMail.state = 'delivered';
    const { status, body } = await test({
      address: 'Ana@Northwind.example',
      as: 'organization',
      organizationId: id,
    });
    expect([status, body]).toEqual([
      200,
      {
        alertId: expect.any(String),
        deliveryId: expect.any(String),
        outcome: 'done',
        text: 'A mail server took the mail to ana@northwind.example. Whether it was read nobody knows.',
      },
    ]);
    const { rows } = await run('select channel_id, target, directed from deliveries where workspace_id = $1');
    expect(rows).toEqual([
      {
        channel_id: api.workspaceId,
        target: 'ana@northwind.example',
        directed: { address: 'Ana@northwind.example', scope: 'organization', organizationId: id },
      },
    ]);
  });

  it('says what became of it', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const order = { address: 'a@b.example', as: 'global' };
    expect((await test(order)).body).toMatchObject({ outcome: 'pending', text: 'It is on its way.' });
    Object.assign(api.testMail, { state: 'failed', problem: 'No such mailbox.' });
    expect((await test(order)).body).toMatchObject({ outcome: 'failed', text: 'No such mailbox.' });
  });

  it.each([
    [{ address: 'a@b@c.example', as: 'global' }, 422, 'address'],
    [{ address: 'a@b.example', as: 'organization' }, 422, 'organizationId'],
    [
      { address: 'a@b.example', as: 'organization', organizationId: '0b5a1f0e-0000-4000-8000-000000000000' },
      422,
      'organizationId',
    ],
  ])('%j is refused by its field', async (order, status, field) => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const answer = await test(order);
    expect([answer.status, answer.body.errors[0].field]).toEqual([status, field]);
  });

  it('is not sent while mail is not set up, nor for those who may only read', async () => {
    const order = { address: 'a@b.example', as: 'global' };
    expect((await test(order)).body.code).toBe('emailNotSetUp');
    expect((await test(order, api.keys.read)).status).toBe(403);
  });
});

describe('a preview', () => {
  const preview = (body: object) => api.call('POST', '/email/preview', { body, key: api.keys.read });

  it('is made of an example while there is no alert, with subjects that are not saved', async () => {
    const fresh = await startEmailApi();
    try {
      const body = { scope: 'global', globalSubject: '{{ organization.name }} / {{ alert.title }}' };
      const answer = await fresh.call('POST', '/email/preview', { body });
      expect(answer.body).toMatchObject({
        subject: 'Northwind Dental / Sign-in from an unusual country',
        alertId: null,
        text: expect.stringContaining('Sign-in from Lisbon'),
        html: expect.stringContaining('<html'),
      });
      const less = await fresh.call('POST', '/email/preview', {
        body: { ...body, respondEventDetail: false },
      });
      expect(less.body.text).not.toContain('Sign-in from Lisbon');
      expect((await fresh.call('GET', '/email/settings')).headers.etag).toBe('"0"');
    } finally {
      await fresh.close();
    }
  });

  it('is made of the newest alert, or of the one that is named', async () => {
    await put({ servers: [local()], fromAddress: 'a@msp.example' });
    const sent = await api.call('POST', '/email/test', { body: { address: 'a@b.example', as: 'global' } });
    const { alertId } = sent.body;
    for (const more of [{}, { alertId }]) {
      expect(
        (await preview({ scope: 'organization', organizationSubject: 'X {{ alert.title }}', ...more })).body,
      ).toMatchObject({
        subject: 'X Test mail from Herald',
        alertId,
      });
    }
  });

  it.each([
    [{ scope: 'global', globalSubject: '{{ alert.x }}' }, 422],
    [{ scope: 'global', alertId: '999999' }, 404],
    [{ scope: 'global', organizationId: '0b5a1f0e-0000-4000-8000-000000000000' }, 404],
    [{ scope: 'everybody' }, 422],
  ])('of %j is refused', async (body, status) => {
    expect((await preview(body)).status).toBe(status);
  });
});
