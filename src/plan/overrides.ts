/** Issue type and sub-issue type overrides with their precedence (decision 10, req 84–89). */
import type { Alert } from '../alerts/types.ts';
import type { Override, TicketSettings } from './types.ts';

/** The row that matched, and what it matched by; undefined = the ticket defaults hold. */
export interface OverrideMatch {
  row: Override;
  by: 'respond rule' | 'IOC rule' | 'event type';
}

/** Respond rule first, then IOC rule, then event type. Rules match by id at their source, exactly. */
export function findOverride(alert: Alert, { overrides }: TicketSettings): OverrideMatch | undefined {
  const kind = alert.rule?.kind?.toLowerCase();
  const ruleId = alert.rule?.id;
  const respond = kind === 'respond' ? rowOf(overrides.respondRule, ruleId) : undefined;
  if (respond) return { row: respond, by: 'respond rule' };
  const ioc = kind === 'ioc' ? rowOf(overrides.iocRule, ruleId) : undefined;
  if (ioc) return { row: ioc, by: 'IOC rule' };
  const event = rowOf(overrides.eventType, alert.eventType);
  return event && { row: event, by: 'event type' };
}

/**
 * The default values with the override applied. An override without sub-issue type removes the default one, because
 * that belongs to another issue type.
 */
export function overriddenValues(
  tickets: TicketSettings,
  match: OverrideMatch | undefined,
): Record<string, string> {
  const values = { ...tickets.values };
  const { issueTypeKey, subIssueTypeKey } = tickets;
  if (!match || issueTypeKey === undefined) return values;
  values[issueTypeKey] = match.row.issueType;
  if (subIssueTypeKey === undefined) return values;
  if (match.row.subIssueType) values[subIssueTypeKey] = match.row.subIssueType;
  else delete values[subIssueTypeKey];
  return values;
}

/** Settings are immutable snapshots, so an index per table stays right for as long as the table lives. */
const indexes = new WeakMap<readonly Override[], Map<string, Override>>();

function rowOf(rows: readonly Override[], match: string | undefined): Override | undefined {
  if (match === undefined || rows.length === 0) return undefined;
  let index = indexes.get(rows);
  if (!index) {
    index = new Map();
    for (const row of rows) if (!index.has(row.match)) index.set(row.match, row);
    indexes.set(rows, index);
  }
  return index.get(match);
}
