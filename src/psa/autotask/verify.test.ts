import { describe, expect, it } from 'vitest';
import { simulatorPerTest } from './simulatorPerTest.ts';

const world = simulatorPerTest();

describe('verification (req 50, 51)', () => {
  const verify = async (change: Record<string, string> = {}) =>
    world.psa.adapter.open({ ...world.psa.credentials, ...change }, world.http.http).verify();

  it('says what is good on each line', async () => {
    const checks = await verify();
    expect(checks.map((check) => [check.key, check.ok])).toEqual([
      ['zone', true],
      ['login', true],
      ['Tickets.create', true],
      ['Tickets.query', true],
      ['TicketNotes.create', true],
      ['TicketNotes.query', true],
      ['Companies.query', true],
      ['Contacts.query', true],
      ['visibility', true],
    ]);
  });

  it('looks for contracts and services only where they are used', async () => {
    await world.psa.set({ rights: { Services: { query: false } } });
    const checks = await world.session.verify({ contracts: true });
    const lines = checks.filter(({ key }) => /^(Contracts|Services)/.test(key));
    expect(lines).toMatchObject([
      { key: 'Contracts.query', ok: true },
      { key: 'Services.query', ok: false, text: expect.stringContaining('security level') },
    ]);
    expect((await verify()).every(({ ok }) => ok)).toBe(true);
  });

  it.each([
    ['an unknown user', { username: 'nobody@msp.example' }, 'zone', 'API Username'],
    ['a wrong secret', { secret: 'not-this-one' }, 'login', 'API Password'],
    ['an unknown tracking identifier', { integrationCode: 'UNKNOWN0001' }, 'login', 'Tracking Identifier'],
  ])('stops at %s', async (_, change, line, words) => {
    const checks = await verify(change);
    expect(checks.at(-1)).toMatchObject({ key: line, ok: false, text: expect.stringContaining(words) });
    expect((await world.psa.calls()).length).toBeLessThanOrEqual(1);
  });

  it('stops at a locked user, with one call', async () => {
    await world.psa.set({ locked: true });
    expect((await verify()).at(-1)).toMatchObject({ key: 'login', ok: false });
    expect(await world.psa.refusedLogins()).toBe(1);
  });

  it('names each right that is missing, and goes on', async () => {
    await world.psa.set({ rights: { Tickets: { create: false }, Contacts: { query: false } } });
    const missing = (await verify()).filter((check) => !check.ok);
    expect(missing.map((check) => check.key)).toEqual(['Tickets.create', 'Contacts.query']);
    expect(missing[0]?.text).toContain('security level');
  });

  it('a write without the right is refused in words', async () => {
    await world.psa.set({ rights: { Tickets: { create: false } } });
    expect(await world.send()).toMatchObject({
      kind: 'refused',
      reason: 'invalid',
      text: expect.stringContaining('security level'),
    });
  });

  it('notices a security level that hides all companies', async () => {
    await world.psa.set({ restrictedRows: true });
    expect((await verify()).at(-1)).toMatchObject({ key: 'visibility', ok: false });
  });

  it('says so when Autotask cannot be reached', async () => {
    await world.psa.stop();
    const checks = await verify();
    expect(checks).toMatchObject([{ key: 'zone', ok: false, text: expect.stringContaining('not reached') }]);
  });
});
