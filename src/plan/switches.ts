/**
 * The checks that decide whether a delivery may go: switches, "no ticket", pause, attention. The same at acceptance
 * and at claim, so that both give the same reasons.
 */
import type { Severity } from '../alerts/types.ts';
import type { Connection, HoldReason, Organization, Settings, SkipReason } from './types.ts';

/** `words` is the sentence that people read beside the delivery. */
export type Verdict =
  | { kind: 'go' }
  | { kind: 'held'; reason: HoldReason; words: string }
  | { kind: 'skipped'; reason: SkipReason; words: string };

/**
 * A final skip comes before a hold. `severity` is left out for a note on an existing ticket: "no ticket" says that
 * none is made, not that a made one is left stale (decision 23).
 */
export function judge(
  organization: Organization | undefined,
  connection: Connection,
  severity: Severity | undefined,
  settings: Settings,
): Verdict {
  const { enabled, tickets } = organization?.delivery ?? settings.workspace.newOrganizations;
  const whose = organization?.name ?? 'new and unassigned organizations';
  if (!enabled) return skipped('organizationOff', `No ticket: PSA & email is off for ${whose}.`);
  if (!tickets) return skipped('ticketsOff', `No ticket: tickets are off for ${whose}.`);
  if (severity !== undefined && connection.tickets.priorities[severity] === null) {
    const since = connection.noTicketSince[severity];
    const when = since === undefined ? '' : ` (${since})`;
    const words = `No ticket: severity ${severity} is set to no ticket in ${connection.name}${when}.`;
    return skipped('noTicketForSeverity', words);
  }
  return judgeConnection(connection);
}

/** Whether a connection is in use at all: pause and attention hold everything back. */
export function judgeConnection(connection: Connection): Verdict {
  if (connection.status === 'paused') return held('pause', `Held: ${connection.name} is paused.`);
  if (connection.attention !== undefined) {
    return held('credentials', `Held: ${connection.name} needs a person: ${connection.attention}`);
  }
  return { kind: 'go' };
}

export function skipped(reason: SkipReason, words: string): Verdict {
  return { kind: 'skipped', reason, words };
}

function held(reason: HoldReason, words: string): Verdict {
  return { kind: 'held', reason, words };
}
