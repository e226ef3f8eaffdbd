import { describe, expect, it } from 'vitest';
import { createHasher, whyNotPassword } from './passwords.ts';

describe('passwords', () => {
  it.each([
    ['too short', 'Tr0ub4dor&3', 'ana@msp.example', /at least 12/],
    ['too long', 'x7'.repeat(65), 'ana@msp.example', /at most 128/],
    ['on the list', 'passwordpassword', 'ana@msp.example', /list/],
    ['on the list, in other letters', 'QwertyUIOP123', 'ana@msp.example', /list/],
    ['on the list, in capitals', '1Q2W3E4R5T6Y', 'ana@msp.example', /list/],
    ['one piece repeated', 'abcabcabcabcabc', 'ana@msp.example', /list/],
    ['with the address', 'x-Ana@MSP.example-x', 'ana@msp.example', /e-mail/],
    ['with the name of the address', 'my-winter-2026-pw', 'winter@msp.example', /e-mail/],
  ])('%s: refused', async (_name, password, email, reason) => {
    expect(await whyNotPassword(password, email)).toMatch(reason);
  });

  it.each([
    ['twelve characters', 'kv8#mQ2!xLp0'],
    ['words', 'lamp orbit cactus violin'],
    ['other scripts', 'пароль из трёх слов'],
    ['128 characters', `${'kv8#mQ2!'.repeat(15)}abcdefgh`],
    ['a short name of an address is no reason', 'anaconda-orbit-lamp'],
  ])('%s: taken', async (_name, password) => {
    expect(await whyNotPassword(password, 'ana@msp.example')).toBeUndefined();
  });
});

describe('what is kept', () => {
  const hasher = createHasher(1024);

  it('says whether it is right, and differs each time', async () => {
    const [one, two] = [await hasher.hash('lamp orbit cactus'), await hasher.hash('lamp orbit cactus')];
    expect(one).not.toBe(two);
    expect(await hasher.isRight(one, 'lamp orbit cactus')).toBe(true);
    expect(await hasher.isRight(one, 'lamp orbit cactuS')).toBe(false);
    expect(await hasher.isRight('plain.text', 'text')).toBe(false);
  });
});
