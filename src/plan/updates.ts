/**
 * What an update of a known alert owes (decision 23): a note on its ticket, or its first ticket, never a second one; and a
 * mail to each of its recipients.
 */
import type { Alert } from '../alerts/types.ts';
import { addMail, emptyPlan, organizationOf, planned } from './deliveries.ts';
import { findOrganization } from './organizations.ts';
import { judge } from './switches.ts';
import { ticketTarget } from './ticketTarget.ts';
import type { DeliveryState, Plan, Settings } from './types.ts';

/** A delivery that an earlier state of the alert was owed; ticket deliveries only, oldest first. */
export interface PreviousDelivery {
  channelId: string;
  state: DeliveryState;
}

/**
 * Plans the new state of a known alert. No delivery when neither severity nor status changed, and none when the
 * alert's ticket is in a PSA that is no longer connected.
 */
export function planUpdate(
  before: Alert,
  after: Alert,
  previous: readonly PreviousDelivery[],
  settings: Settings,
): Plan {
  const finding = findOrganization(after, settings);
  const plan = emptyPlan(finding);
  const changes = changesInWords(before, after);
  if (changes === '') {
    plan.trace.push('Nothing to deliver: severity and status are as before.');
    return plan;
  }
  const target = updateTarget(previous, settings, () => ticketTarget(organizationOf(finding), settings));
  plan.trace.push(`Update: ${changes}.`, target.words);
  if (target.connection) {
    const severity = target.purpose === 'note' ? undefined : after.severity;
    const verdict = judge(organizationOf(finding), target.connection, severity, settings);
    plan.deliveries.push(planned(target.connection.id, verdict, target.purpose));
  }
  addMail(plan, after, organizationOf(finding), settings);
  return plan;
}

/**
 * What changed, in words: "severity low → critical, status new → resolved"; empty when nothing that counts did. Status
 * words are compared without letter case and space around; an alert without one counts as new, and a later version
 * without one says nothing about it.
 */
export function changesInWords(
  before: Pick<Alert, 'severity' | 'status'>,
  after: Pick<Alert, 'severity' | 'status'>,
): string {
  const words: string[] = [];
  if (before.severity !== after.severity) words.push(`severity ${before.severity} → ${after.severity}`);
  const status = statusWord(before.status) ?? 'new';
  if ((statusWord(after.status) ?? status) !== status) {
    words.push(`status ${before.status?.trim() || 'none'} → ${after.status?.trim()}`);
  }
  return words.join(', ');
}

const statusWord = (status: string | undefined): string | undefined =>
  status?.trim().toLowerCase() || undefined;

type Target = ReturnType<typeof ticketTarget> & { purpose: 'note' | 'firstTicket' };

/** States in which a ticket or note exists or may exist. */
const mayBeInPsa: ReadonlySet<DeliveryState> = new Set(['delivered', 'uncertain', 'sending']);
/** States in which one is still to come by itself. */
const toCome: ReadonlySet<DeliveryState> = new Set(['pending', 'held']);

function updateTarget(
  previous: readonly PreviousDelivery[],
  settings: Settings,
  current: () => ReturnType<typeof ticketTarget>,
): Target {
  const sent = previous.find(({ state }) => mayBeInPsa.has(state));
  if (sent) {
    const connection = settings.connections.get(sent.channelId);
    if (connection)
      return { connection, purpose: 'note', words: `A note on its ticket in ${connection.name}.` };
    return { purpose: 'note', words: 'No note: the PSA that has its ticket is no longer connected.' };
  }
  const owed = connectionOf(previous, toCome, settings);
  if (owed) {
    return { connection: owed, purpose: 'note', words: `Follows the delivery that waits for ${owed.name}.` };
  }
  // A person may still retry the failed one; in another PSA that would make a second ticket.
  const failed = connectionOf(previous, new Set(['failed']), settings);
  if (failed) {
    const words = `It has no ticket yet: its first one, in ${failed.name}, where the delivery before failed.`;
    return { connection: failed, purpose: 'firstTicket', words };
  }
  return { ...current(), purpose: 'firstTicket' };
}

function connectionOf(
  previous: readonly PreviousDelivery[],
  states: ReadonlySet<DeliveryState>,
  settings: Settings,
) {
  const found = previous.find(
    ({ state, channelId }) => states.has(state) && settings.connections.has(channelId),
  );
  return found && settings.connections.get(found.channelId);
}
