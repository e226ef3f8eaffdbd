import type { Answer } from '../../common/answers.ts';
import { type Html, html } from '../../common/html.ts';
import { withQuery } from '../../common/page.ts';
import type { Row } from '../../common/table.ts';
import type { Tenant } from '../tenant.ts';
import { layout, shortTime } from './layout.ts';

const TICKETS_PER_PAGE = 50;

/** The newest tickets, of all companies or of `?companyId=`; `?before=` an id goes on to older ones. */
export function ticketsPage(tenant: Tenant, url: URL): Answer {
  const before = Number(url.searchParams.get('before') ?? Number.POSITIVE_INFINITY);
  const companyId = url.searchParams.get('companyId');
  const tickets: Row[] = [];
  for (const ticket of newestFirst(
    tenant,
    companyId,
    Number.isNaN(before) ? Number.POSITIVE_INFINITY : before,
  )) {
    if (tickets.length > TICKETS_PER_PAGE) break;
    tickets.push(ticket);
  }
  const shown = tickets.slice(0, TICKETS_PER_PAGE);
  const company = companyId === null ? undefined : tenant.tables.Companies.get(Number(companyId));
  const heading = company ? `Tickets of ${company.companyName}` : 'Tickets';
  const older = withQuery(url, { before: String(shown.at(-1)?.id ?? 0) });
  const content = html`<h1>${heading}</h1>
${shown.length === 0 ? html`<div class="wide empty">No tickets yet. They appear here as soon as they are created.</div>` : ticketTable(tenant, shown)}
<div class="more">
${url.searchParams.has('before') && html`<a href="${withQuery(url, { before: null })}">Newest</a>`}
${tickets.length > TICKETS_PER_PAGE && html`<a href="${older}">Older</a>`}
${companyId !== null && html`<a href="/">All companies</a>`}
</div>`;
  return layout(tenant, url, heading, content);
}

function* newestFirst(tenant: Tenant, companyId: string | null, before: number): Generator<Row> {
  const table = tenant.tables.Tickets;
  if (companyId === null) return yield* table.before(before);
  const ids = table.lookUp('companyID', [Number(companyId)]) ?? [];
  for (const id of ids.toReversed()) {
    const ticket = id < before ? table.get(id) : undefined;
    if (ticket) yield ticket;
  }
}

function ticketTable(tenant: Tenant, tickets: readonly Row[]): Html {
  return html`<div class="wide"><table>
<thead><tr><th>Number</th><th>Title</th><th>Company</th><th>Priority</th><th>Status</th><th class="number">Notes</th><th>Created (UTC)</th></tr></thead>
<tbody>
${tickets.map((ticket) => ticketRow(tenant, ticket))}
</tbody></table></div>`;
}

function ticketRow(tenant: Tenant, ticket: Row): Html {
  const label = (field: string): string =>
    tenant.picklists.label('Tickets', field, ticket[field]) ?? String(ticket[field] ?? '');
  const company = tenant.tables.Companies.get(Number(ticket.companyID));
  return html`<tr>
<td class="tight"><a href="/tickets/${ticket.id}">${String(ticket.ticketNumber)}</a></td>
<td>${String(ticket.title)}</td>
<td><a href="/?companyId=${String(ticket.companyID)}">${String(company?.companyName ?? ticket.companyID)}</a></td>
<td>${label('priority')}</td>
<td>${label('status')}</td>
<td class="number">${(tenant.tables.TicketNotes.lookUp('ticketID', [ticket.id]) ?? []).length}</td>
<td class="tight dim">${shortTime(ticket.createDate)}</td>
</tr>`;
}
