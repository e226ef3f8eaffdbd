/** People with a second factor, and proofs that have grown old. */
import { expect } from 'vitest';
import { type Browser, password, type TestHerald } from './herald.ts';
import { totpOf } from './totp.ts';

export type Member = Browser & { userId: string; email: string };

/** Sets an authenticator up; answers its address and the backup codes. The session has shown it. */
export async function setUp(member: Member): Promise<{ address: string; backupCodes: string[] }> {
  const begun = await member.call('POST', '/api/auth/two-factor/enable', { body: { password } });
  expect([begun.status, begun.text]).toEqual([200, expect.stringContaining('otpauth://')]);
  const { totpURI: address, backupCodes } = begun.body;
  const shown = await member.call('POST', '/api/auth/two-factor/verify-totp', {
    body: { code: totpOf(address) },
  });
  expect([shown.status, shown.text]).toEqual([200, expect.not.stringContaining('token')]);
  return { address, backupCodes };
}

/** Asks for something that everybody may see who is let in. */
export const read = (browser: Browser) => browser.call('GET', '/api/v1/alerts');

export const codeOf = ({ status, body }: { status: number; body?: { code?: string } }) => [
  status,
  body?.code,
];

/** As if the last proof was long ago. */
export async function grow(herald: TestHerald, { userId }: Member): Promise<void> {
  const old = `update sessions set proven_at = now() - interval '11 minutes' where user_id = $1`;
  await herald.admin.query(old, [userId]);
  await forgotten(herald);
}

/** What the gate knows is at most 2 s old; somebody who signs out makes it ask anew. */
export async function forgotten(herald: TestHerald): Promise<void> {
  const other = await herald.signedIn('viewer');
  await other.call('POST', '/api/auth/sign-out', { body: {} });
}
