/** The events behind an alert, as far as the two switches let them into a mail (req 115–117). */
import type { Alert } from '../alerts/types.ts';
import { line } from './foreign.ts';
import type { MailEvents } from './types.ts';
import { inUtc, readTime } from './when.ts';

/** More of them are counted, and a link leads to them. */
const mostListed = 100;

/** The two switches: whether each kind of events is listed. */
export interface EventDetail {
  respond: boolean;
  ioc: boolean;
}

/** The events of an alert; undefined when there are none. */
export function eventsOf({ rule, events }: Alert, detail: EventDetail): MailEvents | undefined {
  if (!events || events.length === 0) return undefined;
  const kind = kindOf(rule?.kind);
  return {
    heading: kind === 'ioc' ? 'IOC matches' : kind === 'respond' ? 'Respond events' : 'Events',
    total: events.length,
    rows: listsEvents(rule?.kind, detail) ? events.slice(0, mostListed).map(rowOf) : [],
  };
}

/**
 * An event belongs to the rule that made its alert: those of an alert by a `respond` rule are Respond events, those of an
 * alert by an `ioc` rule IOC matches. The events of any other alert are neither, so they are listed while one of the
 * switches is on.
 * @param ruleKind as the sender wrote it
 */
export function listsEvents(ruleKind: string | undefined, detail: EventDetail): boolean {
  const kind = kindOf(ruleKind);
  return kind === undefined ? detail.respond || detail.ioc : detail[kind];
}

function kindOf(ruleKind: string | undefined): keyof EventDetail | undefined {
  const kind = ruleKind?.trim().toLowerCase();
  return kind === 'respond' || kind === 'ioc' ? kind : undefined;
}

function rowOf({ type, at, summary }: NonNullable<Alert['events']>[number]): MailEvents['rows'][number] {
  const time = at === undefined ? undefined : readTime(at);
  return {
    time: time === undefined ? asGiven(at) : inUtc(time),
    type: line(type ?? '', 100),
    summary: line(summary ?? '', 300),
  };
}

/** It may be of another zone than the times around it. */
function asGiven(at: string | undefined): string {
  const given = line(at ?? '', 100);
  return given === '' ? '' : `${given} (as given)`;
}
