/**
 * Which passwords are taken, and what is kept of them (ASVS 6.2, 11.4.2). The list of common and breached passwords is
 * shipped with Herald: nothing is asked outside.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../../errors.ts';

const leastCharacters = 12;
const mostCharacters = 128;

/** Bounds the work with what was typed, in characters; how long a password may be is said by {@link whyNotPassword} alone. */
export const mostTyped = 1_000;

/** A password as it comes in, new or to be compared. */
export const passwordText = z.string().max(mostTyped);

/** Loaded at the first use: tens of thousands of texts that a process without people never needs. */
let listed: Promise<ReadonlySet<string>> | undefined;

async function listedPasswords(): Promise<ReadonlySet<string>> {
  listed ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map((one) => one.toLowerCase())),
  );
  return listed;
}

/** Why a password is not taken, as the end of a sentence that begins with its name; undefined = it is. */
export async function whyNotPassword(password: string, email: string): Promise<string | undefined> {
  const length = [...password].length;
  if (length < leastCharacters) return `takes at least ${leastCharacters} characters.`;
  if (length > mostCharacters) return `takes at most ${mostCharacters} characters.`;
  const lower = password.toLowerCase();
  const [name = ''] = email.toLowerCase().split('@');
  if (lower.includes(email.toLowerCase()) || (name.length >= 4 && lower.includes(name))) {
    return 'must not contain the e-mail address.';
  }
  const isListed = (await listedPasswords()).has(lower) || isRepeated(lower);
  return isListed ? 'is on the list of passwords that attackers try first. Choose another one.' : undefined;
}

/** One short piece over and over: "aaaaaaaaaaaa", "abcabcabcabc". */
const isRepeated = (text: string): boolean => /^(.{1,4}?)\1+$/u.test(text);

/** Throws {@link tooBusy} when too many passwords wait to be looked at. */
export interface Hasher {
  hash(password: string): Promise<string>;
  isRight(hash: string, password: string): Promise<boolean>;
}

/** OWASP's figure for scrypt (128 MiB); some 300 ms on two cores. */
const usualCost = 2 ** 17;
const blockSize = 8;
const keyBytes = 32;
/** Each takes 128 MiB: more at once would endanger the process. */
const mostAtOnce = 4;
/** Whoever came now would wait for seconds: rather be refused. */
const mostWaiting = 100;

/** Nothing was looked at; said in the same words wherever a password is typed. */
export const tooBusy = new Problem(
  503,
  'signInBusy',
  'Too many people are signing in right now. Wait a few seconds, then try again.',
  { retryAfterSeconds: 5 },
);

/** @param cost the N of scrypt; smaller in tests only */
export function createHasher(cost = usualCost): Hasher {
  const turns = createTurns();
  const derive = (password: string, salt: Buffer, n: number) =>
    turns(() => derived(password.normalize('NFKC'), salt, n));
  return {
    async hash(password) {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      return `scrypt.${cost}.${salt.toString('base64url')}.${key.toString('base64url')}`;
    },
    async isRight(hash, password) {
      const [kind, n, salt = '', wanted = ''] = hash.split('.');
      if (kind !== 'scrypt') return false;
      const key = await derive(password, Buffer.from(salt, 'base64url'), Number(n));
      const kept = Buffer.from(wanted, 'base64url');
      return kept.length === key.length && timingSafeEqual(kept, key);
    },
  };
}

function derived(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  const options: ScryptOptions = { N: cost, r: blockSize, p: 1, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= mostAtOnce) {
      if (waiting.length >= mostWaiting) throw tooBusy;
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
