/**
 * What the browser keeps while a person is at the provider: the state, which binds the answer to this browser, and the
 * page that the person wanted. The provider sees the state alone. The sign-on is stored under a hash of both together, so
 * that none is found for a cookie in which one of them was changed.
 */

export interface BrowserState {
  state: string;
  /** As it stood in the address; the pages judge it (web/src/signIn/next.ts). */
  next: string | undefined;
}

/** Browsers keep 4,096 bytes of a cookie. An address that does not fit is not worth failing for. */
const mostNext = 3_000;

/** @param state without dots */
export function writeState({ state, next = '' }: BrowserState): string {
  const encoded = Buffer.from(next).toString('base64url');
  return encoded === '' || encoded.length > mostNext ? state : `${state}.${encoded}`;
}

export function readState(text: string): BrowserState {
  const [state = '', encoded] = text.split('.');
  return { state, next: encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString() };
}
