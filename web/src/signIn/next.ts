/**
 * Where to go after signing in: only an address of these screens. Anything that a browser would read as another place
 * (`//evil`, `/\evil`, `https:evil`) leads to the dashboard instead (ASVS 3.7.2).
 */
export function ownPath(next: string | undefined, origin: string): string {
  if (next === undefined || !/^\/(?![/\\])/.test(next)) return '/';
  const url = URL.parse(next, origin);
  const isOurs = url?.origin === origin && !/^\/(api|sign-in)(\/|$)/.test(url.pathname);
  return isOurs ? `${url.pathname}${url.search}${url.hash}` : '/';
}
