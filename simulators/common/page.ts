import type { Answer } from './answers.ts';
import { type Html, html, raw } from './html.ts';
import { pageStyle } from './pageStyle.ts';

const refreshSeconds = 5;

export interface Page {
  /** Of the simulator. */
  name: string;
  title: string;
  /** Paths with their words. */
  places: readonly [string, string][];
  content: Html;
  /** Added to a policy that allows nothing but our own styles. */
  policy?: string;
}

/** A page with head and navigation. `?refresh=1` makes it load itself again every few seconds. */
export function pageAnswer(url: URL, { name, title, places, content, policy = '' }: Page): Answer {
  const isFresh = url.searchParams.get('refresh') === '1';
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${isFresh && html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title} · ${name}</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<header>
<strong>${name}</strong>
<nav>${navigation(url, places)}</nav>
<a href="${withQuery(url, { refresh: isFresh ? null : '1' })}">${isFresh ? 'Stop refreshing' : `Refresh every ${refreshSeconds} s`}</a>
</header>
<main>
${content}
</main>
</body>
</html>
`;
  return {
    status: 200,
    body: body.safe,
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'${policy}` },
  };
}

/** The address of this page with other query members; null leaves one out. */
export function withQuery(url: URL, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
}

function navigation(url: URL, places: Page['places']): Html[] {
  const refresh = url.searchParams.get('refresh') === '1' ? '?refresh=1' : '';
  return places.map(([path, name]) =>
    path === url.pathname
      ? html`<a href="${path}${refresh}" aria-current="page">${name}</a>`
      : html`<a href="${path}${refresh}">${name}</a>`,
  );
}
