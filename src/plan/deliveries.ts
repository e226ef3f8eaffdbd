/** What is decided at acceptance: the deliveries that an alert is owed, each with its reason. Acting is the caller's. */
import type { Alert } from '../alerts/types.ts';
import { findOrganization, type OrganizationFinding } from './organizations.ts';
import { judge, type Verdict } from './switches.ts';
import type { Connection, Organization, Plan, PlannedDelivery, Settings, UpdatePurpose } from './types.ts';

/** The plan of a new alert: its organization, and one ticket delivery if there is a connection to deliver to. */
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
  return plan;
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

/**
 * The one ticket target: the connection chosen on the organization, else the workspace's default (decision 7). A
 * chosen connection that is not in use is not replaced by another: its tickets would land where nobody chose.
 */
export function ticketTarget(
  organization: Organization | undefined,
  settings: Settings,
): { connection?: Connection; words: string } {
  const chosen = organization?.connectionId;
  const id = chosen ?? settings.defaultConnectionId;
  const connection = id === undefined ? undefined : settings.connections.get(id);
  const whose = organization ? `Tickets of ${organization.name}` : 'Tickets of unassigned alerts';
  if (connection) {
    const why = chosen === undefined ? "the workspace's default connection" : 'chosen for this organization';
    return { connection, words: `${whose} go to ${connection.name}, ${why}.` };
  }
  if (chosen !== undefined) {
    return { words: `No ticket: the PSA connection chosen for ${organization?.name} is not set up.` };
  }
  return { words: 'No ticket: no PSA connection is set up.' };
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
