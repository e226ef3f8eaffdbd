/**
 * Guesses are counted in the database, so that every process knows of them (ASVS 6.3.1, promise Q1): at most 10 checked
 * guesses per account in 15 minutes, and 100 per address in an hour. Guesses from a browser that the person has used
 * before count for that browser, so that others cannot use them up. The address is the one of `http/proxies.ts`. A guess
 * is counted before it is checked, and given back when it was right.
 */
import { hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { PeopleDatabase } from '../../db/database.ts';
import { forgetGuesses, giveBackGuess, takeGuess } from './guessStore.ts';

interface Limit {
  most: number;
  windowSeconds: number;
}

export const limits = {
  account: { most: 10, windowSeconds: 15 * 60 },
  /** A browser that is known to the person, in place of the account. */
  device: { most: 10, windowSeconds: 15 * 60 },
  code: { most: 10, windowSeconds: 15 * 60 },
  address: { most: 100, windowSeconds: 60 * 60 },
  /** Links cannot be guessed; a foreign page may call them by the browser of anybody, whose sign-in that must not cost. */
  link: { most: 100, windowSeconds: 60 * 60 },
  /** Beginnings of a sign-in by passkey: each leaves a row for some minutes, whether anybody goes on or not. */
  question: { most: 100, windowSeconds: 60 * 60 },
} as const satisfies Record<string, Limit>;

export type GuessKind = keyof typeof limits;

export interface Throttle {
  /** Counts a guess. False: the limit is reached, and nothing may be checked. */
  take(kind: GuessKind, of: string): Promise<boolean>;
  /** The guess was right: it does not count against the address. */
  giveBack(kind: GuessKind, of: string): Promise<void>;
  /** The guess was right: those before it are forgotten. */
  forget(kind: GuessKind, of: string): Promise<void>;
}

export function createThrottle(people: Pick<PeopleDatabase, 'transaction'>): Throttle {
  return {
    take: (kind, of) => people.transaction((tx) => takeGuess(tx, keyOf(kind, of), limits[kind])),
    giveBack: (kind, of) => people.transaction((tx) => giveBackGuess(tx, keyOf(kind, of))),
    forget: (kind, of) => people.transaction((tx) => forgetGuesses(tx, keyOf(kind, of))),
  };
}

/** Counted by where a request comes from; the others by whom it is about. */
const byAddress: ReadonlySet<GuessKind> = new Set(['address', 'link', 'question']);

/** No address of a person is kept, and none of a machine. */
function keyOf(kind: GuessKind, of: string): string {
  const text = byAddress.has(kind) ? networkOf(of) : of.trim().toLowerCase();
  return `${kind}:${hash('sha256', text, 'hex')}`;
}

/** Whoever has one address of IPv6 has the other 2^64 of its network. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const parsed = ipaddr.parse(address.split('%')[0] ?? address);
  if (!(parsed instanceof ipaddr.IPv6)) return address;
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  return parsed.parts.slice(0, 4).join(':');
}
