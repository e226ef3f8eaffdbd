import { describe, expect, it } from 'vitest';
import { parseMasterKeys } from './master-keys.ts';

const HEX = '8f1c2a7be04d95636b0e57f1a9c83d2415ddb6f07e92c4a83b5f60817a2ce94d';
const BASE64 = Buffer.from(HEX, 'hex').toString('base64');
const TEXT = 'correct horse battery staple, said Ada'.replace(',', '');

function keysOf(text: string) {
  const parsed = parseMasterKeys(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.keys;
}

describe('HERALD_SECRET_KEY', () => {
  it.each([
    ['hex', HEX],
    ['hex in capitals', HEX.toUpperCase()],
    ['base64', BASE64],
    ['base64 without padding', BASE64.slice(0, -1)],
    ['base64url', Buffer.from(HEX, 'hex').toString('base64url')],
    ['with space around it', ` ${HEX}\n`],
  ])('takes 32 bytes as they are: %s', (_name, text) => {
    expect(keysOf(text)[0].key.toString('hex')).toBe(HEX);
  });

  it('stretches any other text to 32 bytes, always the same', () => {
    const [key] = keysOf(TEXT);
    expect(key.key).toHaveLength(32);
    expect(keysOf(TEXT)[0]).toEqual(key);
    expect(keysOf(`${TEXT}!`)[0].key.equals(key.key)).toBe(false);
  });

  it('names a key by its content, without showing it', () => {
    const [key] = keysOf(HEX);
    expect(key.id).toMatch(/^[0-9a-f]{16}$/);
    expect(keysOf(BASE64)[0].id).toBe(key.id);
    expect(HEX).not.toContain(key.id);
    expect(keysOf(TEXT)[0].id).not.toBe(key.id);
  });

  it('holds several keys, the current one first', () => {
    expect(keysOf(`${TEXT}, ${HEX}`).map(({ id }) => id)).toEqual([keysOf(TEXT)[0].id, keysOf(HEX)[0].id]);
  });

  it.each([
    ['', 'is empty'],
    [`${HEX},`, 'Key 2 in HERALD_SECRET_KEY is empty'],
    ['short', 'is shorter than 32 characters'],
    [HEX.slice(0, 31), 'is shorter than 32 characters'],
    ['a'.repeat(40), 'can be guessed'],
    ['ab'.repeat(20), 'can be guessed'],
    ['0'.repeat(64), 'can be guessed'],
    ['0123456789abcdef'.repeat(4), 'can be guessed'],
    ['abcdefghijklmnopqrstuvwxyzABCDEF'.repeat(2), 'can be guessed'],
    [Buffer.from([...Array(32).keys()]).toString('hex'), 'can be guessed'],
    [Buffer.from([...Array(32).keys()]).toString('base64'), 'can be guessed'],
    ['changeme-changeme-changeme-changeme', 'looks like an example'],
    ['Change_Me please, I am 32 characters'.replace(',', ''), 'looks like an example'],
    ['this-is-an-example-secret-do-not-use-it', 'looks like an example'],
    ['my-super-secret-password-of-32-chars', 'looks like an example'],
    [`${HEX},${BASE64}`, 'same key twice'],
  ])('refuses %j', (text, reason) => {
    const parsed = parseMasterKeys(text);
    expect(parsed).toEqual({ ok: false, message: expect.stringContaining(reason) });
  });

  it('never shows a key in its message', () => {
    const parsed = parseMasterKeys(`${HEX},hunter2`);
    expect(JSON.stringify(parsed)).not.toMatch(new RegExp(`${HEX}|hunter2`));
  });
});
