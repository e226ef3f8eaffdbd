/** Cookies of people (ASVS 3.3): the name says that they belong to this host alone wherever https is used. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Longest life of a session, in seconds (ASVS 7.3.2); the library and our own sign-ins use the same. */
export const sessionSeconds = 7 * 24 * 3_600;

export interface Cookies {
  /** What the names begin with; the library adds a dot and its own word. */
  prefix: string;
  isSecure: boolean;
  /** The token of a session whose signature is right; undefined otherwise. */
  sessionToken(header: string | undefined): string | undefined;
  /** Whether the request carries a session cookie, right or wrong. */
  hasSession(header: string | undefined): boolean;
  /** The header that starts a session. */
  sessionCookie(token: string): string;
  /** The header with this token in place of whatever session it carries; undefined takes the session out. */
  withSession(header: string | undefined, token: string | undefined): string;
  /** A `Set-Cookie` line with the token that stands for the one in it, if it begins a session. */
  withToken(line: string, tokens: ReadonlyMap<string, string>): string;
  /** A cookie of our own with the same protection; an empty value removes it. */
  ownCookie(name: string, value: string, seconds: number): string;
  read(header: string | undefined, name: string): string | undefined;
}

/** @param secret the same that the library signs with */
export function createCookies(baseUrl: string, secret: string): Cookies {
  const isSecure = baseUrl.startsWith('https:');
  const prefix = isSecure ? '__Host-herald' : 'herald';
  const sessionName = `${prefix}.session_token`;
  const attributes = `Path=/; HttpOnly; ${isSecure ? 'Secure; ' : ''}SameSite=Lax`;

  function sign(value: string): string {
    return createHmac('sha256', secret).update(value).digest('base64');
  }

  function sessionToken(header: string | undefined): string | undefined {
    const text = readCookie(header, sessionName);
    const at = text?.lastIndexOf('.') ?? -1;
    if (text === undefined || at < 1) return undefined;
    const token = text.slice(0, at);
    // By its text, as the library does: what one of the two takes for a session, the other must.
    const given = Buffer.from(text.slice(at + 1));
    const wanted = Buffer.from(sign(token));
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? token : undefined;
  }

  const signed = (token: string): string => encodeURIComponent(`${token}.${sign(token)}`);

  return {
    prefix,
    isSecure,
    sessionToken,
    hasSession: (header) => readCookie(header, sessionName) !== undefined,
    sessionCookie: (token) => `${sessionName}=${signed(token)}; Max-Age=${sessionSeconds}; ${attributes}`,
    withSession(header, token) {
      const others = (header ?? '').split(';').filter((part) => part.split('=')[0]?.trim() !== sessionName);
      return [...(token === undefined ? [] : [`${sessionName}=${signed(token)}`]), ...others].join(';');
    },
    withToken(line, tokens) {
      const end = line.indexOf(';');
      const inside = sessionToken(line.slice(0, end));
      if (inside === undefined) return line;
      const token = tokens.get(inside);
      if (token === undefined) throw new Error('a session was answered that nobody has begun here');
      return `${sessionName}=${signed(token)}${line.slice(end)}`;
    },
    ownCookie: (name, value, seconds) => `${prefix}.${name}=${value}; Max-Age=${seconds}; ${attributes}`,
    read: (header, name) => readCookie(header, `${prefix}.${name}`),
  };
}

/** The first cookie of that name, decoded; undefined when it is empty or cannot be decoded. */
function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at < 0 || part.slice(0, at).trim() !== name) continue;
    try {
      return decodeURIComponent(part.slice(at + 1).trim()) || undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
