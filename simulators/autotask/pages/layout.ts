import type { Answer } from '../../common/answers.ts';
import { type Html, html, raw } from '../../common/html.ts';
import { pageStyle } from '../../common/pageStyle.ts';
import { usedCalls } from '../limits.ts';
import type { Tenant } from '../tenant.ts';

const refreshSeconds = 5;

/** A page with head, counters and navigation. `?refresh=1` makes it load itself again every few seconds. */
export function layout(tenant: Tenant, url: URL, title: string, content: Html): Answer {
  const isFresh = url.searchParams.get('refresh') === '1';
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${isFresh && html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title} · Autotask simulator</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<header>
<strong>Autotask simulator</strong>
<nav>${navigation(url)}</nav>
<a href="${withQuery(url, { refresh: isFresh ? null : '1' })}">${isFresh ? 'Stop refreshing' : `Refresh every ${refreshSeconds} s`}</a>
</header>
<main>
${counters(tenant)}
${content}
</main>
</body>
</html>
`;
  return {
    status: 200,
    body: body.safe,
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" },
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

const places: readonly [string, string][] = [
  ['/', 'Tickets'],
  ['/companies', 'Companies'],
  ['/calls', 'Calls'],
];

function navigation(url: URL): Html[] {
  const refresh = url.searchParams.get('refresh') === '1' ? '?refresh=1' : '';
  return places.map(([path, name]) =>
    path === url.pathname
      ? html`<a href="${path}${refresh}" aria-current="page">${name}</a>`
      : html`<a href="${path}${refresh}">${name}</a>`,
  );
}

function counters(tenant: Tenant): Html {
  const { tables, settings, faults } = tenant;
  const used = usedCalls(tenant);
  return html`<dl class="counters">
<div><dt>Tickets</dt><dd>${amount(tables.Tickets.size)}</dd></div>
<div><dt>Notes</dt><dd>${amount(tables.TicketNotes.size)}</dd></div>
<div><dt>Calls in the hour</dt><dd class="${used >= settings.threshold ? 'bad' : ''}">${amount(used)} of ${amount(settings.threshold)}</dd></div>
<div><dt>Faults active</dt><dd class="${faults.active > 0 ? 'bad' : ''}">${faults.active}</dd></div>
${settings.locked && html`<div><dt>API user</dt><dd class="bad">locked</dd></div>`}
</dl>`;
}

export function amount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `2026-11-20 08:12:05` in UTC, for a stored date-time. */
export function shortTime(stored: unknown): string {
  return typeof stored === 'string' ? stored.slice(0, 19).replace('T', ' ') : '';
}
