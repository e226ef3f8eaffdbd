/** What an API key looks like, and what is kept of it. */
import { hash, randomBytes } from 'node:crypto';

const keyPattern = /^hrld_[A-Za-z0-9_-]{43}$/;
const shownCharacters = 11;

/** A new key with 256 random bits (ASVS 11.5.1); shown once, then only its hash is left. */
export function makeKey(): { key: string; prefix: string; hash: string } {
  const key = `hrld_${randomBytes(32).toString('base64url')}`;
  return { key, prefix: key.slice(0, shownCharacters), hash: hashKey(key) };
}

/** SHA-256 in hex. Plain hashing is enough: the key is random, there is nothing to guess. */
export const hashKey = (key: string): string => hash('sha256', key, 'hex');

/** Whether it is worth looking for; everything else is refused without a question to the database. */
export const hasKeyForm = (text: string): boolean => keyPattern.test(text);
