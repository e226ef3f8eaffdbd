import type { Row } from '../common/table.ts';
import type { WorkflowRule } from './settings.ts';
import type { Tenant } from './tenant.ts';

/** Lets the tenant's workflow rules act on a ticket that was just written. `request` is what caused it. */
export function runWorkflow(tenant: Tenant, on: WorkflowRule['on'], ticketId: number, request: number): void {
  for (const rule of tenant.settings.workflow) {
    if (rule.on !== on) continue;
    const act = (): void => applyRule(tenant, rule, ticketId, request);
    if (rule.afterMs) tenant.timers.later(rule.afterMs, act);
    else act();
  }
}

function applyRule(tenant: Tenant, rule: WorkflowRule, ticketId: number, request: number): void {
  const ticket = tenant.tables.Tickets.get(ticketId);
  if (!ticket || !applies(rule, ticket)) return;
  if (rule.mail) tenant.mailsSent += 1;
  if (rule.set) changeTicket(tenant, ticket, rule.set, 'workflow', request);
}

function applies(rule: WorkflowRule, ticket: Row): boolean {
  return Object.entries(rule.when ?? {}).every(([field, value]) => (ticket[field] ?? null) === value);
}

const completeStatus = 5;

/** Changes a ticket past all checks, as a rule of the tenant or a person at the vendor's screen does. */
export function changeTicket(
  tenant: Tenant,
  ticket: Row,
  fields: Record<string, unknown>,
  by: 'workflow' | 'control',
  request: number,
): void {
  const nowText = new Date(tenant.now()).toISOString();
  const set: Record<string, unknown> = {
    ...fields,
    lastActivityDate: nowText,
    lastTrackedModificationDateTime: nowText,
  };
  if (fields.status === completeStatus && ticket.status !== completeStatus) set.completedDate = nowText;
  if (fields.status !== undefined && fields.status !== completeStatus) set.completedDate = null;
  tenant.commit(
    {
      request,
      effect: 'ticketChanged',
      by,
      id: ticket.id,
      ticketNumber: ticket.ticketNumber,
      externalID: ticket.externalID,
      companyID: fields.companyID ?? ticket.companyID,
      changed: Object.keys(fields),
    },
    [{ op: 'update', table: 'Tickets', id: ticket.id, set }],
  );
}
