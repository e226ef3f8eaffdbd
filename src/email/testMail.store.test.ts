/** Mail that is tried out: a marked test mail, and a preview that sends nothing. */
import { randomBytes, randomUUID } from 'node:crypto';
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

  describe('that shows what a switch changes (req 115, 116)', () => {
    const stored = async (kind: string | undefined, events?: object[]): Promise<string> => {
      const named = { source: 'edr', externalId: randomUUID(), title: 'T', severity: 'high' };
      const body = { ...named, originalSeverity: 'high', flags: [], ...(kind && { rule: { kind } }), events };
      const { rows } = await run(
        `insert into alerts (workspace_id, id, dedup_key, body_hash, source, external_id, severity, title, body, trace)
         values ($1, nextval('alert_ids'), $2, '', 'edr', $3, 3, 'T', $4, '[]') returning id::text as id`,
        [randomBytes(32), named.externalId, JSON.stringify(body)],
      );
      return rows[0].id;
    };
    const chosen = async (differenceOf: string, more: object = {}): Promise<string> =>
      (await preview({ scope: 'global', differenceOf, ...more })).body.alertId;
    beforeEach(() => run('delete from alerts where workspace_id = $1'));

    it('is made of the newest alert that has such events, or of the one that is named if it has some', async () => {
      const events = [{ summary: 'Seen' }];
      const older = await stored(' Respond', events);
      const respond = await stored('respond', events);
      const ioc = await stored('ioc', events);
      const without = await stored('respond', []);
      const newest = await stored(undefined);
      expect(await chosen('respondEventDetail')).toBe(respond);
      expect(await chosen('respondEventDetail', { alertId: newest })).toBe(respond);
      expect(await chosen('respondEventDetail', { alertId: older })).toBe(older);
      expect(await chosen('iocEventDetail', { alertId: without })).toBe(ioc);
    });

    it('takes events of neither kind only while the other switch is off: then this one changes them', async () => {
      const neither = await stored(undefined, [{ summary: 'Seen' }]);
      const newest = await stored(undefined);
      expect(await chosen('iocEventDetail', { respondEventDetail: false })).toBe(neither);
      expect(await chosen('iocEventDetail', { respondEventDetail: true })).toBe(newest);
    });

    it('is made of the alert that was named, else of the newest, when none has such events', async () => {
      const named = await stored('respond');
      const newest = await stored(undefined);
      expect(await chosen('respondEventDetail')).toBe(newest);
      expect(await chosen('iocEventDetail', { alertId: named })).toBe(named);
    });
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
