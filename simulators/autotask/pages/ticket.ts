import type { Answer } from '../../common/answers.ts';
import { type Html, html } from '../../common/html.ts';
import type { Row } from '../../common/table.ts';
import { entities } from '../entities.ts';
import type { Field } from '../fields.ts';
import type { Tenant } from '../tenant.ts';
import { layout, shortTime } from './layout.ts';

/** One ticket as a person would look at it. */
export function ticketPage(tenant: Tenant, url: URL, ticket: Row): Answer {
  const filled = entities.Tickets.fields.filter(
    (field) => ticket[field.name] !== undefined && field.name !== 'description',
  );
  const empty = entities.Tickets.fields.filter((field) => ticket[field.name] === undefined);
  const noteIds = tenant.tables.TicketNotes.lookUp('ticketID', [ticket.id]) ?? [];
  const notes = noteIds.map((id) => tenant.tables.TicketNotes.get(id)).filter((note) => note !== undefined);
  const content = html`<p class="dim">${String(ticket.ticketNumber)} · ${companyLink(tenant, ticket)} · ${labelOf(tenant, ticket, 'priority')} · ${labelOf(tenant, ticket, 'status')}</p>
<h1>${String(ticket.title)}</h1>
<h2>Description</h2>
<div class="card"><p class="text">${String(ticket.description ?? '')}</p></div>
<h2>Notes (${notes.length})</h2>
${notes.map((note) => noteCard(tenant, note))}
<h2>Fields</h2>
<div class="wide"><table><tbody>
${filled.map((field) => fieldRow(tenant, ticket, field))}
${userRows(ticket)}
</tbody></table></div>
<details><summary>${empty.length} empty fields</summary><p class="dim">${empty.map((field) => field.name).join(', ')}</p></details>`;
  return layout(tenant, url, String(ticket.title), content);
}

function companyLink(tenant: Tenant, ticket: Row): Html {
  const company = tenant.tables.Companies.get(Number(ticket.companyID));
  const name = String(company?.companyName ?? ticket.companyID);
  return html`<a href="/?companyId=${String(ticket.companyID)}">${name}</a>`;
}

function labelOf(tenant: Tenant, ticket: Row, field: string): string {
  return tenant.picklists.label('Tickets', field, ticket[field]) ?? String(ticket[field] ?? '');
}

function noteCard(tenant: Tenant, note: Row): Html {
  const type = tenant.picklists.label('TicketNotes', 'noteType', note.noteType) ?? String(note.noteType);
  const publish = tenant.picklists.label('TicketNotes', 'publish', note.publish) ?? String(note.publish);
  return html`<article class="card">
<h3>${String(note.title ?? '')}</h3>
<p class="text">${String(note.description ?? '')}</p>
<span class="dim">${shortTime(note.createDateTime)} UTC · ${type} · ${publish} · ${note.id}</span>
</article>`;
}

function fieldRow(tenant: Tenant, ticket: Row, field: Field): Html {
  const value = ticket[field.name];
  const shown = field.dataType === 'datetime' ? `${shortTime(value)} UTC` : String(value);
  const meaning = field.isPickList
    ? tenant.picklists.label('Tickets', field.name, value)
    : named(tenant, field, value);
  const cell = meaning ? html`${meaning} <span class="dim">${shown}</span>` : shown;
  return html`<tr><th class="tight dim">${field.name}</th><td class="text">${cell}</td></tr>`;
}

/** The name of what a reference points to, where the simulator has it. */
function named(tenant: Tenant, field: Field, id: unknown): string | undefined {
  if (field.reference === 'Company') return text(tenant.tables.Companies.get(Number(id))?.companyName);
  if (field.reference === 'Contract') return text(tenant.tables.Contracts.get(Number(id))?.contractName);
  if (field.reference !== 'Contact') return undefined;
  const contact = tenant.tables.Contacts.get(Number(id));
  return contact && `${contact.firstName} ${contact.lastName} ${contact.emailAddress ?? ''}`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function userRows(ticket: Row): Html[] {
  const values = Object.entries((ticket.userDefinedFields ?? {}) as Record<string, string | null>);
  return values
    .filter(([, value]) => value !== null)
    .map(([name, value]) => html`<tr><th class="tight dim">${name}</th><td class="text">${value}</td></tr>`);
}
