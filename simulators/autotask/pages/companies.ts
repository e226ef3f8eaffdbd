import type { Answer } from '../../common/answers.ts';
import { type Html, html } from '../../common/html.ts';
import { withQuery } from '../../common/page.ts';
import type { Row } from '../../common/table.ts';
import type { Tenant } from '../tenant.ts';
import { amount, layout } from './layout.ts';

const COMPANIES_PER_PAGE = 100;

/** Companies in the order of their ids with their contacts; `?after=` an id goes on. */
export function companiesPage(tenant: Tenant, url: URL): Answer {
  const after = Number(url.searchParams.get('after') ?? Number.NEGATIVE_INFINITY);
  const companies: Row[] = [];
  for (const company of tenant.tables.Companies.after(
    Number.isNaN(after) ? Number.NEGATIVE_INFINITY : after,
  )) {
    if (companies.length > COMPANIES_PER_PAGE) break;
    companies.push(company);
  }
  const shown = companies.slice(0, COMPANIES_PER_PAGE);
  const next = withQuery(url, { after: String(shown.at(-1)?.id ?? 0) });
  const content = html`<h1>Companies</h1>
<p class="dim">${amount(tenant.tables.Companies.size)} in all, with ${amount(tenant.tables.Contacts.size)} contacts.</p>
<div class="wide"><table>
<thead><tr><th class="number">Id</th><th>Company</th><th>Type</th><th>Classification</th><th>Market</th><th>Contacts</th><th class="number">Tickets</th></tr></thead>
<tbody>
${shown.map((company) => companyRow(tenant, company))}
</tbody></table></div>
<div class="more">
${url.searchParams.has('after') && html`<a href="${withQuery(url, { after: null })}">First</a>`}
${companies.length > COMPANIES_PER_PAGE && html`<a href="${next}">Next</a>`}
</div>`;
  return layout(tenant, url, 'Companies', content);
}

function companyRow(tenant: Tenant, company: Row): Html {
  const label = (field: string): string =>
    tenant.picklists.label('Companies', field, company[field]) ?? String(company[field] ?? '');
  const tickets = (tenant.tables.Tickets.lookUp('companyID', [company.id]) ?? []).length;
  return html`<tr>
<td class="number dim">${company.id}</td>
<td>${String(company.companyName)}${company.isActive !== true && html` <span class="bad">inactive</span>`}</td>
<td>${label('companyType')}</td>
<td>${label('classification')}</td>
<td>${label('marketSegmentID')}</td>
<td>${contactsOf(tenant, company.id)}</td>
<td class="number"><a href="/?companyId=${company.id}">${amount(tickets)}</a></td>
</tr>`;
}

function contactsOf(tenant: Tenant, companyId: number): Html[] {
  const ids = tenant.tables.Contacts.lookUp('companyID', [companyId]) ?? [];
  return ids.flatMap((id) => {
    const contact = tenant.tables.Contacts.get(id);
    if (!contact) return [];
    const name = `${contact.firstName} ${contact.lastName}`;
    return [
      html`<div>${name} <span class="dim">${String(contact.emailAddress ?? '')} ${id}${contact.primaryContact === true && ' · primary'}</span>${contact.isActive !== 1 && html` <span class="bad">inactive</span>`}</div>`,
    ];
  });
}
