import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHerald, password, type TestHerald } from './herald.ts';

let herald: TestHerald;
beforeAll(async () => {
  herald = await openHerald();
  await herald.demandSecondFactor(false);
});
afterAll(() => herald.close());

describe('signing in', () => {
  it('shows who one is, and lets in', async () => {
    const ana = herald.browser();
    await herald.addPerson('ana@msp.example', 'operator');
    expect((await ana.call('GET', '/api/session')).body).toMatchObject({ signedIn: null });
    const answer = await ana.signIn('Ana@MSP.example');
    expect([answer.status, answer.body.token]).toEqual([200, undefined]);
    expect((await ana.call('GET', '/api/session')).body).toEqual({
      signedIn: {
        user: { id: expect.any(String), name: 'ana', email: 'ana@msp.example' },
        workspace: { id: herald.workspaceId, name: 'Default' },
        workspaces: [{ id: herald.workspaceId, name: 'Default', role: 'operator' }],
        role: 'operator',
        secondFactor: { isDemanded: false, isSet: false },
      },
      options: { isFirstStart: false, demo: null, passkeys: false, singleSignOn: [] },
    });
    expect((await ana.call('GET', '/api/v1/alerts')).status).toBe(200);
    expect((await ana.call('GET', '/api/v1/users')).status).toBe(403);
  });

  it.each([
    ['70 signs that are two units each', '🦉'.repeat(35) + '🦆'.repeat(35)],
    ['128 of them', `${'🦉🐝'.repeat(63)}🦆🐝`],
  ])('works with a password of %s', async (_name, newPassword) => {
    const person = await herald.signedIn('viewer');
    const body = { currentPassword: password, newPassword };
    expect((await person.call('PUT', '/api/session/password', { body })).status).toBe(204);
    const again = herald.browser();
    expect((await again.signIn(person.email, newPassword)).status).toBe(200);
    const confirmed = await again.call('POST', '/api/session/confirm', { body: { password: newPassword } });
    expect(confirmed.status).toBe(204);
  });

  it('is logged, and so is every refusal, without passwords and addresses of mail', async () => {
    const since = herald.lines.length;
    const bo = herald.browser();
    const userId = await herald.addPerson('bo@msp.example', 'viewer');
    await bo.signIn('bo@msp.example', 'a password that is wrong');
    await bo.signIn('bo@msp.example');
    await bo.call('GET', '/api/v1/users');
    await bo.call('POST', '/api/session/confirm', { body: { password: 'a password that is wrong' } });
    await bo.call('PATCH', '/api/session/profile', {
      body: { name: 'B' },
      headers: { origin: 'https://evil.example' },
    });
    const lines = herald.lines.slice(since);
    expect(lines.map(({ msg, code, reason }) => [msg, code ?? reason])).toEqual([
      ['access.signIn.refused', 'INVALID_EMAIL_OR_PASSWORD'],
      ['access.refused', 'wrongCredentials'],
      ['access.signedIn', undefined],
      ['access.refused', 'forbidden'],
      ['access.confirm.refused', undefined],
      ['access.refused', 'foreignOrigin'],
    ]);
    expect(lines[2]).toMatchObject({ userId, ip: '127.0.0.1', time: expect.anything() });
    expect(lines[3]).toMatchObject({ userId });
    expect(JSON.stringify(lines)).not.toMatch(/is wrong|bo@|lamp/);
  });
});
