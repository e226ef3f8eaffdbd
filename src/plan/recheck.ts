/** The few things that are read again at claim: switch, "no ticket", pause, attention (design §3). */
import type { Alert } from '../alerts/types.ts';
import { judge, judgeConnection, skipped, type Verdict } from './switches.ts';
import type { Settings, UpdatePurpose } from './types.ts';

/** A delivery as it was bound at acceptance. `alert` of {@link recheck} is the state of the alert that it owes. */
export interface BoundDelivery {
  channelId: string;
  organizationId?: string;
  update?: UpdatePurpose;
}

/** Whether a pending delivery may still go. A skip is final (decision 1); a hold waits for a person or a resume. */
export function recheck(
  delivery: BoundDelivery,
  alert: Pick<Alert, 'severity'>,
  settings: Settings,
): Verdict {
  const connection = settings.connections.get(delivery.channelId);
  if (!connection) return skipped('connectionRemoved', 'No ticket: its PSA connection was removed.');
  const organization =
    delivery.organizationId === undefined ? undefined : settings.organizations.get(delivery.organizationId);
  const severity = delivery.update === 'note' ? undefined : alert.severity;
  return judge(organization, connection, severity, settings);
}

/**
 * Whether anything may go to a connection now. Of a delivery whose account a person chose (decision 21) nothing else is
 * asked: no switch and no severity.
 */
export function recheckConnection(channelId: string, settings: Settings): Verdict {
  const connection = settings.connections.get(channelId);
  if (!connection) return skipped('connectionRemoved', 'No ticket: its PSA connection was removed.');
  return judgeConnection(connection);
}
