/** What is decided at acceptance: the deliveries that an alert is owed, each with its reason. Acting is the caller's. */
import type { Alert } from '../alerts/types.ts';
import { planMail } from './mail.ts';
import { findOrganization, type OrganizationFinding } from './organizations.ts';
import { judge, type Verdict } from './switches.ts';
import { ticketTarget } from './ticketTarget.ts';
import type { Organization, Plan, PlannedDelivery, Settings, UpdatePurpose } from './types.ts';

/** The plan of a new alert: its organization, one ticket delivery if there is a connection to deliver to, and its mails. */
export function planDeliveries(alert: Alert, settings: Settings): Plan {
  const finding = findOrganization(alert, settings);
  const plan = emptyPlan(finding);
  const organization = organizationOf(finding);
  const target = ticketTarget(organization, settings);
  plan.trace.push(target.words);
  if (target.connection) {
    const verdict = judge(organization, target.connection, alert.severity, settings);
    plan.deliveries.push(planned(target.connection.id, verdict));
  }
  addMail(plan, alert, organization, settings);
  if (plan.deliveries.length === 0 && target.lacks) plan.nothingOwed = target.lacks;
  return plan;
}

/** Adds what the alert owes by mail. */
export function addMail(
  plan: Plan,
  alert: Alert,
  organization: Organization | undefined,
  settings: Settings,
): void {
  const { deliveries, trace } = planMail(alert, organization, settings);
  plan.deliveries.push(...deliveries);
  plan.trace.push(...trace);
}

/** A plan without deliveries, which says how the organization was found. */
export function emptyPlan(finding: OrganizationFinding): Plan {
  if (finding.kind === 'found') {
    return { organizationId: finding.organization.id, deliveries: [], trace: [finding.words] };
  }
  const plan: Plan = { deliveries: [], trace: [finding.words] };
  if (finding.reference !== undefined) plan.unassignedReference = finding.reference;
  return plan;
}

export function organizationOf(finding: OrganizationFinding): Organization | undefined {
  return finding.kind === 'found' ? finding.organization : undefined;
}

/** A verdict as the delivery that is stored. */
export function planned(channelId: string, verdict: Verdict, update?: UpdatePurpose): PlannedDelivery {
  const delivery: PlannedDelivery =
    verdict.kind === 'go'
      ? { channelId, state: 'pending', trace: [] }
      : { channelId, state: verdict.kind, reason: verdict.reason, trace: [verdict.words] };
  if (update) delivery.update = update;
  return delivery;
}
