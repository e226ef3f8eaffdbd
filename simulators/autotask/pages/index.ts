import type { Answer } from '../../common/answers.ts';
import { html } from '../../common/html.ts';
import type { Tenant } from '../tenant.ts';
import { apiUserPage } from './apiUser.ts';
import { callsPage } from './calls.ts';
import { companiesPage } from './companies.ts';
import { layout } from './layout.ts';
import { ticketPage } from './ticket.ts';
import { ticketsPage } from './tickets.ts';

/** The pages for people, and the vendor's deep link to a ticket (fact sheet autotask §6.12). */
export function page(tenant: Tenant, method: string, url: URL): Answer {
  if (method !== 'GET' && method !== 'HEAD') return notHere(tenant, url, 405);
  if (url.pathname === '/') return ticketsPage(tenant, url);
  if (url.pathname === '/companies') return companiesPage(tenant, url);
  if (url.pathname === '/calls') return callsPage(tenant, url);
  if (url.pathname === '/api-user') return apiUserPage(tenant, url);
  if (url.pathname.toLowerCase() === '/autotask/autotaskextend/executecommand.aspx')
    return deepLink(tenant, url);
  const [, id] = /^\/tickets\/(\d+)$/.exec(url.pathname) ?? [];
  const ticket = id === undefined ? undefined : tenant.tables.Tickets.get(Number(id));
  return ticket ? ticketPage(tenant, url, ticket) : notHere(tenant, url, 404);
}

function deepLink(tenant: Tenant, url: URL): Answer {
  const query = new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const id = query.get('ticketid') ?? '';
  if (query.get('code')?.toLowerCase() !== 'openticketdetail' || !/^\d+$/.test(id))
    return notHere(tenant, url, 404);
  return { status: 302, body: '', contentType: '', headers: { location: `/tickets/${id}` } };
}

function notHere(tenant: Tenant, url: URL, status: number): Answer {
  const answer = layout(
    tenant,
    url,
    'Nothing here',
    html`<h1>Nothing here</h1><p><a href="/">To the tickets</a></p>`,
  );
  return { ...answer, status };
}
