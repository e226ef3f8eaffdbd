/**
 * Browsers that a person has signed in with (OWASP's "device cookie"): whoever knows an address can use up its guesses,
 * but not those of a browser that the person has used before, which are counted by themselves. The cookie proves nothing
 * else. It ends when the password changes and when all sessions are ended: then the mark of the person is another one.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { PeopleDatabase, Tx } from '../../db/database.ts';
import type { Cookies } from './cookies.ts';
import { findDeviceMark, hasDeviceMark } from './store.ts';

export interface KnownDevices {
  /** The device that a request comes from, if this person has signed in with it; by its name guesses are counted. */
  find(cookieHeader: string | undefined, email: string): Promise<string | undefined>;
  /**
   * The cookie for a browser that has just signed in; the name that it had with this person stays. Undefined for people
   * without a password: nobody can guess it.
   */
  cookieFor(tx: Tx, userId: string, cookieHeader: string | undefined): Promise<string | undefined>;
}

interface DeviceParts {
  people: Pick<PeopleDatabase, 'transaction'>;
  cookies: Cookies;
  /** For this purpose alone: what another cookie is signed with must not make one of these. */
  secret: Buffer;
  /** Milliseconds since 1970. */
  wall?: () => number;
}

interface Device {
  userId: string;
  name: string;
  mark: string;
}

const cookieName = 'device';
/** Longer ones are cut by browsers. */
const lifetimeSeconds = 365 * 24 * 3_600;

export function createKnownDevices({ people, cookies, secret, wall = Date.now }: DeviceParts): KnownDevices {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest();
  const nowSeconds = () => Math.floor(wall() / 1_000);

  function read(cookieHeader: string | undefined): Device | undefined {
    const parts = (cookies.read(cookieHeader, cookieName) ?? '').split('.');
    const signature = Buffer.from(parts.pop() ?? '', 'base64url');
    const wanted = sign(parts.join('.'));
    if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) return undefined;
    const [userId = '', name = '', mark = '', until = ''] = parts;
    return Number(until) > nowSeconds() ? { userId, name, mark } : undefined;
  }

  return {
    async find(cookieHeader, email) {
      const device = read(cookieHeader);
      if (!device) return undefined;
      const isKnown = await people.transaction((tx) => hasDeviceMark(tx, email, device.userId, device.mark));
      return isKnown ? `${device.userId}.${device.name}` : undefined;
    },
    async cookieFor(tx, userId, cookieHeader) {
      const mark = await findDeviceMark(tx, userId);
      if (mark === undefined) return undefined;
      const before = read(cookieHeader);
      const name = before?.userId === userId ? before.name : randomBytes(16).toString('base64url');
      const text = [userId, name, mark, nowSeconds() + lifetimeSeconds].join('.');
      const value = `${text}.${sign(text).toString('base64url')}`;
      return cookies.ownCookie(cookieName, value, lifetimeSeconds);
    },
  };
}
