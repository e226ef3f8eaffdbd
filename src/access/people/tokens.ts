/** Tokens of links and sessions: 256 random bits, of which only a hash is kept where they are handed over. */
import { hash, randomBytes } from 'node:crypto';

export function makeToken(): { token: string; tokenHash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenHash: hashToken(token) };
}

export const hashToken = (token: string): string => hash('sha256', token, 'hex');
