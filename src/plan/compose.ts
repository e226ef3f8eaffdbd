/**
 * The texts of tickets and notes: plain text, cut to the adapter's limits. Alert text appears as it is, never as a
 * template (promises I-19). What a technician needs first comes first, and long foreign text last, where the cut falls.
 */
import type { Alert } from '../alerts/types.ts';
import type { Limits } from '../psa/contract.ts';
import { truncate } from '../templates/index.ts';
import { count, fitText, paragraph, shown } from './textFit.ts';
import type { Resolution } from './types.ts';
import { changesInWords } from './updates.ts';

export type TextLimits = Limits['text'];

/** What every text needs. `key` ends the text as `ref <key>`; `link` leads to the alert (or the list) in Herald. */
export interface TextFrame {
  key: string;
  link: string;
  limits: TextLimits;
}

export interface TicketInput extends TextFrame {
  alert: Alert;
  resolution: Pick<Resolution, 'subject' | 'accountBy' | 'organizationName'>;
  /** The number of the closed or lost ticket that this one follows (decision 14, promise P13). */
  continues?: string;
  /** Why that one takes no more. */
  notice?: string | undefined;
  /** Why no contact is attached although contacts are to be attached (decision 3). */
  noContact?: string | undefined;
  /** Why the contract that was chosen is not on it (req 93). */
  noContract?: string | undefined;
}

/** Title and description of a new ticket. */
export function composeTicket(input: TicketInput): { title: string; description: string } {
  const { alert, resolution, limits, link, key } = input;
  const notices: string[] = [];
  if (alert.flags.includes('test')) notices.push('This alert is marked as a test.');
  if (input.continues !== undefined) {
    const why = input.notice === undefined ? '' : ` ${shown(input.notice)}`;
    notices.push(`This ticket continues ${shown(input.continues)}.${why}`);
  }
  if (resolution.accountBy !== 'mapping') notices.push(catchAllNotice(resolution));
  if (input.noContact !== undefined) notices.push(`No contact attached: ${shown(input.noContact)}`);
  if (input.noContract !== undefined) notices.push(noContractNotice(input.noContract));
  const body = alertBody(alert, resolution.organizationName, link, notices, limits.description);
  return {
    title: truncate(resolution.subject, limits.title),
    description: fitText(body.text, { limit: limits.description, key, link, isCut: body.isCut }),
  };
}

/** `why` is foreign text. */
export const noContractNotice = (why: string): string => `No contract attached: ${shown(why)}`;

export interface NoteInput extends TextFrame {
  alert: Alert;
  resolution: Pick<Resolution, 'noteTitle' | 'organizationName'>;
  /** The state before, when the note tells of an update (decision 23). */
  before?: Pick<Alert, 'severity' | 'status'>;
  /** Something a person should know, for example that an earlier note could not be added. */
  notice?: string;
}

/** Title and text of a note about one alert. */
export function composeNote(input: NoteInput): { title: string; text: string } {
  const { alert, resolution, limits, link, key, before } = input;
  const changes = before ? changesInWords(before, alert) : '';
  const notices: string[] = [];
  if (changes !== '') notices.push(`Update of this alert: ${shown(changes)}`);
  if (input.notice !== undefined) notices.push(shown(input.notice));
  const body = alertBody(alert, resolution.organizationName, link, notices, limits.note);
  return {
    title: truncate(resolution.noteTitle, limits.noteTitle),
    text: fitText(body.text, { limit: limits.note, key, link, isCut: body.isCut }),
  };
}

function catchAllNotice({
  accountBy,
  organizationName,
}: Pick<Resolution, 'accountBy' | 'organizationName'>): string {
  if (accountBy === 'refusal') {
    return `The PSA refused the account of ${shown(organizationName)}, so this ticket is in the catch-all account.`;
  }
  const who =
    organizationName === '' ? 'The alert names no organization' : `${shown(organizationName)} has no mapping`;
  return `${who}, so this ticket is in the catch-all account.`;
}

/** Facts, notices, then the long texts. Each long text is bounded by the whole limit before anything else is done to it. */
function alertBody(
  alert: Alert,
  organizationName: string,
  link: string,
  notices: readonly string[],
  limit: number,
): { text: string; isCut: boolean } {
  const sections = [shown(alert.title)];
  if (notices.length > 0) sections.push(notices.join('\n'));
  sections.push(alertFacts(alert, organizationName, link));
  let isCut = false;
  for (const [heading, long] of [
    ['Recommended action', alert.recommendedAction],
    ['What happened', alert.description],
  ] as const) {
    if (long === undefined || long === '') continue;
    const kept = paragraph(long, limit);
    isCut ||= kept.isCut;
    if (kept.text !== '') sections.push(`${heading}\n${kept.text}`);
  }
  if (alert.events?.length) sections.push(eventLines(alert.events, link));
  return { text: sections.join('\n\n'), isCut };
}

/** One line a fact, only those that the alert has; source and id always. */
function alertFacts(alert: Alert, organizationName: string, link: string): string {
  const { user, device, location, rule } = alert;
  return [
    fact('Severity', severityInWords(alert)),
    fact('Organization', organizationName),
    fact('User', withDetail(user?.name, user?.email)),
    fact('Device', withDetail(device?.name, device?.ip)),
    fact('Application', alert.application),
    fact('Where', listed(location?.city, location?.country, alert.ip)),
    fact('Rule', withDetail(rule?.name, listed(rule?.kind, rule?.id))),
    fact('Event type', alert.eventType),
    fact('Status', alert.status),
    fact('Occurred', alert.occurredAt),
    fact('Incident', alert.incidentId),
    fact('Source', alert.source),
    fact('Id', alert.externalId),
    fact('At the source', alert.url),
    `Alert: ${link}`,
  ].join('');
}

const fact = (name: string, value: string | undefined): string => (value ? `${name}: ${shown(value)}\n` : '');

/** The line of facts that tells how severe an alert is, without its name. */
export function severityInWords({ severity, originalSeverity }: Alert): string {
  const isSame = originalSeverity === '' || originalSeverity.toLowerCase() === severity;
  return isSame ? severity : `${severity} (sender's word: ${originalSeverity})`;
}

function withDetail(name: string | undefined, detail: string | undefined): string | undefined {
  if (name && detail) return `${name} (${detail})`;
  return name || detail;
}

function listed(...values: (string | undefined)[]): string {
  return values.filter(Boolean).join(', ');
}

/** More events than this are counted and linked. */
const maxEvents = 20;

function eventLines(events: NonNullable<Alert['events']>, link: string): string {
  const lines = [`Events (${count(events.length)})`];
  for (const { at, type, summary } of events.slice(0, maxEvents)) {
    lines.push(`- ${shown([at, type, summary].filter(Boolean).join(' · ')) || 'no details'}`);
  }
  if (events.length > maxEvents) lines.push(`… and ${count(events.length - maxEvents)} more: ${link}`);
  return lines.join('\n');
}
