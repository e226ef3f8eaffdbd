import type { Answer } from '../../common/answers.ts';
import { type Html, html } from '../../common/html.ts';
import { pageAnswer } from '../../common/page.ts';
import { usedCalls } from '../limits.ts';
import type { Tenant } from '../tenant.ts';

const places: readonly [string, string][] = [
  ['/', 'Tickets'],
  ['/companies', 'Companies'],
  ['/calls', 'Calls'],
  ['/api-user', 'API user'],
];

/** A page with head, counters and navigation. */
export function layout(tenant: Tenant, url: URL, title: string, content: Html): Answer {
  return pageAnswer(url, {
    name: 'Autotask simulator',
    title,
    places,
    content: html`${counters(tenant)}
${content}`,
  });
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
