import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSecretBox, type SecretPlace } from './box.ts';
import type { MasterKey } from './master-keys.ts';

const oldKey: MasterKey = { id: 'old', key: randomBytes(32) };
const newKey: MasterKey = { id: 'new', key: randomBytes(32) };
const box = createSecretBox([oldKey], 'old');
const place: SecretPlace = { workspaceId: 'w1', connectionId: 'c1', field: 'password' };

describe('a sealed secret', () => {
  it.each(['hunter2', '', 'ü😀\n\0', 'x'.repeat(100_000)])('opens where it was sealed', (secret) => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, secret, dataKey);
    expect(box.open(place, sealed, dataKey)).toEqual({ ok: true, value: secret });
  });

  it('starts with its version and the id of its key, and does not show the secret', () => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    expect(dataKey).toMatch(/^k1\.old\.[\w-]{11}\.[\w-]+$/);
    expect(sealed.startsWith(`s1.${dataKey.split('.')[2]}.`)).toBe(true);
    expect(sealed).not.toContain('hunter2');
    expect(Buffer.from(sealed.split('.')[2]!, 'base64url').includes('hunter2')).toBe(false);
  });

  it.each<[string, Partial<SecretPlace>]>([
    ['connection', { connectionId: 'c2' }],
    ['field', { field: 'token' }],
    ['workspace and connection, run together', { workspaceId: 'w1c', connectionId: '1' }],
    ['connection and field, run together', { connectionId: 'c1p', field: 'assword' }],
    ['connection and field, with quotes', { connectionId: 'c1","password', field: '' }],
  ])('is refused at another %s', (_name, change) => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    expect(box.open({ ...place, ...change }, sealed, dataKey)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('is refused in another workspace, with either data key', () => {
    const [first, second] = [box.newDataKey('w1'), box.newDataKey('w2')];
    const sealed = box.seal(place, 'hunter2', first);
    const elsewhere = { ...place, workspaceId: 'w2' };
    expect(box.open(elsewhere, sealed, second)).toEqual({ ok: false, reason: 'unknownKey' });
    expect(box.open(elsewhere, sealed, first)).toEqual({ ok: false, reason: 'mismatch' });
    expect(box.open(place, sealed, second)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('is refused under another data key of the same workspace, also when it claims that key', () => {
    const [first, second] = [box.newDataKey('w1'), box.newDataKey('w1')];
    const sealed = box.seal(place, 'hunter2', first);
    const relabelled = sealed.replace(first.split('.')[2]!, second.split('.')[2]!);
    expect(box.open(place, sealed, second)).toEqual({ ok: false, reason: 'unknownKey' });
    expect(box.open(place, relabelled, second)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('is refused when any character of it or of its key is changed', () => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    for (const changed of everyChange(sealed)) expect(box.open(place, changed, dataKey).ok).toBe(false);
    for (const changed of everyChange(dataKey)) expect(box.open(place, sealed, changed).ok).toBe(false);
  });

  it('is refused when any byte of it is flipped', () => {
    const dataKey = box.newDataKey('w1');
    const [version, id, text] = box.seal(place, 'hunter2', dataKey).split('.');
    const bytes = Buffer.from(text!, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 1 << bit;
        const sealed = `${version}.${id}.${flipped.toString('base64url')}`;
        expect(box.open(place, sealed, dataKey)).toEqual({ ok: false, reason: 'mismatch' });
      }
    }
  });

  it('is refused when it or its key is cut or extended', () => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    for (let length = 0; length < sealed.length; length++) {
      expect(box.open(place, sealed.slice(0, length), dataKey).ok).toBe(false);
    }
    for (let length = 0; length < dataKey.length; length++) {
      expect(box.open(place, sealed, dataKey.slice(0, length)).ok).toBe(false);
    }
    for (const extra of ['A', '=', '.', ' ', '\n', '.A']) {
      expect(box.open(place, sealed + extra, dataKey).ok).toBe(false);
      expect(box.open(place, sealed, dataKey + extra).ok).toBe(false);
    }
  });

  it('never uses a nonce twice', () => {
    const dataKey = box.newDataKey('w1');
    const nonces = new Set<string>();
    for (let n = 0; n < 20_000; n++) nonces.add(box.seal(place, 'x', dataKey).split('.')[2]!.slice(0, 16));
    expect(nonces.size).toBe(20_000);
  });
});

describe('master keys', () => {
  it('that are wrong or missing open nothing', () => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    const wrong = createSecretBox([{ id: 'old', key: randomBytes(32) }], 'old');
    const other = createSecretBox([newKey], 'new');
    expect(wrong.open(place, sealed, dataKey)).toEqual({ ok: false, reason: 'mismatch' });
    expect(other.open(place, sealed, dataKey)).toEqual({ ok: false, reason: 'unknownKey' });
    expect(() => other.seal(place, 'hunter2', dataKey)).toThrow('unknownKey');
  });

  it('rotate: what was sealed stays readable, and after rewrapping the old key can go', () => {
    const dataKey = box.newDataKey('w1');
    const sealed = box.seal(place, 'hunter2', dataKey);
    const both = createSecretBox([newKey, oldKey], 'new');
    expect(both.open(place, sealed, dataKey)).toEqual({ ok: true, value: 'hunter2' });
    const rewrapped = both.rewrap('w1', dataKey);
    if (!rewrapped.ok) throw new Error(rewrapped.reason);
    expect(rewrapped.wrapped).toMatch(/^k1\.new\./);
    expect(both.rewrap('w1', rewrapped.wrapped)).toEqual(rewrapped);
    const onlyNew = createSecretBox([newKey], 'new');
    expect(onlyNew.open(place, sealed, rewrapped.wrapped)).toEqual({ ok: true, value: 'hunter2' });
    expect(onlyNew.rewrap('w1', dataKey)).toEqual({ ok: false, reason: 'unknownKey' });
    expect(both.rewrap('w2', dataKey)).toEqual({ ok: false, reason: 'mismatch' });
  });

  it('must hold the current one, with 32 bytes each', () => {
    expect(() => createSecretBox([oldKey], 'new')).toThrow('not among');
    expect(() => createSecretBox([{ id: 'a', key: randomBytes(16) }], 'a')).toThrow('32 bytes');
  });
});

/** Each character once replaced by its neighbour in the alphabet and once by a foreign one. */
function everyChange(text: string): string[] {
  return [...text].flatMap((character, at) =>
    [String.fromCharCode(character.charCodeAt(0) ^ 1), '*', ''].map(
      (replacement) => text.slice(0, at) + replacement + text.slice(at + 1),
    ),
  );
}

describe('a signature', () => {
  const signedAt = { workspaceId: 'w1', purpose: 'audit head' };
  const dataKey = box.newDataKey('w1');
  const signature = box.sign(signedAt, 'text', dataKey);

  it('is good for its text, place and data key, and for nothing else', () => {
    expect(box.isSigned(signedAt, 'text', signature, dataKey)).toBe(true);
    expect(box.isSigned(signedAt, 'texts', signature, dataKey)).toBe(false);
    expect(box.isSigned({ ...signedAt, purpose: 'other' }, 'text', signature, dataKey)).toBe(false);
    expect(box.isSigned(signedAt, 'text', signature, box.newDataKey('w1'))).toBe(false);
    expect(box.isSigned(signedAt, 'text', signature, box.newDataKey('w2'))).toBe(false);
    for (const other of ['', 'x', `${signature}x`, signature.slice(1)])
      expect(box.isSigned(signedAt, 'text', other, dataKey)).toBe(false);
  });

  it('stays good when the data key is rewrapped, and is neither made nor believed without its master key', () => {
    const both = createSecretBox([newKey, oldKey], 'new');
    const rewrapped = both.rewrap('w1', dataKey);
    if (!rewrapped.ok) throw new Error('the data key could not be rewrapped');
    const alone = createSecretBox([newKey], 'new');
    expect(alone.isSigned(signedAt, 'text', signature, rewrapped.wrapped)).toBe(true);
    expect(alone.isSigned(signedAt, 'text', signature, dataKey)).toBe(false);
    expect(() => alone.sign(signedAt, 'text', dataKey)).toThrow('cannot be opened');
  });
});
